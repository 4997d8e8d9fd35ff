// The only place that runs a command line program of an engine. A driver plans (`{ args, parse }`), this file acts.
import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { execa } from 'execa';
import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { markerVariable } from '../supervision/child-marker.ts';
import { createChildTree } from './child-tree.ts';
import { findRefusal } from './cli-arguments.ts';
import type {
  CliCall,
  CliCommand,
  CliLaunch,
  CliLimits,
  CliOutput,
  CliRunner,
  CliRunnerOptions,
  StreamedProcess,
} from './cli-command.ts';
import { AnswerError, CliError, type CliFailure } from './cli-error.ts';
import { createAnswerCollector, createTailCollector } from './cli-output.ts';
import { tellEnd } from './cli-record.ts';
import { type CliChild, type Ears, startStream } from './cli-stream.ts';
import { type CliTeller, createTeller } from './cli-teller.ts';
import { openThird } from './third-descriptor.ts';
import { untilActing } from './until-acting.ts';

export type {
  CliCall,
  CliCommand,
  CliLaunch,
  CliLimits,
  CliOutput,
  CliRecord,
  CliRunner,
  CliRunnerOptions,
  StreamedProcess,
  StreamedProcessEnd,
} from './cli-command.ts';

const usual: CliLimits = {
  quick: 30_000,
  long: 300_000,
  // A catalog of 5,000 servers with a dozen tools each has 71 MB.
  stdout: 128 * 1_048_576,
  stderr: 1_048_576,
  retries: 3,
  retryPause: 250,
  patience: 2_000,
};

/** Each of them is a process of Docker and one of the plugin, some 100 MB. */
const readsAtOnce = 4;

/** What may be different in a moment. */
const passing: ReadonlySet<CliFailure> = new Set(['database-locked', 'engine-starting']);

export function createCliRunner(options: CliRunnerOptions): CliRunner {
  const limits = { ...usual, ...options.limits };
  const queues = { read: new PQueue({ concurrency: readsAtOnce }), mutation: new PQueue({ concurrency: 1 }) };
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  const streams = new Set<StreamedProcess>();

  const check = (command: Pick<CliCommand<unknown>, 'args'>, teller: CliTeller): void => {
    const refusal = findRefusal(command.args, options.allowed);
    if (refusal !== undefined) throw teller.error({ failure: 'refused', subject: refusal });
    if (closing.signal.aborted) throw teller.error({ failure: 'cancelled' });
  };

  const run = async <T>(command: CliCommand<T>, call: CliCall): Promise<T> => {
    const teller = createTeller(command, options.program);
    check(command, teller);
    const signal = call.signal ? AbortSignal.any([closing.signal, call.signal]) : closing.signal;
    const waiting = untilActing(signal);
    const act = waiting.whileActing(() =>
      tellEnd(command, teller, options, async () => {
        const output = await collect(command, { ...options, limits, teller, signal });
        return readAnswer(command, output, options, teller);
      }),
    );
    try {
      return await pRetry(() => queues[command.kind].add(act, { signal: waiting.signal }), {
        retries: command.kind === 'read' ? limits.retries : 0,
        minTimeout: limits.retryPause,
        factor: 2,
        randomize: true,
        signal: waiting.signal,
        shouldRetry: ({ error }) => error instanceof CliError && passing.has(error.failure),
      });
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw teller.error({ failure: signal.aborted ? 'cancelled' : 'unknown', cause: error });
    } finally {
      waiting.close();
    }
  };

  return {
    async run(command, call = {}) {
      const result = run(command, call);
      const settled = result.then(
        () => {},
        () => {},
      );
      running.add(settled);
      void settled.then(() => running.delete(settled));
      return await result;
    },
    async start(launch) {
      const teller = createTeller(launch, options.program);
      check(launch, teller);
      const stream = await startStream(launch, teller, ears =>
        startChild(launch, { ...options, teller, stdin: 'pipe', ears }),
      );
      streams.add(stream);
      // What it has left behind goes with it.
      void stream.ended.then(() => stream.stop(limits.patience)).then(() => streams.delete(stream));
      if (closing.signal.aborted) await stream.stop();
      return stream;
    },
    async close(patience) {
      closing.abort();
      await Promise.all([...running, ...[...streams].map(stream => stream.stop(patience))]);
    },
  };
}

function readAnswer<T>(
  command: CliCommand<T>,
  output: CliOutput,
  { classify }: CliRunnerOptions,
  teller: CliTeller,
): T {
  const wrong = classify(output, command.args);
  if (wrong && !command.tolerates?.(wrong.failure, output)) throw teller.error({ ...output, ...wrong });
  try {
    return command.parse(output);
  } catch (error) {
    const { failure, subject, next } =
      error instanceof AnswerError ? error : ({ failure: 'unreadable', subject: undefined, next: undefined } as const);
    throw teller.error({ ...output, failure, subject, next, cause: error });
  }
}

type CollectContext = CliRunnerOptions & { limits: CliLimits; teller: CliTeller; signal: AbortSignal };

