// The real `bw`, run as the daemon runs it, against a server of ours with the real encryption of a client. It takes seconds for every
// command, mostly waiting, so several accounts go their ways at the same time and the tests look at what they met.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBitwarden } from '../../daemon/engines/bitwarden/bitwarden.cli.ts';
import type { BitwardenItem } from '../../daemon/engines/bitwarden-account.ts';
import { routes } from '../../shared/api/routes.ts';
import { walkThroughBitwarden } from '../contracts/bitwarden.contract.ts';
import { type Account, createAccount } from '../support/bitwarden-server/account.ts';
import { type BitwardenServer, startBitwardenServer } from '../support/bitwarden-server/bitwarden-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { type CommandLine, createCommandLine } from './cli/command-line.ts';

const github = {
  name: 'GitHub',
  login: { username: 'ada', password: 'canary-of-the-login', totp: 'JBSWY3DPEHPK3PXP' },
  notes: 'canary-of-the-notes',
  fields: [{ name: 'token', value: 'canary-of-the-field', hidden: true }],
  attachments: ['key.pem'],
};

const values = ['canary-of-the-login', 'canary-of-the-notes', 'canary-of-the-field', 'JBSWY3DPEHPK3PXP'];

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
  this.timeout(180_000);
  const told: object[] = [];
  let server: BitwardenServer;
  let temporary: TemporaryFolder;
  let folder: string;
  let own: BitwardenServer;
  let quayside: CommandLine;
  let byPassword: Account;
  let byKey: Account;
  let byDevice: Account;
  let byContract: Account;
  let bitwarden: ReturnType<typeof createBitwarden>;

  const met: Record<string, unknown> = {};
  const printed: Record<string, string> = {};
  const inFolder = async (name: string) => {
    const path = join(folder, name);
    await mkdir(path, { mode: 0o700 });
    const account = bitwarden.inFolder(path);
    return account;
  };

  /** Nobody is asked anything by a terminal here: what is secret comes by standard input. */
  const onTheCommandLine = async () => {
    const environment = { NODE_EXTRA_CA_CERTS: own.certificateFile, QUAYSIDE_DOCKER: 'off' };
    const run = async (name: string, args: string[], stdin = '') => {
      const finished = await quayside.run(['bitwarden', ...args], { stdin, environment, milliseconds: 120_000 });
      printed[name] = finished.stdout + finished.stderr;
      return finished;
    };
    const { email, password } = byPassword;
    await run('nobody', ['status']);
    const loggingIn = run(
      'login',
      ['login', email, '--server', own.url, '--code'],
      `${password}\n${byPassword.code()}\n`,
    );
    met['arguments'] = await argumentsDuring(loggingIn);
    await loggingIn;
    await run('items', ['list']);
    await run('map', ['map', 'GitHub', 'field:token', 'github.token']);
    await run('attachment', ['map', 'GitHub', 'attachment:key.pem', 'github.file']);
    const syncing = run('sync', ['sync', '--yes']);
    met['arguments'] += await argumentsDuring(syncing);
    await syncing;
    await own.stop();
    await run('sync without a server', ['sync', '--preview']);
    await run('offline', ['status']);
    await run('lock', ['lock']);
    await run('items of a locked vault', ['list']);
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
    met['open'] = await account.status(session);
  };
  const throughTheContract = async () => {
    const account = await inFolder('contract');
    await account.setServer(server.url);
    const { email, password, clientId, clientSecret } = byContract;
    await walkThroughBitwarden({ account, apiKey: { clientId, clientSecret }, email, password, itemNames: ['GitHub'] });
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
    byContract = createAccount({ email: 'eva@example.test', items: [github] });
    byDevice = createAccount({ email: 'dan@example.test', verifiesDevices: true });
    server = await startBitwardenServer(folder, [byKey, byDevice, byContract]);
    await mkdir(join(folder, 'own'));
    own = await startBitwardenServer(join(folder, 'own'), [byPassword]);
    quayside = await createCommandLine('bitwarden');
    bitwarden = createBitwarden({
      environment: { ...process.env, NODE_EXTRA_CA_CERTS: server.certificateFile },
      stateFolder: folder,
      onCommand: record => told.push(record),
    });
    const contract = throughTheContract().then(
      () => 'kept',
      (error: Error) => error,
    );
    await Promise.all([onTheCommandLine(), withKey(), contract, withDevice()]);
    met['contract'] = await contract;
  });
  after(async () => {
    assert.deepEqual(await quayside.end(), []);
    await quayside[Symbol.asyncDispose]();
    await bitwarden.close();
    await server.stop();
    await own.stop();
    await temporary.remove();
  });

  it('is found, with its version', async () => {
    const program = await bitwarden.find();
    assert.match(program?.version ?? '', /^\d{4}\.\d+\.\d+$/);
  });

  it('takes the password and a second factor on the command line, by standard input', () => {
    assert.match(printed['nobody'] ?? '', /Logged out: quayside bitwarden login/);
    assert.match(printed['login'] ?? '', /^Bitwarden +Unlocked\n/);
    assert.ok(printed['login']?.includes(own.url));
  });

  it('lists names and parts, and takes one over into the vault', async () => {
    assert.match(printed['items'] ?? '', /GitHub +login +login\.username, login\.password, notes, field:token/);
    assert.match(printed['map'] ?? '', /^field:token of "GitHub" becomes github\.token\./);
    assert.match(printed['attachment'] ?? '', /BITWARDEN_008/);
    assert.match(printed['sync'] ?? '', /github\.token +added +GitHub +field:token[\s\S]*Done: 1 added\./);
    const [secret] = routes.listSecrets.response.parse(await quayside.json(['secrets', 'ls'])).items;
    assert.deepEqual([secret?.name, secret?.source, secret?.hasValue], ['github.token', 'bitwarden', true]);
  });

  it('says when its server is away and what that means', () => {
    assert.match(printed['sync without a server'] ?? '', /BITWARDEN_004/);
    assert.match(printed['offline'] ?? '', /Unlocked, but its server cannot be reached[\s\S]*stale/);
    assert.match(printed['lock'] ?? '', /Locked: quayside bitwarden unlock/);
    assert.match(printed['items of a locked vault'] ?? '', /BITWARDEN_003/);
  });

  it('leaves no secret on a command line, in what is printed, or in the state folder', async () => {
    const seen = met['arguments'] as string;
    assert.match(seen, /login[\s\S]*list\0items/, 'nothing was looked at');
    const secrets = [byPassword.password, byKey.clientSecret, ...values, ...own.tokens];
    const files = await readdir(quayside.home, { recursive: true, withFileTypes: true });
    const stored = files
      .filter(file => file.isFile())
      .map(file => readFile(join(file.parentPath, file.name), 'latin1'));
    const texts = [seen, JSON.stringify(told), JSON.stringify(printed), ...(await Promise.all(stored))];
    for (const value of secrets) assert.ok(!texts.some(text => text.includes(value)), `${value} was found`);
  });

  it('does what is expected of every Bitwarden, by an API key', () => assert.equal(met['contract'], 'kept'));

  it('gets what was changed since, decrypted', () => {
    const [item] = met['items after a change'] as BitwardenItem[];
    assert.deepEqual([item?.name, item?.login, item?.notes], ['New since', github.login, github.notes]);
    assert.deepEqual(item?.fields, [{ name: 'token', value: 'canary-of-the-field' }]);
    assert.equal(item?.attachments, 1);
    const { state, email, serverUrl, userId } = met['open'] as Record<string, string>;
    const expected = { state: 'unlocked', email: byKey.email, serverUrl: server.url, userId: byKey.id };
    assert.deepEqual({ state, email, serverUrl, userId }, expected);
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
