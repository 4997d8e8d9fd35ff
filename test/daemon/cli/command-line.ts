// Runs the real command line as a child process, in a state folder of its own, and ends what it has left behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../../shared/api/problem.ts';
import { Discovery } from '../../../shared/domain/discovery.ts';
import { waitForNoProcessOf } from '../../support/processes.ts';
import { commandProgram, sources } from '../../support/programs.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
export const testServer = (name: string): string => join(repository, 'test', 'support', 'mcp-servers', `${name}.mjs`);

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout(): string;
  stderr(): string;
  /** Waits until the output so far fits. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp, milliseconds?: number): Promise<void>;
}

export interface RunOptions {
  stdin?: string;
  environment?: Record<string, string>;
  milliseconds?: number;
  /** The folder that it runs in. */
  cwd?: string;
  /** As if it were of another version. */
  version?: string;
}

export interface CommandLine extends AsyncDisposable {
  readonly home: string;
  start(args: readonly string[], options?: RunOptions): RunningCommand;
  run(args: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Runs with --json, and gives back the one document. */
  json(args: readonly string[], options?: RunOptions): Promise<unknown>;
  discovery(): Promise<Discovery | undefined>;
  /** Ends the daemon, and says what is still running after that. */
  end(): Promise<unknown[]>;
}

const usualMilliseconds = 30_000;

export async function createCommandLine(name: string): Promise<CommandLine> {
  const folder = await createTemporaryFolder(name);
  const home = join(folder.path, 'home');
  const start = (args: readonly string[], options: RunOptions = {}) => startCommand(home, args, options);
  const run = (args: readonly string[], options: RunOptions = {}) => start(args, options).finished;
  const end = async () => {
    await run(['daemon', 'stop']);
    return waitForNoProcessOf(folder.path);
  };
  return {
    home,
    start,
    run,
    end,
    async json(args, options) {
      const { code, stdout, stderr } = await run(['--json', ...args], options);
      if (code !== 0) throw new Error(`quayside ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout);
    },
    async discovery() {
      const text = await readFile(join(home, 'daemon.json'), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : Discovery.parse(JSON.parse(text));
    },
    async [Symbol.asyncDispose]() {
      await end();
      await folder.remove();
    },
  };
}

function startCommand(home: string, args: readonly string[], options: RunOptions): RunningCommand {
  const { stdin, environment = {}, milliseconds = usualMilliseconds, cwd, version } = options;
  const program = version === undefined ? commandProgram : sources.command;
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      NO_COLOR: '1',
      CI: '1',
      QUAYSIDE_PORT: '0',
      QUAYSIDE_HOME: home,
      QUAYSIDE_VERSION: version,
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd,
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (piece: string) => {
      output[stream] += piece;
    });
  }
  child.stdin.on('error', () => {});
  child.stdin.end(stdin ?? '');
  const finished = new Promise<Finished>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`quayside ${args.join(' ')} has not ended after ${milliseconds} ms.\n${output.stderr}`));
    }, milliseconds);
    child.once('error', reject);
    child.once('close', code => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
  const until = async (stream: 'stdout' | 'stderr', pattern: RegExp, limit = 15_000) => {
    for (const end = Date.now() + limit; !pattern.test(output[stream]); await pause(20)) {
      if (Date.now() < end) continue;
      throw new Error(`${pattern} did not come in ${limit} ms.\n${output.stdout}\n${output.stderr}`);
    }
  };
  return { child, finished, until, stdout: () => output.stdout, stderr: () => output.stderr };
}

/** The problem that a command printed with --json on its error output. */
export function problemIn({ stderr }: Finished): Problem {
  const line = stderr
    .trim()
    .split('\n')
    .find(each => each.startsWith('{"problem"'));
  if (!line) throw new Error(`There is no problem in: ${stderr}`);
  return Problem.parse(JSON.parse(line).problem);
}
