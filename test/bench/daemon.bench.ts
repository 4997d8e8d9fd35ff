// The daemon: from its spawn to the first answered request, and its memory before and after many calls.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Discovery } from '../../shared/domain/discovery.ts';
import { daemonFile, type RunningDaemon, startDaemon } from '../support/daemon.ts';
import { readMemory, stopProcessGroup } from '../support/processes.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type Summary, summarise } from './statistics.ts';

const echoServer = join(import.meta.dirname, '..', 'support', 'mcp-servers', 'echo.mjs');
const startRuns = 9;
const startMilliseconds = 10_000;

/** Milliseconds from spawn until `GET /api/v1/health` was answered over the socket, as the extension would ask. */
async function timeOneStart(home: string): Promise<number> {
  const started = performance.now();
  const child = spawn(process.execPath, [daemonFile, '--home', home, '--port', '0'], {
    env: { ...process.env, QUAYSIDE_HOME: home, QUAYSIDE_RATE_LIMIT: '1000000' },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  try {
    while (performance.now() - started < startMilliseconds) {
      if (await isHealthy(home)) return performance.now() - started;
      await pause(2);
    }
    throw new Error(`The daemon did not answer within ${startMilliseconds} ms.`);
  } finally {
    await stopProcessGroup(child);
  }
}

async function isHealthy(home: string): Promise<boolean> {
  try {
    const { socket, token } = Discovery.parse(JSON.parse(await readFile(join(home, 'daemon.json'), 'utf8')));
    const headers = { host: 'localhost', authorization: `Bearer ${token}` };
    return await new Promise(resolve => {
      const sent = request({ socketPath: socket, path: '/api/v1/health', headers }, response => {
        response.resume();
        response.once('end', () => resolve(response.statusCode === 200));
      });
      sent.once('error', () => resolve(false));
      sent.end();
    });
  } catch {
    return false;
  }
}

export interface DaemonFigures {
  /** The first start ever in an empty folder, with the database to be made. */
  firstStartMs: number;
  startToFirstAnswerMs: Summary;
  idle: { rssBytes: number; pssBytes: number };
  afterCalls: { calls: number; seconds: number; rssBytes: number; pssBytes: number; rssToIdle: number };
}

export async function measureDaemon(): Promise<DaemonFigures> {
  await using folder = await createTemporaryFolder('bench');
  const home = join(folder.path, 'home');
  const firstStartMs = Math.round(await timeOneStart(home));
  const starts: number[] = [];
  for (let run = 0; run < startRuns; run++) starts.push(await timeOneStart(home));
  await using daemon = await startDaemon({ home, environment: { QUAYSIDE_RATE_LIMIT: '1000000' } });
  await pause(5_000);
  const idle = readMemory(daemon.pid);
  const { calls, seconds } = await callOften(daemon);
  await pause(5_000);
  const after = readMemory(daemon.pid);
  return {
    firstStartMs,
    startToFirstAnswerMs: summarise(starts),
    idle: { rssBytes: idle.rss, pssBytes: idle.pss },
    afterCalls: {
      calls,
      seconds,
      rssBytes: after.rss,
      pssBytes: after.pss,
      rssToIdle: Math.round((after.rss / idle.rss) * 100) / 100,
    },
  };
}

const wantedCalls = 10_000;
const mostSeconds = 120;
const inFlight = 8;

/** Calls the tool of a small local server, bounded in count and time. */
async function callOften({ api }: RunningDaemon): Promise<{ calls: number; seconds: number }> {
  const configuration = { arguments: [echoServer] };
  await api.createServer({ body: { type: 'command', id: 'echo', command: process.execPath, configuration } });
  await api.startServer({ params: { id: 'echo' } });
  const started = performance.now();
  let calls = 0;
  const one = async () => {
    while (calls < wantedCalls && performance.now() - started < mostSeconds * 1_000) {
      calls++;
      await api.callTool({ params: { id: 'echo', tool: 'echo' }, body: { arguments: { message: 'hi' } } });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return { calls, seconds: Math.round((performance.now() - started) / 100) / 10 };
}
