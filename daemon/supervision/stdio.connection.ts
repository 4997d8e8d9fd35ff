// Starts a server as a child process and makes an MCP session with it.
import { isProblemError, type ProblemError, problem } from '../../shared/api/problem.ts';
import { type Child, type ChildExit, startChild } from './child.ts';
import {
  type Connection,
  type ConnectionContext,
  type ConnectionEnd,
  described,
  isTimeout,
  type PlanOf,
  wordsOf,
} from './connection.ts';
import { usualPace } from './message-pace.ts';
import type { Output } from './output.ts';
import { createStdioTransport, type StdioTransport } from './stdio.transport.ts';
import { openUpstreamSession, type UpstreamSession } from './upstream-session.ts';

/** Errors: SERVER_004 to SERVER_007, or the signal's reason. Nothing is left of a server that could not be started. */
export async function connectChild(plan: PlanOf<'stdio'>, context: ConnectionContext): Promise<Connection> {
  try {
    return await connectOnce(plan, context);
  } catch (error) {
    const hasEnded = isProblemError(error) && error.code === 'SERVER_006';
    if (context.sessionsOnly || !hasEnded || context.signal.aborted || !mayMindProbe(context.output)) throw error;
    // Some servers end at a first message that is not initialize. It is started once more, and never asked that again.
    context.onSessionsOnly?.();
    return await connectOnce(plan, { ...context, sessionsOnly: true });
  }
}

/** It ended without a word, or with one of the first exchange: others have a reason of their own to end. */
function mayMindProbe(output: Output): boolean {
  const last = output.lines().slice(-5);
  return last.length === 0 || last.some(line => /initiali[sz]|discover|protocol|method|unexpected/i.test(line));
}

async function connectOnce(plan: PlanOf<'stdio'>, context: ConnectionContext): Promise<Connection> {
  const child = await startChild(plan, context.child).catch(error => {
    throw cannotSpawn(plan, error, context);
  });
  context.onPid(child.pid);
  const noise = { lines: 0 };
  const stuck = Promise.withResolvers<void>();
  const transport = createTransport(child, context, noise, stuck.resolve);
  const stderr = pipeErrors(child, context);
  try {
    // A server that ends closes its pipes a moment before: its exit says more than a failed write does.
    const opened = openSession(transport, context).catch(async error => {
      const isAnswered = isTimeout(error) || context.signal.aborted;
      await Promise.race([child.exited.then(never), delay(isAnswered ? 0 : 500)]);
      throw error;
    });
    const session = await Promise.race([opened, endedEarly(child, stderr, context), stuck.promise.then(refuseStuck)]);
    return toConnection(child, session, stderr, stuck.promise);
  } catch (error) {
    await child.end();
    await transport.close().catch(() => {});
    if (context.signal.aborted) throw context.signal.reason;
    throw isProblemError(error) ? error : notInitialised(error, transport, noise, context);
  }
}

/** Milliseconds that a program may take to begin and say which revision it speaks, before it is asked the old way as well. */
const probePatience = 1_000;

const openSession = (transport: StdioTransport, context: ConnectionContext): Promise<UpstreamSession> =>
  openUpstreamSession(transport, {
    audience: context.audience,
    version: context.version,
    startSeconds: context.policy.startSeconds,
    signal: context.signal,
    sessionsOnly: context.sessionsOnly,
    probePatience,
  });

function createTransport(
  child: Child,
  { policy, output, audience }: ConnectionContext,
  noise: { lines: number },
  onStuck: () => void,
): StdioTransport {
  const noisy = output.reader();
  return createStdioTransport({
    stdin: child.stdin,
    stdout: child.stdout,
    messageBytes: policy.messageBytes,
    onNoise(line) {
      noise.lines += 1;
      noisy.push(line);
      noisy.push(lineEnd);
    },
    onOversized({ bytes }) {
      audience.losses.count('message', 'too-large');
      output.add(`Quayside: A message of ${bytes} bytes was not taken: at most ${policy.messageBytes} are allowed.`);
    },
    onStuck,
    onHaste() {
      audience.losses.count('message', 'too-fast');
      output.add(`Quayside: It sends too many messages, and is read no faster than ${usualPace.perSecond} a second.`);
    },
  });
}

const lineEnd = Buffer.from('\n');

/** Resolves when the error output has ended. */
function pipeErrors(child: Child, { output }: ConnectionContext): Promise<void> {
  const reader = output.reader();
  child.stderr.on('data', (piece: Buffer) => reader.push(piece));
  return new Promise(resolve => {
    child.stderr.once('close', () => {
      reader.end();
      resolve();
    });
    child.stderr.on('error', () => {});
  });
}

