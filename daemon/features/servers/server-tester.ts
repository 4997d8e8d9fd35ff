// Checks a server step by step: does it start, answer and list its tools. The result is kept.
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Problem } from '../../../shared/api/problem.ts';
import type { TestResult } from '../../../shared/api/servers.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { Supervisor } from '../../supervision/supervisor.ts';
import type { ServerService } from './servers.service.ts';

type Step = TestResult['steps'][number];

export interface ServerTester {
  /** A failed step is a result and no error. A server that was stopped is stopped again. Errors: SERVER_001. */
  test(id: string, signal: AbortSignal, caller: string): Promise<TestResult>;
}

export interface ServerTesterOptions {
  database: Database;
  servers: Pick<ServerService, 'get' | 'exists' | 'start' | 'stop' | 'configuration'>;
  supervisor: Pick<Supervisor, 'session' | 'health'>;
  clock: Clock;
}

export function createServerTester({ database, servers, supervisor, clock }: ServerTesterOptions): ServerTester {
  const insert = database.prepare(
    'insert into test_results (id, server_id, ok, started_at, duration_ms, steps, problem) values (?, ?, ?, ?, ?, ?, ?)',
  );
  const dropOld = database.prepare(`delete from test_results where server_id = ? and id not in
    (select id from test_results where server_id = ? order by started_at desc limit 100)`);

  const keep = database.transaction((result: TestResult) => {
    const { id, serverId, ok, startedAt, durationMs, steps, problem } = result;
    insert.run(
      id,
      serverId,
      Number(ok),
      startedAt,
      durationMs,
      JSON.stringify(steps),
      problem && JSON.stringify(problem),
    );
    dropOld.run(serverId, serverId);
  });

  return {
    async test(id, signal, caller) {
      const before = servers.get(id);
      const startedAt = clock.now();
      const begin = performance.now();
      const options = { signal, timeoutSeconds: servers.configuration(id).limits.callSeconds };
      const { steps, problem } = await runSteps([
        ['start', () => servers.start(id, caller).then(() => 'It runs.')],
        ['initialize', async () => describeInitialised(supervisor.health(id))],
        [
          'ping',
          () =>
            supervisor
              .session(id)
              .ping(options)
              .then(() => 'It answers.'),
        ],
        ['list-tools', async () => describeTools((await supervisor.session(id).listTools(options)).length)],
      ]);
      if (!before.enabled && servers.exists(id)) await servers.stop(id);
      const durationMs = performance.now() - begin;
      const result = {
        id: randomUUID(),
        serverId: id,
        ok: problem === null,
        startedAt: toTimestamp(startedAt),
        durationMs,
        steps,
        problem,
      };
      // Somebody may have removed the server meanwhile; the result is still the answer.
      if (servers.exists(id)) keep(result);
      return result;
    },
  };
}

async function runSteps(
  planned: [Step['name'], () => Promise<string>][],
): Promise<{ steps: Step[]; problem: Problem | null }> {
  const steps: Step[] = [];
  for (const [name, run] of planned) {
    const begin = performance.now();
    try {
      const detail = await run();
      steps.push({ name, ok: true, durationMs: performance.now() - begin, detail });
    } catch (error) {
      const problem = errorToProblem(error);
      steps.push({ name, ok: false, durationMs: performance.now() - begin, detail: problem.detail });
      return { steps, problem };
    }
  }
  return { steps, problem: null };
}

const describeInitialised = ({
  serverVersion,
  protocolVersion,
}: {
  serverVersion: string | null;
  protocolVersion: string | null;
}): string =>
  `It speaks protocol ${protocolVersion ?? 'of no version'} and calls itself version ${serverVersion ?? 'unknown'}.`;

const describeTools = (count: number): string => (count === 1 ? 'It has 1 tool.' : `It has ${count} tools.`);
