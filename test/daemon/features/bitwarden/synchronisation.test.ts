// What comes from Bitwarden into the vault: mapped, compared and taken over, with no value in any answer, file or record.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProblemError } from '../../../../shared/api/problem.ts';
import {
  createFakeBitwarden,
  type FakeAccount,
  type FakeBitwarden,
  fakeAccount,
  fakeItem,
} from '../../../support/fake-bitwarden.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';

const codeOf = async (act: Promise<unknown>): Promise<string> =>
  await act.then(
    () => 'no error',
    (error: unknown) => (isProblemError(error) ? error.code : String(error)),
  );

describe('secrets from Bitwarden', () => {
  let account: FakeAccount;
  let bitwarden: FakeBitwarden;
  let daemon: InProcessDaemon;

  beforeEach(async () => {
    const github = fakeItem('github', {
      name: 'GitHub',
      login: { username: 'ada', password: 'canary-1', totp: 'canary-totp' },
      notes: 'canary-notes',
      fields: [
        { name: 'token', value: 'canary-2' },
        { name: 'twice', value: 'a' },
        { name: 'twice', value: 'b' },
      ],
      attachments: 2,
    });
    account = fakeAccount({ items: [github, fakeItem('safe', { notes: 'canary-safe', asksAgain: true })] });
    bitwarden = createFakeBitwarden(account);
    daemon = await startInProcessDaemon({ bitwarden });
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const login = () => daemon.api.loginBitwarden({ body: { email: account.email, password: account.password } });
  const map = (part: string, secretName: string) =>
    daemon.api.createBitwardenMapping({ body: { itemId: 'github', part, secretName } });
  const sync = (apply: boolean) => daemon.api.syncBitwarden({ body: { apply } });
  const changes = async (apply: boolean) =>
    (await sync(apply)).items.map(({ secretName, change }) => `${secretName} ${change}`);
  const secretOf = async (name: string) => (await daemon.api.listSecrets({ query: { q: name } })).items[0];
  const edit = (parts: Partial<FakeAccount['items'][number]>) => {
    account.items = account.items.map(item => (item.id === 'github' ? { ...item, ...parts } : item));
  };

  it('say at each moment how they stand', async () => {
    const state = async () => (await daemon.api.getBitwarden()).state;
    bitwarden.isInstalled = false;
    assert.equal(await state(), 'not-installed');
    assert.equal(await codeOf(login()), 'BITWARDEN_001');
    bitwarden.isInstalled = true;
    assert.equal(await state(), 'logged-out');
    assert.equal(await codeOf(daemon.api.unlockBitwarden({ body: { password: 'x' } })), 'BITWARDEN_002');
    assert.equal((await login()).state, 'unlocked');
    assert.equal((await daemon.api.lockBitwarden()).state, 'locked');
    assert.equal(await codeOf(sync(false)), 'BITWARDEN_003');
    assert.equal(await codeOf(daemon.api.unlockBitwarden({ body: { password: 'wrong' } })), 'BITWARDEN_005');
    assert.equal((await daemon.api.unlockBitwarden({ body: { password: account.password } })).state, 'unlocked');
    bitwarden.isReachable = false;
    assert.equal(await codeOf(sync(true)), 'BITWARDEN_004');
    assert.equal(await state(), 'offline');
    assert.equal((await daemon.api.logoutBitwarden()).state, 'logged-out');
  });

  it('are chosen by item and part, of which only names are shown', async () => {
    await login();
    const { items } = await daemon.api.listBitwardenItems({ query: { q: 'git' } });
    assert.deepEqual(items, [
      {
        id: 'github',
        name: 'GitHub',
        kind: 'login',
        parts: ['login.username', 'login.password', 'notes', 'field:token'],
        left: [
          'The key of a second factor is not taken over: with the password beside it, it would be no second factor any more.',
          'Attachments are not taken over: it has 2.',
        ],
      },
    ]);
    for (const [part, code] of [
      ['login.totp', 'BITWARDEN_008'],
      ['attachment:key.pem', 'BITWARDEN_008'],
      ['field:twice', 'BITWARDEN_008'],
      ['field:nothing', 'BITWARDEN_008'],
      ['card.number', 'REQUEST_001'],
    ] as const)
      assert.equal(await codeOf(map(part, 'github.token')), code, part);
    const ofSafe = { itemId: 'safe', part: 'notes', secretName: 'safe.note' };
    assert.equal(await codeOf(daemon.api.createBitwardenMapping({ body: ofSafe })), 'BITWARDEN_008');
    const unknown = { itemId: 'unknown', part: 'notes', secretName: 'x.y' };
    assert.equal(await codeOf(daemon.api.createBitwardenMapping({ body: unknown })), 'BITWARDEN_007');
  });

  it('are compared first and taken over then', async () => {
    await login();
    await map('login.password', 'github.password');
    await map('field:token', 'github.token');
    assert.equal(await codeOf(map('notes', 'github.token')), 'SECRET_002');
    assert.deepEqual(await changes(false), ['github.password added', 'github.token added']);
    assert.equal((await daemon.api.listSecrets()).total, 0, 'a preview has stored something');
    assert.deepEqual(await changes(true), ['github.password added', 'github.token added']);
    assert.equal((await secretOf('github.token'))?.source, 'bitwarden');

    edit({ fields: [{ name: 'token', value: 'canary-3' }] });
    assert.deepEqual(await changes(true), ['github.password unchanged', 'github.token changed']);
    assert.equal((await secretOf('github.token'))?.version, 2);
    assert.equal((await secretOf('github.password'))?.version, 1);
    const { lastSync, stale } = await daemon.api.getBitwarden();
    assert.deepEqual(lastSync, { added: 0, changed: 1, removed: 0, unchanged: 1, refused: 0 });
    assert.equal(stale, false);
  });

  it('lose their value when it is gone there, and keep their name where a server needs it', async () => {
    await login();
    await map('login.password', 'github.password');
    await map('field:token', 'github.token');
    await sync(true);
    const { id = '' } = (await secretOf('github.token')) ?? {};
    const secretReferences = [{ secretId: id, environmentVariable: 'TOKEN', required: true }];
    await daemon.api.createServer({
      body: { type: 'command', id: 'github', command: process.execPath, configuration: { secretReferences } },
    });
    edit({ login: null, fields: [] });
    assert.deepEqual(await changes(false), ['github.password removed', 'github.token removed']);
    assert.equal((await secretOf('github.token'))?.hasValue, true);
    assert.deepEqual(await changes(true), ['github.password removed', 'github.token removed']);
    assert.equal(await secretOf('github.password'), undefined);
    assert.equal((await secretOf('github.token'))?.hasValue, false);
    assert.deepEqual(await changes(true), ['github.password refused', 'github.token refused']);
  });

  it('stay usable, as stale, while Bitwarden is away', async () => {
    await login();
    await map('field:token', 'github.token');
    await sync(true);
    bitwarden.isReachable = false;
    await codeOf(sync(true));
    const { state, stale, problem } = await daemon.api.getBitwarden();
    assert.deepEqual([state, stale, problem?.code], ['offline', true, 'BITWARDEN_004']);
    assert.equal((await secretOf('github.token'))?.hasValue, true);
    bitwarden.isReachable = true;
    await sync(true);
    assert.equal((await daemon.api.getBitwarden()).stale, false);
  });

  it('are the person’s own again when their mapping ends', async () => {
    await login();
    const { id } = await map('field:token', 'github.token');
    await sync(true);
    await daemon.api.deleteBitwardenMapping({ params: { id } });
    assert.equal((await secretOf('github.token'))?.source, null);
    assert.equal((await secretOf('github.token'))?.hasValue, true);
    assert.equal(await codeOf(daemon.api.deleteBitwardenMapping({ params: { id } })), 'BITWARDEN_007');
  });

  it('survive the end of the daemon, and the session does not', async () => {
    const { clientId, clientSecret } = account.apiKey;
    assert.equal((await daemon.api.loginBitwarden({ body: { clientId, clientSecret } })).state, 'locked');
    await daemon.api.unlockBitwarden({ body: { password: account.password } });
    await map('field:token', 'github.token');
    await sync(true);
    const worked = [...bitwarden.folders];
    await daemon.restart();
    for (const folder of worked) assert.throws(() => readdirSync(folder), /ENOENT/);
    const { state, email } = await daemon.api.getBitwarden();
    assert.deepEqual([state, email], ['locked', account.email]);
    await daemon.api.unlockBitwarden({ body: { password: account.password } });
    assert.deepEqual(await changes(true), ['github.token unchanged']);
  });

  it('wait for another login when Bitwarden has ended this one, and not because it refused once', async () => {
    await login();
    await map('field:token', 'github.token');
    await sync(true);
    bitwarden.refuses = 'once';
    assert.equal(await codeOf(sync(true)), 'BITWARDEN_002');
    assert.equal((await daemon.api.getBitwarden()).state, 'unlocked');
    bitwarden.refuses = 'for good';
    assert.equal(await codeOf(sync(true)), 'BITWARDEN_002');
    const { state, stale } = await daemon.api.getBitwarden();
    assert.deepEqual([state, stale], ['logged-out', true]);
    assert.equal((await secretOf('github.token'))?.hasValue, true);
    bitwarden.refuses = 'nothing';
    await login();
    assert.deepEqual(await changes(true), ['github.token unchanged']);
  });

  it('leave what was logged in before as it is when another login fails', async () => {
    await login();
    const wrong = { email: account.email, password: 'wrong' };
    assert.equal(await codeOf(daemon.api.loginBitwarden({ body: wrong })), 'BITWARDEN_005');
    assert.equal((await daemon.api.getBitwarden()).state, 'unlocked');
    assert.equal((await daemon.api.listBitwardenItems()).total, 2);
  });

  it('wait for a vault that is locked', async () => {
    await login();
    await map('field:token', 'github.token');
    await sync(true);
    await daemon.api.changeMasterKey({ body: { passphrase: 'a passphrase that is long enough' } });
    await daemon.restart();
    assert.equal(await codeOf(daemon.api.unlockBitwarden({ body: { password: account.password } })), 'SECRET_003');
    await daemon.api.unlockVault({ body: { passphrase: 'a passphrase that is long enough' } });
    assert.equal((await daemon.api.unlockBitwarden({ body: { password: account.password } })).state, 'unlocked');
    assert.deepEqual(await changes(true), ['github.token unchanged']);
  });

  it('stand nowhere in the clear: neither values, nor tokens, nor what was typed', async () => {
    const { clientId, clientSecret } = account.apiKey;
    const body = { clientId, clientSecret, password: account.password };
    const answers: unknown[] = [await daemon.api.loginBitwarden({ body })];
    for (const part of ['login.password', 'notes', 'field:token'])
      answers.push(await map(part, `github.${part.replace(/\W/g, '-')}`));
    answers.push(await sync(false), await sync(true), await daemon.api.listBitwardenItems());
    answers.push(await daemon.api.listBitwardenMappings(), await daemon.api.listSecrets());
    answers.push(await daemon.api.listAudit({ query: { limit: 100 } }));
    const told = JSON.stringify(answers);
    assert.match(told, /syncSecret/, 'nothing is on record');
    assert.doesNotMatch(told, /canary|a master password/);
    for (const name of readdirSync(daemon.home, { recursive: true, encoding: 'utf8' })) {
      const text = readFile(join(daemon.home, name));
      assert.doesNotMatch(text, /canary|a master password/, name);
    }
  });

  it('are for those who may manage secrets', async () => {
    await login();
    const { secret } = await daemon.api.createKey({ body: { name: 'v', kind: 'key', roles: ['operator'] } });
    const headers = { authorization: `Bearer ${secret}` };
    assert.equal((await daemon.request('/api/v1/bitwarden', { headers })).status, 200);
    assert.equal((await daemon.request('/api/v1/bitwarden/items', { headers })).status, 403);
    const post = {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"apply":true}',
    };
    assert.equal((await daemon.request('/api/v1/bitwarden/sync', post)).status, 403);
  });
});

const readFile = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};