async function endedEarly(child: Child, stderr: Promise<void>, { output, redact }: ConnectionContext): Promise<never> {
  const exit = await child.exited;
  // What it wrote last is still on its way; a descendant that holds the pipe must not keep us waiting.
  await Promise.race([stderr, delay(500)]);
  throw problem('SERVER_006', {
    detail: `It ended ${describeExit(exit)} before it answered.${lastWords(output.lines(), redact)}`,
    next: 'Check its arguments and environment, then start it again.',
  });
}

function toConnection(child: Child, session: UpstreamSession, stderr: Promise<void>, stuck: Promise<void>): Connection {
  const exited = child.exited.then(async (exit): Promise<ConnectionEnd> => {
    await Promise.race([stderr, delay(200)]);
    return { failed: exit.code !== 0, reason: `It ended by itself ${describeExit(exit)}.` };
  });
  // A server that closes its output and lives on can never answer again. Most are about to end: those get to say how.
  const silenced = session.closed.then(async (): Promise<ConnectionEnd> => {
    await delay(1_000);
    return { failed: true, reason: 'It closed its output and could not answer any more.' };
  });
  return {
    session,
    pid: child.pid,
    ...described(session),
    ended: Promise.race([exited, silenced, stuck.then(() => ({ failed: true, reason: `${stuckText} It was ended.` }))]),
    async close() {
      await child.end();
      await session.close();
    },
  };
}

const stuckText = 'It asked again and again, and did not read the answers.';

function refuseStuck(): never {
  throw problem('SERVER_007', { detail: stuckText, next: 'This is a fault of the server. Tell its author.' });
}

const never = () => new Promise<never>(() => {});

const delay = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds).unref());

export const describeExit = ({ code, signal }: ChildExit): string =>
  signal ? `with the signal ${signal}` : `with exit code ${code ?? 'unknown'}`;

/** The last lines that a server wrote, for the end of a sentence. */
export function lastWords(lines: readonly string[], redact: (text: string) => string): string {
  const last = lines.filter(line => line.trim() !== '').slice(-3);
  const text = redact(last.map(line => line.trim()).join(' / '));
  return text === '' ? '' : ` It wrote: ${text.length > 500 ? `…${text.slice(-500)}` : text}`;
}

function notInitialised(
  error: unknown,
  transport: StdioTransport,
  { lines }: { lines: number },
  { policy, redact }: ConnectionContext,
): ProblemError {
  const seconds = `${policy.startSeconds} ${policy.startSeconds === 1 ? 'second' : 'seconds'}`;
  if (!transport.hasSpoken() && lines > 0) {
    return problem('SERVER_007', {
      detail: `It printed ${lines} ${lines === 1 ? 'line' : 'lines'} that are not MCP, and gave no answer within ${seconds}.`,
      next: 'Check that this is an MCP server and that it was told to use standard input and output.',
      cause: error,
    });
  }
  if (isTimeout(error)) {
    return problem('SERVER_005', {
      detail: `It was started, but did not answer within ${seconds}.`,
      next: 'Look at its output. If it only needs longer, raise the start limit in its configuration.',
      cause: error,
    });
  }
  const said = (redact(wordsOf(error)).split('\n', 1)[0] ?? '').slice(0, 300);
  return problem('SERVER_007', {
    detail: `It did not complete the first exchange of the protocol: ${said}`,
    next: 'Check that this is an MCP server, and whether there is a newer version of it.',
    cause: error,
  });
}

const spawnReasons: Record<string, string> = {
  ENOENT: 'the file, or the interpreter that its first line names, does not exist',
  EACCES: 'you may not run it',
  ENOEXEC: 'it is not a program for this system',
  ENOTDIR: 'its working folder is not a folder',
  E2BIG: 'its arguments and environment are too large',
  EAGAIN: 'the system allows no more processes',
  EMFILE: 'the system allows no more open files',
  ENOMEM: 'there is not enough memory',
  // Node’s own words quote the value.
  ERR_INVALID_ARG_VALUE: 'an argument or a variable of its environment holds a null character',
};

function cannotSpawn({ command }: PlanOf<'stdio'>, error: unknown, { redact }: ConnectionContext): ProblemError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const reason = spawnReasons[code] ?? (error instanceof Error ? redact(error.message) : 'the system gave no reason');
  return problem('SERVER_004', {
    detail: `${command} could not be run: ${reason}${code && spawnReasons[code] ? ` (${code})` : ''}.`,
    next: 'Correct the command of this server, or install it again.',
    cause: error,
  });
}
