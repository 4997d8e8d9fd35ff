import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { routes } from '../../../shared/api/routes.ts';
import { Secret, SecretDetail } from '../../../shared/api/secrets.ts';
import { ImportPlan, SecretBundle, VaultStatus } from '../../../shared/api/vault.ts';
import { type CommandLine, createCommandLine, problemIn, testServer } from './command-line.ts';
import { typeInto } from './typed-command.ts';
import { allCommandLines, everyAnswer, filesBelow } from './value-places.ts';

const canary = 'canary-7d1f0e5ab3c94862';
const passphrase = 'correct horse battery staple';

/** The value as it is, and as programs may have written it. */
const forms = [
  canary,
  Buffer.from(canary).toString('hex'),
  // Without what depends on the bytes around it.
  Buffer.from(canary).toString('base64').slice(0, 28),
  Buffer.from(canary, 'utf16le').toString('latin1'),
];

describe('Commands for secrets', () => {
  let quayside: CommandLine;
  /** Everything that any command has printed. */
  const printed: string[] = [];
  const run: CommandLine['run'] = async (args, options) => {
    const finished = await quayside.run(args, options);
    printed.push(finished.stdout, finished.stderr);
    return finished;
  };
  const json: CommandLine['json'] = async (args, options) => {
    const document = await quayside.json(args, options);
    printed.push(JSON.stringify(document));
    return document;
  };
  const set = (name: string, value: string, ...more: string[]) =>
    run(['secrets', 'set', name, ...more], { stdin: value });

  before(async function () {
    this.timeout(60_000);
    quayside = await createCommandLine('secrets');
    for (const name of ['echo', 'other'])
      await json(['add', 'command', name, '--', process.execPath, testServer('echo')]);
  });
  after(async function () {
    this.timeout(60_000);
    await quayside[Symbol.asyncDispose]();
  });

  it('say how to begin', async () => {
    assert.match((await run(['secrets', 'ls'])).stdout, /There are no secrets\. Store one: quayside secrets set/);
    assert.match((await run(['secrets', 'key', 'status'])).stdout, /Empty: it is made with the first secret/);
  });

  it('store a value from standard input, without the line end, and list its name', async () => {
    assert.equal((await set('echo.token', `${canary}\n`)).stdout, 'Stored echo.token, for echo.\n');
    assert.match((await run(['secrets', 'ls'])).stdout, /^NAME +FOR +VALUE.*\necho\.token +echo +version 1 +1 /);
    const listed = routes.listSecrets.response.parse(await json(['secrets', 'ls', '--server', 'other']));
    assert.equal(listed.total, 0);
  });

  it('replace a value from a file, and say when it takes effect', async () => {
    const file = join(quayside.home, '..', 'value');
    await writeFile(file, canary);
    const { stdout } = await run(['secrets', 'set', 'echo.token', '--from-file', file]);
    assert.match(stdout, /^Replaced echo\.token, for echo\. Servers that run get it with their next start/);
    await writeFile(file, '');
  });

  it('store a value for any server only when told so', async () => {
    const refused = await set('shared.token', canary);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /--any-server/);
    assert.match((await set('shared.token', canary, '--any-server')).stdout, /for any server that refers to it/);
  });

  it('take no value on the command line, no empty one, and no name that is none', async () => {
    assert.equal((await run(['secrets', 'set', 'echo.token', 'a-value'])).code, 1);
    assert.equal((await set('echo.token', '')).code, 1);
    assert.equal((await set('token', 'x')).code, 1);
    assert.equal((await set('echo.*', 'x')).code, 1);
  });

  it('give a secret to a server, which gets it when it starts', async () => {
    assert.match(
      (await run(['secrets', 'link', 'echo.token', 'echo', '--env', 'API_TOKEN'])).stdout,
      /^echo takes API_TOKEN from echo\.token\./,
    );
    const detail = SecretDetail.parse(await json(['secrets', 'show', 'echo.token']));
    assert.deepEqual(detail.usedBy, [{ serverId: 'echo', place: 'API_TOKEN', required: true }]);
    await json(['start', 'echo']);
    const started = await quayside.run(['call', 'echo', 'started']);
    assert.equal(JSON.parse(started.stdout).environment.API_TOKEN, canary);
    assert.match((await run(['secrets', 'uses', 'echo.token'])).stdout, /echo +owner \(token\) +handed-over/);
    const foreign = await run(['--json', 'secrets', 'link', 'echo.token', 'other', '--env', 'API_TOKEN']);
    assert.equal(problemIn(foreign).code, 'SECRET_008');
  });

  it('delete a secret that is used only by force', async () => {
    const refused = await run(['--json', 'secrets', 'rm', 'echo.token']);
    assert.equal(refused.code, 2);
    assert.equal(problemIn(refused).code, 'SECRET_007');
    await set('echo.spare', canary);
    await run(['secrets', 'link', 'echo.spare', 'echo', '--env', 'SPARE', '--optional']);
    assert.match((await run(['secrets', 'unlink', 'echo.spare', 'echo'])).stdout, /not given echo\.spare any more/);
    assert.equal((await run(['secrets', 'rm', 'echo.spare'])).stdout, 'Deleted echo.spare.\n');
    assert.equal(problemIn(await run(['--json', 'secrets', 'show', 'echo.spare'])).code, 'SECRET_001');
  });

  it('rotate the key, and show the keys', async () => {
    assert.equal((await run(['secrets', 'rotate'])).stdout, 'Every value is encrypted with key 2.\n');
    const vault = VaultStatus.parse(await json(['secrets', 'key', 'status']));
    assert.deepEqual(
      vault.keys.map(({ version, state, secrets }) => [version, state, secrets]),
      [
        [1, 'retired', 0],
        [2, 'newest', 2],
      ],
    );
    const { stdout } = await run(['secrets', 'key', 'status']);
    assert.match(stdout, /^Master key +a generated file in the state folder$/m);
    assert.match(stdout, /The secrets are weakly protected/);
    assert.match((await run(['status'])).stdout, /weakly protected/);
    assert.equal((await run(['secrets', 'rotate', '--every', '30'])).stdout, 'The key is rotated every 30 days.\n');
    assert.match((await run(['secrets', 'key', 'status'])).stdout, /^Next rotation +20/m);
    assert.equal((await run(['secrets', 'rotate', '--every', '0'])).code, 1);
    assert.equal((await run(['secrets', 'rotate', '--every', 'never'])).code, 0);
  });

  it('import a .env file after a preview of its names, and never its values', async () => {
    const file = join(quayside.home, '..', '.env');
    await writeFile(file, `# comment\nexport API_KEY="${canary} # no comment"\nTOKEN=other\nEMPTY=\nPLAIN=$HOME\n`);
    const refused = await run(['secrets', 'import', file, '--server', 'echo']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /echo\.api_key +echo +create/);
    assert.match(refused.stderr, /add --yes/);
    const plan = ImportPlan.parse(await json(['secrets', 'import', file, '--server', 'echo', '--yes']));
    assert.deepEqual(plan.items.map(({ name, act }) => [name, act]).toSorted(), [
      ['echo.api_key', 'create'],
      ['echo.empty', 'skip'],
      ['echo.plain', 'create'],
      ['echo.token', 'skip'],
    ]);
    await writeFile(file, 'TOKEN=a\ntoken=b\n');
    assert.match((await run(['secrets', 'import', file, '--server', 'echo', '--yes'])).stderr, /would be one secret/);
    await writeFile(file, '{"some":"json"}');
    assert.equal((await run(['secrets', 'import', file, '--server', 'echo', '--yes'])).code, 1);
  });

  it('export a bundle of mode 0600 that holds no value in the clear, and read it back', async function () {
    this.timeout(120_000);
    const file = join(quayside.home, '..', 'bundle.json');
    const exported = await run(['secrets', 'export', file], { stdin: `${passphrase}\n`, milliseconds: 60_000 });
    assert.equal(exported.code, 0, exported.stderr);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    SecretBundle.parse(JSON.parse(await readFile(file, 'utf8')));
    await run(['secrets', 'rm', 'shared.token']);
    const imported = await run(['secrets', 'import', file, '--yes'], { stdin: passphrase, milliseconds: 60_000 });
    assert.match(imported.stdout, /^shared\.token +any server +create +-$/m, imported.stderr);
    assert.match(imported.stdout, /Imported 1 secret\./);
    const wrong = await run(['--json', 'secrets', 'import', file, '--yes'], { stdin: 'wrong', milliseconds: 60_000 });
    assert.equal(problemIn(wrong).code, 'SECRET_012');
    assert.equal((await run(['secrets', 'export', file], { stdin: passphrase, milliseconds: 60_000 })).code, 1);
  });

  it('read a value from a terminal without showing it', async function () {
    this.timeout(60_000);
    const { code, screen } = await typeInto(
      quayside,
      ['secrets', 'set', 'echo.typed'],
      'Value of echo.typed: ',
      `${canary}x\u007f\r`,
    );
    assert.equal(code, 0, screen);
    assert.match(screen, /Stored echo\.typed/);
    assert.doesNotMatch(screen, /canary/);
    assert.equal(Secret.parse(await json(['secrets', 'show', 'echo.typed'])).hasValue, true);
    const stopped = await typeInto(quayside, ['secrets', 'set', 'echo.stopped'], 'Value of', '\u0003');
    assert.equal(stopped.code, 130, stopped.screen);
  });

  it('ask on a terminal before they import, and take silence for a no', async function () {
    this.timeout(60_000);
    const file = join(quayside.home, '..', 'asked.env');
    await writeFile(file, 'ASKED=some-value\n');
    const args = ['secrets', 'import', file, '--server', 'echo'];
    const refused = await typeInto(quayside, args, '[y/N]', '\r');
    assert.match(refused.screen, /echo\.asked +echo +create[\s\S]*Nothing was imported\./);
    const agreed = await typeInto(quayside, args, '[y/N]', 'y\r');
    assert.match(agreed.screen, /Imported 1 secret\./);
    assert.doesNotMatch(agreed.screen, /some-value/);
  });

  it('leave a value nowhere but encrypted: not in files, logs, command lines, answers or output', async function () {
    this.timeout(120_000);
    // More features, with the value in the daemon's hands.
    await run(['restart', 'echo']);
    await run(['test', 'echo']);
    await run(['call', 'echo', 'fail']);
    await run(['call', 'echo', 'echo', '--arg', 'message=hello']);
    await run(['server', 'echo']);
    await run(['config', 'get', 'echo']);
    await run(['audit', '--limit', '100']);
    await run(['secrets', 'rotate']);
    await run(['secrets', 'set', 'echo.token', '--from-file', '/nowhere']);
    const answers = await everyAnswer(quayside);
    assert.ok(answers.length > 15, String(answers.length));
    const inDaemon = await quayside.discovery();
    process.kill(inDaemon?.pid ?? 0, 'SIGKILL');
    await run(['secrets', 'ls']);
    const commandLines = allCommandLines();
    assert.ok(commandLines.length > 3);
    const places: [place: string, content: Buffer][] = [
      ...answers.map(([name, text]): [string, Buffer] => [`answer of ${name}`, Buffer.from(text)]),
      ...printed.map((text, at): [string, Buffer] => [`output ${at}`, Buffer.from(text)]),
      ...commandLines,
      ...filesBelow(quayside.home),
    ];
    assert.ok(
      places.some(([place]) => place.endsWith('quayside.db')) && places.some(([place]) => place.endsWith('daemon.log')),
    );
    const found = places.filter(([, content]) => forms.some(form => content.includes(form))).map(([place]) => place);
    assert.deepEqual(found, []);
    // The search itself finds what is there.
    const { stdout } = await quayside.run(['call', 'echo', 'started', '--start']);
    assert.ok(forms.some(form => stdout.includes(form)));
  });

  it('set a passphrase, after which the vault is locked until it is given', async function () {
    this.timeout(120_000);
    const stdin = `${passphrase}\n`;
    assert.match((await run(['secrets', 'key', 'passphrase'], { stdin })).stdout, /protected by this passphrase/);
    await run(['daemon', 'stop']);
    assert.match((await run(['secrets', 'key', 'status'])).stdout, /^Vault +Locked$/m);
    const refused = await run(['--json', 'secrets', 'set', 'echo.token'], { stdin: 'x' });
    assert.equal(problemIn(refused).code, 'SECRET_003');
    const wrong = await run(['--json', 'secrets', 'unlock'], { stdin: 'not this one\n' });
    assert.equal(problemIn(wrong).code, 'SECRET_004');
    assert.equal((await run(['secrets', 'unlock'], { stdin })).stdout, 'The vault is open.\n');
    assert.equal((await set('echo.token', 'x')).code, 0);
    assert.deepEqual(
      filesBelow(quayside.home).filter(
        ([place, content]) => place.endsWith('master.key') || content.includes(passphrase),
      ),
      [],
    );
  });

  it('move the vault from the generated file to a mounted one', async function () {
    this.timeout(60_000);
    await using other = await createCommandLine('mounted');
    await other.run(['secrets', 'set', 'a.b', '--any-server'], { stdin: 'x' });
    const file = join(other.home, '..', 'key');
    await writeFile(file, 'no key', { mode: 0o600 });
    assert.equal(problemIn(await other.run(['--json', 'secrets', 'key', 'file', file])).code, 'REQUEST_001');
    const key = randomBytes(32);
    await writeFile(file, key);
    const { stdout, stderr } = await other.run(['secrets', 'key', 'file', file]);
    assert.match(stdout, /QUAYSIDE_MASTER_KEY_FILE=\//, stderr);
    const environment = { QUAYSIDE_MASTER_KEY_FILE: file };
    const restart = async (more: Record<string, string>) => {
      await other.run(['daemon', 'stop']);
      return VaultStatus.parse(await other.json(['secrets', 'key', 'status'], { environment: more }));
    };
    const without = await restart({});
    assert.deepEqual([without.state, without.source], ['locked', 'file']);
    const withIt = await restart(environment);
    assert.deepEqual([withIt.state, withIt.source, withIt.warnings], ['open', 'file', []]);
    assert.deepEqual(
      filesBelow(other.home).filter(([place, content]) => place.endsWith('master.key') || content.includes(key)),
      [],
    );
  });

  it('say loudly that the master key is in a variable', async () => {
    await using other = await createCommandLine('variable');
    const environment = { QUAYSIDE_MASTER_KEY: randomBytes(32).toString('base64') };
    await other.run(['secrets', 'set', 'a.b', '--any-server'], { stdin: 'x', environment });
    assert.match((await other.run(['status'])).stdout, /THE MASTER KEY IS IN THE VARIABLE QUAYSIDE_MASTER_KEY/);
    assert.deepEqual(
      filesBelow(other.home).filter(([place]) => place.endsWith('master.key')),
      [],
    );
  });
});
