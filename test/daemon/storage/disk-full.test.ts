import assert from 'node:assert/strict';
import { createAuditRepository } from '../../../daemon/features/audit/audit.repository.ts';
import { errorToProblem } from '../../../daemon/http/to-problem.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

describe('a full disk', () => {
  it('becomes a plain problem, keeps what was there, and is over when there is room again', async () => {
    await using folder = await createTemporaryFolder();
    const database = openDatabase(`${folder.path}/quayside.db`);
    const audit = createAuditRepository(database, { now: () => Date.parse('2026-01-01T00:00:00Z') });
    const entry = {
      principal: 'owner',
      action: 'x',
      resource: 'y'.repeat(400),
      outcome: 'allowed',
      code: null,
      requestId: null,
    } as const;
    audit.record(entry);
    // SQLite refuses to grow beyond this with the same error as on a full disk.
    const pages = database.pragma('page_count', { simple: true }) as number;
    database.pragma(`max_page_count = ${pages + 2}`);
    let written = 1;
    const fill = () => {
      for (; written < 10_000; written++) audit.record(entry);
    };
    assert.throws(fill, error => {
      const { code, next } = errorToProblem(error);
      assert.equal(code, 'DAEMON_009');
      assert.match(next ?? '', /Free some disk space/);
      return true;
    });
    assert.deepEqual([audit.verify().ok, audit.verify().entries], [true, written]);
    database.pragma('max_page_count = 1000000');
    audit.record(entry);
    assert.equal(audit.verify().entries, written + 1);
    database.close();
  });
});
