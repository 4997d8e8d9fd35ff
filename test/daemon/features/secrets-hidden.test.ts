import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { createSecrets } from '../../../daemon/features/secrets/create-secrets.ts';
import { masterKeyPlaces } from '../../../daemon/features/secrets/master-key.ts';
import { secretFilePlaces } from '../../../daemon/features/secrets/secret-files.ts';
import { readLastLines } from '../../../daemon/platform/log-tail.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { createHandlersApp } from '../../support/handlers-app.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

describe('What leaves the daemon', () => {
  it('has no value of the vault in it, in none of the forms that programs write it in', async () => {
    await using folder = await createTemporaryFolder('hidden');
    const database = openDatabase(join(folder.path, 'quayside.db'));
    const secrets = createSecrets({
      database,
      places: masterKeyPlaces({}, join(folder.path, 'master.key')),
      filePlaces: secretFilePlaces(folder.path, {}),
      clock: { now: Date.now },
      audit: { record: () => {} },
      publish: () => {},
      onOpened: () => {},
      onFailure: error => pino({ enabled: false }).error(error),
    });
    assert.equal(secrets.hideValues('nothing is stored'), 'nothing is stored');
    const value = 'a "quoted"\nvalue/with+more';
    const { api, failures } = createHandlersApp(secrets.handlers);
    await api.createSecret({ body: { name: 'a.token', serverId: null, value } });
    const text = [
      value,
      JSON.stringify({ value }),
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
    ].join(' | ');
    const hidden = secrets.hideValues(text);
    for (const part of ['quoted', 'with+more', Buffer.from(value).toString('base64').slice(0, 12)])
      assert.ok(!hidden.includes(part), hidden);
    assert.deepEqual(failures, []);
    await secrets.close();
    database.close();
  });

  it('has the end of a log, whole lines of it', async () => {
    await using folder = await createTemporaryFolder('tail');
    const file = join(folder.path, 'daemon.log');
    assert.equal(await readLastLines(file), '');
    await writeFile(file, 'first line\nsecond line\n');
    assert.equal(await readLastLines(file), 'first line\nsecond line\n');
    await writeFile(file, `first ${'x'.repeat(2_000_000)}\nlast\n`);
    assert.equal(await readLastLines(file), 'last\n');
  });
});
