import assert from 'node:assert/strict';
import { createAuditRepository } from '../../../daemon/features/audit/audit.repository.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';

const entry = {
  principal: 'owner',
  action: 'startServer',
  resource: 'a',
  outcome: 'allowed',
  code: null,
  requestId: 'r',
} as const;

function createLog() {
  const database = openDatabase(':memory:');
  let now = Date.parse('2026-01-01T00:00:00Z');
  const audit = createAuditRepository(database, { now: () => now });
  const tamper = (sql: string) => {
    database.exec('drop trigger audit_is_never_changed; drop trigger audit_is_never_removed');
    database.exec(sql);
  };
  const passMinute = () => {
    now += 60_000;
  };
  return { audit, tamper, passMinute };
}

describe('the audit log', () => {
  it('verifies what it wrote', () => {
    const { audit } = createLog();
    for (let i = 0; i < 50; i++) audit.record({ ...entry, resource: `server-${i}` });
    assert.deepEqual(audit.verify(), {
      ok: true,
      entries: 50,
      brokenAt: null,
      anchors: 0,
      detail: 'All 50 entries are as they were written; it has no anchors.',
    });
  });

  for (const [what, sql] of [
    ['a changed field', "update audit set principal = 'nobody' where id = 3"],
    ['a removed entry in the middle', 'delete from audit where id = 3'],
    ['an entry put in its place', "update audit set hash = 'x' || hash, principal = 'nobody' where id = 3"],
    [
      'two entries that changed places',
      'update audit set id = 99 where id = 3; update audit set id = 3 where id = 4; update audit set id = 4 where id = 99',
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      const { audit, tamper } = createLog();
      for (let i = 0; i < 5; i++) audit.record(entry);
      tamper(sql);
      const { ok, brokenAt } = audit.verify();
      assert.equal(ok, false);
      assert.ok(brokenAt === 3 || brokenAt === 4);
    });
  }

  it('counts what a flood of strangers does instead of listing it', () => {
    const { audit, passMinute } = createLog();
    const denied = { ...entry, principal: 'anonymous', outcome: 'denied' } as const;
    for (let i = 0; i < 500; i++) audit.record(denied);
    const query = { page: 1, limit: 100, sort_by: 'id', sort_order: 'desc' } as const;
    assert.equal(audit.list(query).total, 60);
    passMinute();
    audit.record(denied);
    const { items, total } = audit.list(query);
    assert.equal(total, 62);
    assert.equal(items[1]?.resource, '440 more in one minute');
    assert.equal(audit.verify().ok, true);
  });

  describe('behind the API', () => {
    let daemon: InProcessDaemon;
    before(async () => {
      daemon = await startInProcessDaemon();
    });
    after(() => daemon[Symbol.asyncDispose]());

    it('has what was allowed, what was denied and what failed, and no more', async () => {
      await daemon.request('/api/v1/servers');
      await daemon.api.listServers();
      await assert.rejects(daemon.api.startServer({ params: { id: 'nobody' } }));
      await daemon.api.createServer({ body: { type: 'command', id: 'mine', command: process.execPath } });
      const { items } = await daemon.api.listAudit({ query: { sort_order: 'asc' } });
      assert.deepEqual(
        items.map(({ principal, action, resource, outcome, code }) => [principal, action, resource, outcome, code]),
        [
          ['anonymous', 'listServers', null, 'denied', 'ACCESS_001'],
          ['owner (token)', 'startServer', 'nobody', 'failed', 'SERVER_001'],
          ['owner (token)', 'createServer', `id=mine type=command command=${process.execPath}`, 'allowed', null],
        ],
      );
      assert.equal((await daemon.api.verifyAudit()).ok, true);
    });
  });
});
