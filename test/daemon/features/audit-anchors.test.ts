import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createAuditAnchors } from '../../../daemon/features/audit/anchors.ts';
import { createAuditRepository } from '../../../daemon/features/audit/audit.repository.ts';
import { renderEntries } from '../../../daemon/features/audit/export.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const entry = {
  principal: 'owner (token)',
  action: 'startServer',
  resource: 'a',
  outcome: 'allowed',
  code: null,
  requestId: 'r',
} as const;

import type { AuditEntry } from '../../../shared/api/audit.ts';

describe('the anchors of the audit log', () => {
  let folder: Awaited<ReturnType<typeof createTemporaryFolder>>;
  let now = Date.parse('2026-01-01T00:00:00Z');
  const file = () => join(folder.path, 'anchors.jsonl');
  const failures: unknown[] = [];

  const createLog = () => {
    const clock = { now: () => now };
    const database = openDatabase(join(folder.path, 'log.db'));
    const anchors = createAuditAnchors({
      file: file(),
      clock,
      everyEntries: 10,
      everyMs: 60_000,
      onFailure: error => failures.push(error),
    });
    const audit = createAuditRepository(database, clock, { anchors });
    const tamper = (sql: string) => {
      database.exec('drop trigger audit_is_never_changed; drop trigger audit_is_never_removed');
      database.exec(sql);
    };
    const close = () => {
      audit.close();
      database.close();
    };
    return { audit, tamper, close };
  };
  const anchored = () =>
    readFileSync(file(), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).entry as number);

  beforeEach(async () => {
    failures.length = 0;
    folder = await createTemporaryFolder('audit');
  });
  afterEach(() => folder.remove());

  it('are written after so many entries, after so much time, and at the end, for this user alone', () => {
    const { audit, close } = createLog();
    for (let i = 0; i < 25; i++) audit.record(entry);
    assert.deepEqual(anchored(), [10, 20]);
    now += 60_000;
    audit.record(entry);
    audit.record(entry);
    close();
    assert.deepEqual(anchored(), [10, 20, 26, 27]);
    assert.equal(statSync(file()).mode & 0o777, 0o600);
  });

  it('agree with a log that nobody touched, also after a restart', () => {
    const first = createLog();
    for (let i = 0; i < 12; i++) first.audit.record(entry);
    first.close();
    const { audit, close } = createLog();
    for (let i = 0; i < 3; i++) audit.record(entry);
    assert.deepEqual(audit.verify(), {
      ok: true,
      entries: 15,
      anchors: 2,
      brokenAt: null,
      detail: 'All 15 entries are as they were written; 2 anchors agree with it.',
    });
    close();
  });

  it('find an end that was cut off', () => {
    const { audit, tamper, close } = createLog();
    for (let i = 0; i < 20; i++) audit.record(entry);
    tamper('delete from audit where id > 15');
    const found = audit.verify();
    assert.equal(found.ok, false);
    assert.equal(found.brokenAt, 20);
    assert.match(found.detail, /cut off/);
    close();
  });

  it('find a log that was written anew as a whole', () => {
    const first = createLog();
    for (let i = 0; i < 20; i++) first.audit.record(entry);
    first.close();
    const kept = readFileSync(file(), 'utf8');
    rmSync(join(folder.path, 'log.db'));
    const { audit, close } = createLog();
    for (let i = 0; i < 20; i++) audit.record({ ...entry, principal: 'nobody' });
    writeFileSync(file(), kept);
    assert.equal(audit.verify().ok, false);
    close();
  });

  it('are told from half a line that a crash has left, and from a line that somebody changed', () => {
    const { audit, close } = createLog();
    for (let i = 0; i < 10; i++) audit.record(entry);
    appendFileSync(file(), '{"entry":11,"ha');
    assert.equal(audit.verify().ok, true);
    appendFileSync(file(), '\nmore\n');
    assert.equal(audit.verify().ok, false);
    close();
  });

  it('do not stop the log when they cannot be written', () => {
    const anchors = createAuditAnchors({
      file: join(folder.path, 'there', 'is', 'no', 'folder'),
      clock: { now: () => now },
      everyEntries: 1,
      onFailure: error => failures.push(error),
    });
    anchors.seen({ id: 1, hash: 'a'.repeat(64) });
    assert.equal(failures.length, 1);
  });
});

describe('the export of the audit log', () => {
  const exported: AuditEntry = {
    id: 7,
    at: '2026-01-01T00:00:00.000Z',
    principal: 'owner (token)',
    action: 'startServer',
    resource: 'a=b\\c',
    outcome: 'denied',
    code: 'ACCESS_002',
    requestId: null,
    hash: 'f'.repeat(64),
    changes: [{ field: 'roles', before: null, after: 'a=b' }],
  };

  it('has one JSON document a line', () => {
    const text = renderEntries([exported, exported], 'jsonl', '1.0.0');
    assert.deepEqual(
      text
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
      [exported, exported],
    );
  });

  it('escapes in CEF what would end a field', () => {
    assert.equal(
      renderEntries([exported], 'cef', '1|0'),
      `CEF:0|Quayside|Quayside|1\\|0|startServer|startServer denied|7|externalId=7 rt=1767225600000 suser=owner (token) act=startServer outcome=denied reason=ACCESS_002 cs1Label=resource cs1=a\\=b\\\\c cs2Label=hash cs2=${'f'.repeat(64)} cs3Label=changes cs3=roles: nothing → a\\=b\n`,
    );
  });
});
