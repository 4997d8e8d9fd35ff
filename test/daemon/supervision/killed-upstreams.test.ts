import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { LaunchPlan } from '../../../daemon/engines/engine.ts';
import { callTool, createTestClient, type TestClient } from '../../support/downstream-client.ts';
import { createSupervised, launchPolicy, quickRestarts } from '../../support/supervised.ts';

const plan = async (): Promise<LaunchPlan> => ({
  kind: 'stdio',
  command: '/bin/sh',
  args: [fileURLToPath(new URL('../../support/mcp-servers/quick.sh', import.meta.url))],
  environment: { PATH: process.env['PATH'] ?? '' },
  workingDirectory: import.meta.dirname,
});

const kills = 100;

/** Looks more often than others do: a hundred times three waits add up. */
async function until(check: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 5_000; !check(); ) {
    if (Date.now() > end) throw new Error(`${what} did not come`);
    await new Promise(resolve => setTimeout(resolve, 2));
  }
}

describe('an upstream that is killed a hundred times', function () {
  this.timeout(60_000);

  it('loses no client: calls under way can be tried again, later ones work, and nothing hangs', async () => {
    const { supervisor } = createSupervised({
      restartTimes: { ...quickRestarts, firstDelay: 1, longestDelay: 5, ends: kills * 2 },
    });
    await supervisor.start('killed', plan, launchPolicy({ restart: 'always' }));
    const clients = Array.from({ length: 20 }, () => createTestClient());
    const codes = new Map<string, number>();
    let calls = 0;
    let slowest = 0;
    let over = false;
    const before = process.memoryUsage().rss;
    const work = async (client: TestClient): Promise<void> => {
      // Held for the whole time: its session with the gateway knows nothing of the server's ends.
      const upstream = await supervisor.upstreams.of('killed', client);
      while (!over) {
        const begun = performance.now();
        const code = await callTool(upstream, client, 'count').then(
          () => 'ok',
          error => String(error.code ?? error),
        );
        slowest = Math.max(slowest, performance.now() - begun);
        codes.set(code, (codes.get(code) ?? 0) + 1);
        calls += 1;
        await new Promise(resolve => setTimeout(resolve, 2));
      }
    };
    const working = clients.map(work);
    const running = () => supervisor.health('killed').state === 'running';
    const killAll = async (): Promise<void> => {
      for (let kill = 0; kill < kills; kill++) {
        await until(running, 'that it runs again');
        const seen = calls;
        await until(() => calls > seen, 'a call');
        const { pid } = supervisor.health('killed');
        if (pid !== null) process.kill(pid, 'SIGKILL');
        await until(() => !running() || supervisor.health('killed').pid !== pid, 'its end');
      }
      await until(running, 'that it runs again');
    };
    await killAll().finally(() => {
      over = true;
    });
    await Promise.all(working);
    for (const client of clients) {
      const upstream = await supervisor.upstreams.of('killed', client);
      await callTool(upstream, client, 'count');
    }
    assert.deepEqual(
      [...codes.keys()].filter(code => code !== 'ok' && code !== 'TOOL_010'),
      [],
    );
    assert.ok((codes.get('ok') ?? 0) >= kills, `${codes.get('ok')} calls`);
    assert.ok(slowest < 10_000, `${slowest} ms`);
    assert.ok(process.memoryUsage().rss - before < 100 * 1_048_576);
    await supervisor.close();
  });
});
