// MCP over the standard streams of a gateway that cannot bind one address alone.
import { PassThrough, Writable } from 'node:stream';
import { type Connection, type ConnectionContext, described } from '../../../supervision/connection.ts';
import { createStdioTransport } from '../../../supervision/stdio.transport.ts';
import { openUpstreamSession } from '../../../supervision/upstream-session.ts';
import type { StreamedProcess } from '../../run.ts';

export interface StdioLink {
  /** A line of the gateway's standard output. */
  push(line: string): void;
  /** The MCP session, once the gateway has started its servers. Rejects as the client does. */
  connect(child: StreamedProcess, context: Omit<ConnectionContext, 'child' | 'onPid'>): Promise<Connection>;
}

export function createStdioLink(): StdioLink {
  const stdout = new PassThrough();
  return {
    push: line => void stdout.write(`${line}\n`),
    async connect(child, context) {
      const stdin = new Writable({
        write(piece: Buffer, _encoding, done) {
          child.write(piece.toString('utf8'));
          done();
        },
      });
      const stuck = Promise.withResolvers<void>();
      const transport = createStdioTransport({
        stdin,
        stdout,
        messageBytes: context.policy.messageBytes,
        onNoise: line => context.output.add(line.toString('utf8')),
        onOversized: ({ bytes }) =>
          context.output.add(
            `Quayside: A message of ${bytes} bytes was not taken: at most ${context.policy.messageBytes} are allowed.`,
          ),
        onStuck: stuck.resolve,
        onHaste() {},
      });
      const session = await openUpstreamSession(transport, {
        audience: context.audience,
        version: context.version,
        startSeconds: context.policy.startSeconds,
        signal: context.signal,
        sessionsOnly: true,
        probePatience: 0,
      });
      return {
        session,
        pid: child.pid,
        ...described(session),
        ended: Promise.race([child.ended, session.closed, stuck.promise]).then(() => ({
          failed: true,
          reason: 'The gateway closed its output.',
        })),
        async close() {
          await session.close();
          stdout.destroy();
        },
      };
    },
  };
}
