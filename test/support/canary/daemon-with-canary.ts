// A real daemon as a child process, whose every answer, output and process is kept for a later search.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { fetchCarrier } from '../../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../../shared/api/client.ts';
import { daemonRuntimeFlags } from '../../../shared/domain/daemon-runtime.ts';
import { endWithUs } from '../processes.ts';
import { canary, findInProcesses, formsIn, type LeakyProcess } from './canary.ts';

const repository = join(import.meta.dirname, '..', '..', '..');

const Ready = z.object({ ready: z.literal(true), pid: z.int(), url: z.string(), socket: z.string() });

export interface Evidence {
  /** Answers that have it: what was asked, and the forms. */
  answers: string[];
  /** How many answers were looked at. */
  asked: number;
  /** What the daemon has written to its own output. */
  output: string;
  /** Processes that were seen with it. */
  processes: LeakyProcess[];
}

export interface CanaryDaemon {
  readonly pid: number;
  readonly url: string;
  readonly token: string;
  readonly api: ApiClient;
  /** Any request with the owner's token; its answer is looked at unless `mayHaveIt`. */
  ask(path: string, init?: RequestInit & { mayHaveIt?: boolean }): Promise<string>;
  /** The next answer may have it: it is a server's own, for whoever called. */
  allowNext(): void;
  /** Looks at the processes now. */
  look(): void;
  signal(signal: NodeJS.Signals): void;
  ended(): Promise<void>;
}

/** `folder` has the state, a folder for temporary files, and nothing else. */
export async function startCanaryDaemon(folder: string, evidence: Evidence): Promise<CanaryDaemon> {
  const home = join(folder, 'state');
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const canaryFile = `${folder}.canary`;
  writeFileSync(canaryFile, canary);
  const hook = join(import.meta.dirname, 'failing-daemon.mjs');
  const words = [...daemonRuntimeFlags, '--import', hook, join(repository, 'daemon', 'main.ts'), '--home', home];
  const child: ChildProcess = endWithUs(
    spawn(process.execPath, [...words, '--port', '0', '--log-stdout'], {
      env: {
        ...process.env,
        TMPDIR: join(folder, 'tmp'),
        QUAYSIDE_DOCKER: 'off',
        QUAYSIDE_LOG_LEVEL: 'trace',
        QUAYSIDE_RATE_LIMIT: '0',
        CANARY_FILE: canaryFile,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    }),
  );
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
    evidence.output += piece;
  });
  const line = await new Promise<string>((resolve, reject) => {
    if (child.stdout) createInterface({ input: child.stdout }).once('line', resolve);
    void ended.then(() => reject(new Error(`The daemon ended: ${evidence.output.slice(-2_000)}`)));
  });
  evidence.output += line;
  const { url, pid } = Ready.parse(JSON.parse(line));
  const token = await readToken(home);

  let allowed = false;
  const ask: CanaryDaemon['ask'] = async (path, { mayHaveIt = allowed, ...init } = {}) => {
    allowed = false;
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) };
    const response = await fetch(`${url}${path}`, { ...init, headers });
    const text = await response.text();
    evidence.asked += 1;
    const head = JSON.stringify([...response.headers]);
    const found = formsIn(`${head}\n${text}`);
    if (found.length > 0 && !mayHaveIt) evidence.answers.push(`${init.method ?? 'GET'} ${path}: ${found.join(', ')}`);
    return text;
  };
  const carry = async (address: string, init: RequestInit) => {
    const text = await ask(address.slice(url.length), init);
    return { status: statusOf(text), text: async () => text, body: null };
  };
  return {
    pid,
    url,
    token,
    api: createApiClient(fetchCarrier({ fetch: carry as never, baseUrl: url, token })),
    ask,
    allowNext() {
      allowed = true;
    },
    look: () => void evidence.processes.push(...findInProcesses(pid)),
    signal: signal => void child.kill(signal),
    ended: () => ended,
  };
}

/** A problem says its status itself (RFC 9457). */
function statusOf(text: string): number {
  const { status, code } = (text.startsWith('{') ? JSON.parse(text) : {}) as { status?: unknown; code?: unknown };
  return typeof status === 'number' && typeof code === 'string' ? status : 200;
}

async function readToken(home: string): Promise<string> {
  for (let turn = 0; turn < 100; turn++) {
    const text = await readFile(join(home, 'daemon.json'), 'utf8').catch(() => '');
    if (text !== '') return z.looseObject({ token: z.string() }).parse(JSON.parse(text)).token;
    await pause(20);
  }
  throw new Error('There is no discovery file.');
}
