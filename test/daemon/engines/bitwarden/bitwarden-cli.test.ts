// The real `bw`, run as the daemon runs it, against a server of ours with the real encryption of a client. It takes seconds for every
// command, mostly waiting, so several accounts go their ways at the same time and the tests look at what they met.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBitwarden } from '../../../../daemon/engines/bitwarden/bitwarden.cli.ts';
import type { BitwardenItem } from '../../../../daemon/engines/bitwarden-account.ts';
import { type Account, createAccount } from '../../../support/bitwarden-server/account.ts';
import { type BitwardenServer, startBitwardenServer } from '../../../support/bitwarden-server/bitwarden-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';

const github = {
  name: 'GitHub',
  login: { username: 'ada', password: 'canary-of-the-login', totp: 'JBSWY3DPEHPK3PXP' },
  notes: 'canary-of-the-notes',
  fields: [{ name: 'token', value: 'canary-of-the-field', hidden: true }],
  attachments: ['key.pem'],
};

const codeOf = async (act: Promise<unknown>): Promise<string> =>
  await act.then(
    () => 'no error',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

/** Every argument of every process that this user may see, while an act runs. */
async function argumentsDuring(act: Promise<unknown>): Promise<string> {
  let seen = '';
  let running = true;
  void act.catch(() => {}).then(() => (running = false));
  while (running) {
    const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    seen += lines.filter(line => /bw(?:\.js)?\0/.test(line)).join('\n');
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  return seen;
}

describe('Bitwarden by its own program', function () {
  this.timeout(120_000);
  const told: object[] = [];
  let server: BitwardenServer;
  let temporary: TemporaryFolder;
  let folder: string;
  let byPassword: Account;
  let byKey: Account;
  let byDevice: Account;
  let bitwarden: ReturnType<typeof createBitwarden>;

  const met: Record<string, unknown> = {};
  const inFolder = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path, { mode: 0o700 });
    const account = bitwarden.inFolder(path);
    return account;
  };

  const withPassword = async () => {
    const account = await inFolder('password');
    met['fresh'] = await account.status(null);
    await account.setServer(server.url);
    const { email, password } = byPassword;
    met['without a code'] = await codeOf(account.loginByPassword({ email, password }));
    const login = account.loginByPassword({ email, password, code: byPassword.code() });
    met['arguments'] = await argumentsDuring(login);
    const session = await login;
    met['session'] = session;
    met['open'] = await account.status(session);
    met['items'] = await account.items(session);
    await account.lock();
    met['items of a locked vault'] = await codeOf(account.items(session));
  };
  const withKey = async () => {
    const account = await inFolder('key');
    await account.setServer(server.url);
    const { clientId, clientSecret, password } = byKey;
    await account.loginByApiKey({ clientId, clientSecret });
    met['after the key'] = await account.status(null);
    const session = await account.unlock(password);
    byKey.save({ ...github, name: 'New since' });
    await account.sync(session);
    met['items after a change'] = await account.items(session);
  };
  const withMistakes = async () => {
    const account = await inFolder('mistakes');
    await account.setServer(server.url);
    const { clientId, clientSecret } = byKey;
    met['wrong key'] = await codeOf(account.loginByApiKey({ clientId, clientSecret: 'wrong' }));
    await account.loginByApiKey({ clientId, clientSecret });
    met['wrong password'] = await codeOf(account.unlock('not the master password'));
    await account.logout();
    met['after logout'] = await account.status(null);
  };
  const withDevice = async () => {
    const account = await inFolder('device');
    await account.setServer(server.url);
    const { email, password, deviceCode } = byDevice;
    met['wrong master password'] = await codeOf(account.loginByPassword({ email, password: 'wrong wrong' }));
    met['device session'] = await account.loginByPassword({ email, password, code: deviceCode ?? '' });
  };

  before(async () => {
    temporary = await createTemporaryFolder('bitwarden');
    folder = temporary.path;
    byPassword = createAccount({ email: 'ada@example.test', withTotp: true, items: [github] });
    byKey = createAccount({ email: 'eve@example.test' });
    byDevice = createAccount({ email: 'dan@example.test', verifiesDevices: true });
    server = await startBitwardenServer(folder, [byPassword, byKey, byDevice]);
    bitwarden = createBitwarden({
      environment: { ...process.env, NODE_EXTRA_CA_CERTS: server.certificateFile },
      stateFolder: folder,
      onCommand: record => told.push(record),
    });
    await Promise.all([withPassword(), withKey(), withMistakes(), withDevice()]);
  });
  after(async () => {
    await bitwarden.close();
    await server.stop();
    await temporary.remove();
  });

  it('is found, with its version', async () => {
    const program = await bitwarden.find();
    assert.match(program?.version ?? '', /^\d{4}\.\d+\.\d+$/);
  });

  it('knows that nobody is logged in', () => {
    assert.equal((met['fresh'] as { state: string }).state, 'logged-out');
  });

  it('asks for the second factor, and takes it', () => {
    assert.equal(met['without a code'], 'BITWARDEN_005');
    const { state, email, serverUrl, userId } = met['open'] as Record<string, string>;
    assert.deepEqual(
      { state, email, serverUrl, userId },
      { state: 'unlocked', email: byPassword.email, serverUrl: server.url, userId: byPassword.id },
    );
  });

  it('decrypts what the account holds', () => {
    const [item] = met['items'] as BitwardenItem[];
    assert.deepEqual(item?.login, github.login);
    assert.equal(item?.notes, github.notes);
    assert.deepEqual(item?.fields, [{ name: 'token', value: 'canary-of-the-field' }]);
    assert.equal(item?.attachments, 1);
  });

  it('gives passwords, codes and keys to no command line and no log', () => {
    const seen = met['arguments'] as string;
    assert.match(seen, /login/, 'nothing was looked at');
    const secret = [byPassword.password, String(met['session']), byKey.clientSecret, 'canary-of-the-field'];
    for (const value of secret) assert.ok(!(seen + JSON.stringify(told)).includes(value), `${value} was seen`);
  });

  it('says that a locked vault is locked', () => assert.equal(met['items of a locked vault'], 'BITWARDEN_003'));

  it('takes an API key, and then wants the master password', () => {
    assert.equal(met['wrong key'], 'BITWARDEN_005');
    assert.equal((met['after the key'] as { state: string }).state, 'locked');
    assert.equal(met['wrong password'], 'BITWARDEN_005');
  });

  it('gets what was changed since', () => {
    assert.deepEqual(
      (met['items after a change'] as BitwardenItem[]).map(({ name }) => name),
      ['New since'],
    );
    assert.equal((met['after logout'] as { state: string }).state, 'logged-out');
  });

  it('proves a new device by the code that was mailed', () => {
    assert.equal(met['wrong master password'], 'BITWARDEN_005');
    assert.match(String(met['device session']), /^[\w+/]{80,}={0,2}$/);
  });

  it('is not there when the path that was configured leads nowhere', async () => {
    const none = createBitwarden({ environment: process.env, stateFolder: folder, program: join(folder, 'nothing') });
    assert.equal(await none.find(), null);
    assert.equal(await codeOf(none.inFolder(folder).status(null)), 'BITWARDEN_001');
    await none.close();
  });

  it('ends a program that does not answer, and passes on nothing that it prints', async () => {
    const program = join(folder, 'bw-that-hangs');
    await writeFile(program, '#!/bin/sh\necho "the master password: x" >&2\nexec sleep 60\n');
    await chmod(program, 0o700);
    const slow = createBitwarden({ environment: process.env, stateFolder: folder, program, limits: { long: 300 } });
    const failure = await slow
      .inFolder(folder)
      .unlock('canary-password')
      .catch((error: unknown) => error);
    assert.equal((failure as { code: string }).code, 'BITWARDEN_004');
    assert.doesNotMatch(JSON.stringify(failure), /canary|master password: x/);
    await slow.close();
  });
});
