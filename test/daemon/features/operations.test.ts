import assert from 'node:assert/strict';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { type NewOperation as Any, hasEnded, type Operation } from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import { createFakeEngine, type FakeEngine, testPackage } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';

type NewOperation = Extract<Any, { kind: 'install' }>;
const entry = (id: string): NewOperation => ({
  kind: 'install',
  from: { catalogEntry: id },
  allowScripts: false,
  start: false,
});

describe('operations', () => {
  let daemon: InProcessDaemon;
  let engine: FakeEngine;
  beforeEach(async () => {
    engine = createFakeEngine();
    daemon = await startInProcessDaemon({ engine });
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const ended = (id: string): Promise<Operation> =>
    until(async () => {
      const operation = await daemon.api.getOperation({ params: { id } });
      return hasEnded(operation) && operation;
    });
  const install = async (body: NewOperation) => ended((await daemon.api.createOperation({ body })).id);

  it('install a server from the catalog, pinned as the entry says', async () => {
    const done = await install(entry('echo'));
    assert.deepEqual([done.state, done.progress, done.problem], ['succeeded', 1, null]);
    const server = await daemon.api.getServer({ params: { id: 'echo' } });
    const found = await daemon.api.getCatalogEntry({ params: { id: 'echo' } });
    assert.deepEqual(server.source, found.source);
    assert.deepEqual(found.installed, ['echo']);
    assert.equal((await daemon.api.listCatalog({ query: { installed: true } })).total, 1);
    assert.equal((await daemon.api.listCatalog({ query: { q: 'ADDS nothing' } })).total, 0);
  });

  it('install under another name, start at once, and take settings along', async () => {
    const body = {
      ...entry('echo'),
      serverId: 'mine',
      start: true,
      configuration: { environment: { A: '1' }, restart: 'never' as const },
    };
    assert.equal((await install(body)).state, 'succeeded');
    const server = await daemon.api.getServer({ params: { id: 'mine' } });
    assert.deepEqual([server.state, server.configuration.restart, server.catalogEntry], ['running', 'never', 'echo']);
    assert.deepEqual(server.configuration.environment, { A: '1' });
  });

  it('install any package by its name', async () => {
    const done = await install({ ...entry('x'), from: { package: testPackage('slow') } });
    assert.equal(done.state, 'succeeded');
    assert.equal((await daemon.api.getServer({ params: { id: 'slow' } })).catalogEntry, null);
  });

  it('tell their progress, which never goes back', async () => {
    engine.behaviour.installMs = 600;
    engine.behaviour.steps = 6;
    const seen: number[] = [];
    const abort = new AbortController();
    const follow = daemon.api.followEvents({
      signal: abort.signal,
      onEvent: (event: DaemonEvent) => event.type === 'operation.changed' && seen.push(event.operation.progress ?? -1),
    });
    await install(entry('echo'));
    await until(() => seen.at(-1) === 1);
    abort.abort();
    await follow;
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.ok(new Set(seen).size >= 3, String(seen));
  });

  it('can be cancelled, and leave nothing behind', async () => {
    engine.behaviour.installMs = 30_000;
    const { id } = await daemon.api.createOperation({ body: entry('echo') });
    await until(async () => ((await daemon.api.getOperation({ params: { id } })).progress ?? 0) >= 0);
    const cancelled = await daemon.api.cancelOperation({ params: { id } });
    assert.deepEqual([cancelled.state, cancelled.problem?.code], ['cancelled', 'INSTALL_007']);
    assert.equal((await daemon.api.listServers()).total, 0);
    assert.equal(engine.installed.size, 0);
    await assert.rejects(daemon.api.cancelOperation({ params: { id } }), hasCode('OPERATION_002'));
    engine.behaviour.installMs = 0;
    assert.equal((await install(entry('echo'))).state, 'succeeded');
  });

  it('keep the reason of a failure, and can be tried again', async () => {
    engine.behaviour.failures.set(
      testPackage('echo'),
      problem('INSTALL_003', { detail: 'No network.', next: 'Look at the cable.' }),
    );
    const failed = await install(entry('echo'));
    assert.deepEqual(
      [failed.state, failed.problem?.code, failed.problem?.next],
      ['failed', 'INSTALL_003', 'Look at the cable.'],
    );
    engine.behaviour.failures.clear();
    assert.equal((await install(entry('echo'))).state, 'succeeded');
  });

  it('refuse a name that is taken or being taken', async () => {
    engine.behaviour.installMs = 30_000;
    const { id } = await daemon.api.createOperation({ body: entry('echo') });
    await assert.rejects(daemon.api.createOperation({ body: entry('echo') }), hasCode('INSTALL_009'));
    await daemon.api.cancelOperation({ params: { id } });
    engine.behaviour.installMs = 0;
    await install(entry('echo'));
    await assert.rejects(daemon.api.createOperation({ body: entry('echo') }), hasCode('SERVER_002'));
    await assert.rejects(daemon.api.createOperation({ body: entry('nothing') }), hasCode('CATALOG_001'));
  });

  it('are shown as interrupted when the daemon ended meanwhile', async () => {
    engine.behaviour.installMs = 30_000;
    const { id } = await daemon.api.createOperation({ body: entry('echo') });
    await daemon.restart();
    assert.equal((await daemon.api.getOperation({ params: { id } })).state, 'interrupted');
    assert.equal((await daemon.api.listOperations({ query: { state: 'running' } })).total, 0);
    assert.equal((await daemon.api.listServers()).total, 0);
  });

  it('refuse packages and versions that are not written like ones', async () => {
    for (const from of [
      { package: '--registry=http://evil.test' },
      { package: 'git+ssh://evil.test/x' },
      { package: '../outside' },
      { package: 'good', version: '--force' },
      { package: 'good', version: 'npm:other@1' },
      { package: 'good', integrity: 'md5-x' },
    ]) {
      await assert.rejects(
        daemon.api.createOperation({ body: { ...entry('x'), from } }),
        hasCode('REQUEST_001'),
        JSON.stringify(from),
      );
    }
  });
});
