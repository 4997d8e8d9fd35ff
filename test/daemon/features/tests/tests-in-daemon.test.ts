import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createFakeEngine } from '../../../support/fake-engine.ts';
import { startInProcessDaemon, until } from '../../../support/in-process-daemon.ts';
import { addTestServer } from '../../../support/test-server.ts';

describe('tests in a whole daemon', () => {
  it('are shown as interrupted after a kill, and a server that was only compared goes', async () => {
    await using daemon = await startInProcessDaemon({ engine: createFakeEngine() });
    const body = { type: 'command', command: process.execPath } as const;
    await daemon.api.createServer({ body: { ...body, id: 'mine' } });
    await daemon.api.createServer({ body: { ...body, id: 'mine-compared-abc123' } });
    const database = new Database(join(daemon.home, 'quayside.db'));
    const at = '2026-01-02T03:04:05.000Z';
    database
      .prepare('insert into comparison_servers (server_id, made_at) values (?, ?)')
      .run('mine-compared-abc123', at);
    database
      .prepare(
        `insert into test_runs (id, state, files, servers, caller, counts, started_at, ended_at, duration_ms)
         values ('one', 'running', '["a"]', '["mine"]', 'owner', ?, ?, null, 0)`,
      )
      .run(JSON.stringify({ total: 1, passed: 0, failed: 0, skipped: 0, cancelled: 0 }), at);
    database.close();
    await daemon.restart();
    assert.deepEqual(
      (await daemon.api.listServers()).items.map(({ id }) => id),
      ['mine'],
    );
    const run = await daemon.api.getTestRun({ params: { id: 'one' } });
    assert.deepEqual([run.state, run.reason, run.results], ['interrupted', 'The daemon was killed.', []]);
    assert.ok(run.endedAt);
  });

  it('run through the daemon as every call does: recorded, and refused where the tool is off', async () => {
    await using daemon = await startInProcessDaemon();
    await addTestServer(daemon.api, 'echo');
    await daemon.api.startServer({ params: { id: 'echo' } });
    const text =
      'server: echo\ntests:\n  - { name: a, tool: echo, arguments: { message: a } }\n  - { name: b, resource: "test://one" }\n';
    const run = async () => {
      const { id } = await daemon.api.startTestRun({ body: { files: [{ path: 'a.mcptest.yaml', text }] } });
      return await until(async () => {
        const now = await daemon.api.getTestRun({ params: { id } });
        return now.endedAt === null
          ? undefined
          : now.results.map(({ outcome, failures }) => [outcome, failures[0]?.message]);
      });
    };
    assert.deepEqual((await run())[0], ['passed', undefined]);
    const { items } = await daemon.api.listCalls({ query: { server: 'echo' } });
    assert.deepEqual(
      items.map(({ tool, via, outcome }) => [tool, via, outcome]),
      [['echo', 'test', 'ok']],
    );
    await daemon.api.updateTool({ params: { id: 'echo', tool: 'echo' }, body: { enabled: false } });
    const [refused] = await run();
    assert.match(refused?.[1] ?? '', /TOOL_005/);
  });

  it('make no call that was approved when its tool was off by then', async () => {
    await using daemon = await startInProcessDaemon();
    await addTestServer(daemon.api, 'echo');
    await daemon.api.startServer({ params: { id: 'echo' } });
    await daemon.api.replaceApprovalRules({ body: { version: 0, rules: [], otherwise: 'ask' } });
    const text = 'server: echo\ntests:\n  - { name: a, tool: echo, arguments: { message: a }, timeout: 20000 }\n';
    const { id } = await daemon.api.startTestRun({ body: { files: [{ path: 'a.mcptest.yaml', text }] } });
    const query = { state: 'waiting' as const };
    const asked = await until(async () => (await daemon.api.listApprovals({ query })).items[0], 'the question');
    await daemon.api.updateTool({ params: { id: 'echo', tool: 'echo' }, body: { enabled: false } });
    await daemon.api.approveCall({ params: { id: asked.id }, body: { digest: asked.digest } });
    const run = await until(async () => {
      const now = await daemon.api.getTestRun({ params: { id } });
      return now.endedAt === null ? undefined : now;
    });
    assert.match(run.results[0]?.failures[0]?.message ?? '', /TOOL_005/);
  });

  it('compare a package with another version of it, and leave nothing behind', async () => {
    const engine = createFakeEngine();
    await using daemon = await startInProcessDaemon({ engine });
    const { id: install } = await daemon.api.createOperation({
      body: { kind: 'install', from: { catalogEntry: 'echo' }, start: true },
    });
    await until(async () => (await daemon.api.getOperation({ params: { id: install } })).state === 'succeeded');
    await daemon.api.createSavedCall({
      body: { serverId: 'echo', kind: 'tool', target: 'add', title: 'a sum', arguments: { a: 1, b: 2 } },
    });
    const compare = async (version: string) => {
      const { id } = await daemon.api.createComparison({ body: { serverId: 'echo', other: { version } } });
      return await until(async () => {
        const now = await daemon.api.getComparison({ params: { id } });
        return now.endedAt === null ? undefined : now;
      });
    };
    const missing = await compare('9.9.9');
    assert.deepEqual([missing.state, missing.problem?.code], ['failed', 'INSTALL_001']);
    const done = await compare('latest');
    assert.deepEqual([done.state, done.problem, done.unchangedTools], ['succeeded', null, 5]);
    assert.deepEqual(
      done.calls.map(({ tool, same }) => [tool, same]),
      [['add', true]],
    );
    assert.deepEqual([...engine.installed.keys()], ['echo']);
    assert.deepEqual(
      (await daemon.api.listServers()).items.map(server => [server.id, server.state]),
      [['echo', 'running']],
    );
  });
});