/** Runs a command to its end, or to the end that its time, its size or the caller sets. */
async function collect(command: CliCommand<unknown>, context: CollectContext): Promise<CliOutput> {
  const { limits, signal, teller } = context;
  const answer = createAnswerCollector(limits.stdout, command.format);
  const complaints = createTailCollector(limits.stderr);
  const early = Promise.withResolvers<CliFailure>();
  let isTooLarge = false;
  const ears: Ears = {
    stdout: {
      push(piece) {
        isTooLarge ||= !answer.add(piece);
        if (isTooLarge) early.resolve('too-large');
      },
      end() {},
    },
    stderr: { push: piece => complaints.add(piece), end() {} },
  };
  signal.throwIfAborted();
  const child = await startChild(command, { ...context, stdin: command.stdin === undefined ? 'ignore' : 'pipe', ears });
  if (command.stdin !== undefined) child.stdin?.end(command.stdin);
  const timer = setTimeout(() => early.resolve('timeout'), limits[command.time]);
  const cancel = () => early.resolve('cancelled');
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    const first = await Promise.race([child.exited, early.promise]);
    const code = typeof first === 'string' ? null : first.code;
    if (typeof first === 'string') await child.end(limits.patience);
    else await child.finish();
    const failure = isTooLarge ? 'too-large' : first;
    if (typeof failure === 'string') throw teller.error({ failure, exitCode: code, stderr: complaints.text() });
    return { ...answer.answer(), stderr: complaints.text(), exitCode: code };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

type ToStart = Pick<CliLaunch, 'args' | 'environment' | 'workingDirectory' | 'descriptor3'> & { program?: string };
type StartContext = CliRunnerOptions & { teller: CliTeller; stdin: 'pipe' | 'ignore'; ears: Ears };

/** Starts a program in a group of its own. Errors: CliError. */
async function startChild(command: ToStart, context: StartContext): Promise<CliChild> {
  const { marker, guardian, teller, ears, platform = process.platform } = context;
  const mark = marker.next();
  const third = await openThird(command.descriptor3, { platform, environment: context.environment });
  if (third === 'impossible')
    throw teller.error({ failure: 'refused', subject: 'there is no memory file system here' });
  const child = execa(command.program ?? context.program, command.args, {
    ...(command.workingDirectory === undefined ? {} : { cwd: command.workingDirectory }),
    env: { ...context.environment, ...command.environment, [markerVariable]: mark },
    extendEnv: false,
    stdio: [context.stdin, 'pipe', 'pipe', ...third.stdio],
    buffer: false,
    reject: false,
    // The guardian does that for whole groups, also when this process is killed.
    cleanup: false,
    detached: platform !== 'win32',
    windowsHide: true,
  });
  const { stdin, stdout, stderr } = child;
  if (!stdout || !stderr) throw teller.error({ failure: 'unknown' });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(resolve =>
    child.nodeChildProcess.once('exit', (code, signal) => resolve({ code, signal })),
  );
  const closed = Promise.all(
    [stdout, stderr].map(stream => new Promise<void>(resolve => stream.once('close', () => resolve()))),
  );
  stdout.on('data', piece => ears.stdout.push(piece)).once('close', () => ears.stdout.end());
  stderr.on('data', piece => ears.stderr.push(piece)).once('close', () => ears.stderr.end());
  for (const stream of [stdin, stdout, stderr]) stream?.on('error', () => {});
  const spawned = new Promise<'spawned'>(resolve => child.nodeChildProcess.once('spawn', () => resolve('spawned')));
  const first = await Promise.race([spawned, child]);
  const { pid } = child;
  if ((first !== 'spawned' && first.code !== undefined) || pid === undefined) {
    await third.close();
    throw await startFailure(command, teller, first === 'spawned' ? undefined : first);
  }
  third.feed(child.stdio[3]);
  await third.close();
  guardian.add(pid);
  const tree = createChildTree({
    pid,
    exited,
    mark: `${markerVariable}=${mark}`,
    platform,
    killOnWindows: id => void execa('taskkill', ['/PID', String(id), '/T', '/F'], { reject: false, stdio: 'ignore' }),
  });
  const letGo = () => {
    guardian.remove(pid);
    stdout.destroy();
    stderr.destroy();
  };
  let ending: Promise<void> | undefined;
  return {
    pid,
    stdin,
    exited,
    async finish() {
      // What it has written is there; a fork of it may hold the streams open.
      await Promise.race([closed, pause(300, undefined, { ref: false })]);
      await tree.clear();
      await Promise.race([closed, pause(300, undefined, { ref: false })]);
      letGo();
    },
    end(patience) {
      ending ??= tree.end(patience).then(letGo);
      return ending;
    },
  };
}

/** The error of a program that could not be started at all. */
async function startFailure(
  { workingDirectory }: ToStart,
  teller: CliTeller,
  result: { code?: string | undefined; cause?: unknown } | undefined,
): Promise<CliError> {
  const { code, cause } = result ?? {};
  const isThere =
    workingDirectory === undefined || (await stat(workingDirectory).catch(() => undefined))?.isDirectory();
  // The system names the program when it is the folder that is missing.
  if (!isThere)
    return teller.error({ failure: 'validation', subject: `there is no folder ${workingDirectory}`, cause });
  if (code === 'E2BIG') return teller.error({ failure: 'refused', subject: 'the arguments are too long', cause });
  if (code === 'ENOENT' || code === 'EACCES') return teller.error({ failure: 'program-missing', subject: code, cause });
  return teller.error({ failure: 'unknown', subject: code, cause });
}
