// The gateways that were recorded while they ran: played on standard streams and on a real port, by the real runner.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { readGatewayStart } from '../../../../../daemon/engines/docker/cli/gateway-start.ts';
import type { StreamedProcess } from '../../../../../daemon/engines/run.ts';
import { type Recording, readRecordings, recordingOf } from '../../../../support/recordings.ts';
import { createReplayedCli, type ReplayedCli } from '../../../../support/replay/replayed-cli.ts';

const sessions = (kind: Recording['kind']) => readRecordings().filter(recording => recording.kind === kind);

interface Session {
  gateway: StreamedProcess;
  output: string[];
  errors: string[];
  /** The next line of its output. */
  next(): Promise<string>;
}

async function start({ runner, replay }: ReplayedCli, { argv, env }: Recording, port?: number): Promise<Session> {
  const [output, errors]: [string[], string[]] = [[], []];
  let read = 0;
  const args = argv.map((word, at) =>
    argv[at - 1] === '--port' && port !== undefined ? String(port) : word.replaceAll('$WORK', replay.work),
  );
  const gateway = await runner.start({
    operation: 'run the gateway',
    args,
    environment: env,
    workingDirectory: replay.work,
    onOutput: line => output.push(line),
    onError: line => errors.push(line),
  });
  const next = async () => {
    while (output.length <= read) await pause(5);
    read += 1;
    return output[read - 1] ?? '';
  };
  return { gateway, output, errors, next };
}

const isAnswer = (line: string): boolean => JSON.parse(line).id !== undefined;

const open = (recording: Recording): Promise<ReplayedCli> =>
  createReplayedCli({
    dialect: recording.dialect,
    pinned: recording.name,
    allowed: [{ words: ['mcp', 'gateway', 'run'], flags: recording.argv.filter(word => word.startsWith('-')) }],
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

interface Answer {
  status: number;
  body: string;
}

/** Without a keep-alive and with any header: fetch forbids to set Origin. */
function ask(port: number, { method, path, headers, body }: NonNullable<Recording['http']>[number]['request']) {
  return new Promise<Answer>((resolve, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, response => {
      let text = '';
      const done = () => resolve({ status: response.statusCode ?? 0, body: text });
      response.on('data', piece => {
        text += piece;
        // A stream has no end.
        if (text.startsWith('event: endpoint')) done();
      });
      response.on('end', done);
      response.on('error', () => {});
    });
    asking.on('error', reject);
    asking.end(body ?? undefined);
  });
}

describe('a gateway that was recorded', () => {
  for (const recording of sessions('gateway-stdio'))
    it(`on its standard streams: ${recording.name}`, async () => {
      await using replayed = await open(recording);
      const session = await start(replayed, recording);
      const { gateway, errors } = session;
      const io = recording.io ?? [];
      for (const [at, { dir, line }] of io.entries()) {
        if (dir === 'in') gateway.write(`${line}\n`);
        else if (isAnswer(line)) assert.deepEqual(JSON.parse(await session.next()), JSON.parse(line));
        else assert.equal(await session.next(), line, `line ${at}`);
      }
      if (recording.ended === 'SIGTERM') await gateway.stop();
      else if (recording.ended) gateway.endInput();
      const { exitCode, signal, asked } = await gateway.ended;
      assert.deepEqual({ exitCode, signal }, { exitCode: recording.exitCode, signal: recording.signal ?? null });
      assert.equal(asked, recording.ended === 'SIGTERM');
      assert.ok(errors.some(line => line.startsWith('> Initialized in')));
      assert.ok(readGatewayStart(errors.join('\n')).started.length > 0);
      assert.deepEqual(await replayed.replay.played(), [recording.name]);
    });

  for (const recording of sessions('gateway-http'))
    it(`on a port: ${recording.name}`, async () => {
      await using replayed = await open(recording);
      const port = await freePort();
      const session = await start(replayed, recording, port);
      while (!session.errors.some(line => line.startsWith('> Gateway URL:'))) await pause(5);
      for (const { request: asked, response, label } of recording.http ?? []) {
        const answer = await ask(port, asked);
        assert.deepEqual(answer, { status: response.status, body: response.body }, label);
      }
      assert.ok(
        session.errors.includes(
          `> Gateway URL: http://localhost:${port}/${recording.argv.includes('sse') ? 'sse' : 'mcp'}`,
        ),
      );
      assert.ok(!session.errors.some(line => /[0-9a-z]{50}/.test(line)), 'its token is not shown');
      await session.gateway.stop();
      assert.deepEqual(await session.gateway.ended, { exitCode: 1, signal: null, asked: true });
    });

  it('says which servers it has started and which it has left out', () => {
    const { stderr } = recordingOf('current/gateway-server-crash-and-missing-image');
    const { started, failed } = readGatewayStart(stderr);
    assert.deepEqual(started, [{ name: 'probe', tools: 8 }]);
    assert.deepEqual(
      failed.map(({ name }) => name),
      ['broken-crash', 'broken-image'],
    );
  });

  it('is every recording that is no command', () => {
    const kinds = new Set(readRecordings().map(({ kind }) => kind));
    assert.deepEqual(kinds, new Set([undefined, 'gateway-stdio', 'gateway-http']));
    assert.equal(readRecordings().length, 282);
  });
});
