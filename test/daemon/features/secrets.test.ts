import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDatabase } from '../../../daemon/storage/database.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { SecretReference } from '../../../shared/api/secrets.ts';
import { testPackage, testServerScript } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { startRemoteServer } from '../../support/remote-mcp-server.ts';

const value = 'canary-5f3a91c07b24';
const passphrase = 'correct horse battery staple';

describe('secrets', () => {
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const addServer = (id: string, configuration = {}, script = 'echo') =>
    daemon.api.createServer({
      body: {
        type: 'command',
        id,
        command: process.execPath,
        configuration: { arguments: [testServerScript(script)], ...configuration },
      },
    });
  const refer = (id: string, ...secretReferences: SecretReference[]) =>
    daemon.api.updateServer({ params: { id }, body: { configuration: { secretReferences } } });
  const add = (name: string, serverId: string | null, text: string | undefined = value) =>
    daemon.api.createSecret({ body: { name, serverId, ...(text === undefined ? {} : { value: text }) } });
  const environmentOf = async (id: string): Promise<Record<string, string>> => {
    const result = await daemon.api.callTool({ params: { id, tool: 'started' } });
    return JSON.parse(String(result.content[0]?.['text'])).environment;
  };
  /** Past the API, as somebody with the file could. */
  const changeDatabase = (sql: string) => {
    const database = openDatabase(join(daemon.home, 'quayside.db'));
    database.exec(sql);
    database.close();
  };
  const start = (id: string) => daemon.api.startServer({ params: { id } });

  it('are stored, described, replaced and deleted, and their values are in no answer', async () => {
    await addServer('mine');
    const made = await add('mine.token', 'mine');
    assert.deepEqual([made.hasValue, made.version, made.keyVersion, made.serverId], [true, 1, 1, 'mine']);
    const replaced = await daemon.api.replaceSecretValue({ params: { id: made.id }, body: { value: `${value}-2` } });
    assert.equal(replaced.version, 2);
    const answers = [
      made,
      replaced,
      await daemon.api.getSecret({ params: { id: made.id } }),
      await daemon.api.listSecrets(),
      await daemon.api.getVault(),
      await daemon.api.listSecretUses({ params: { id: made.id } }),
      await daemon.api.listAudit({ query: { limit: 100 } }),
    ];
    assert.doesNotMatch(JSON.stringify(answers), /canary/);
    await daemon.api.deleteSecret({ params: { id: made.id } });
    await assert.rejects(daemon.api.getSecret({ params: { id: made.id } }), hasCode('SECRET_001'));
  });

  it('have exact names of the form server.key, once each, and of a server that exists', async () => {
    await addServer('mine');
    await add('mine.token', 'mine');
    await assert.rejects(add('mine.token', 'mine'), hasCode('SECRET_002'));
    await assert.rejects(add('other.token', 'mine'), hasCode('REQUEST_001'));
    await assert.rejects(add('other.token', 'other'), hasCode('SERVER_001'));
    for (const name of ['token', 'mine.*', 'mine.', '.token', 'Mine.token', 'mine.to ken', '-mine.token'])
      await assert.rejects(add(name, null), hasCode('REQUEST_001'), name);
    assert.equal((await daemon.api.listSecrets()).total, 1);
  });

  it('are refused when they are too large, and the refusal does not repeat them', async () => {
    const response = await daemon.request('/api/v1/secrets', {
      method: 'POST',
      headers: { ...daemon.asOwner, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'a.b', serverId: null, value: value.repeat(10_000) }),
    });
    assert.equal(response.status, 422);
    assert.doesNotMatch(await response.text(), /canary/);
  });

  it('are listed in pages, sorted and found by name and by the server that may use them', async () => {
    await addServer('mine');
    await addServer('other');
    await add('mine.b', 'mine');
    await add('mine.a', 'mine');
    await add('other.c', 'other');
    await add('shared.d', null);
    const names = async (query: object) => (await daemon.api.listSecrets({ query })).items.map(({ name }) => name);
    assert.deepEqual(await names({}), ['mine.a', 'mine.b', 'other.c', 'shared.d']);
    assert.deepEqual(await names({ limit: 1, page: 2, sort_order: 'desc' }), ['other.c']);
    assert.deepEqual(await names({ server_id: 'mine' }), ['mine.a', 'mine.b', 'shared.d']);
    assert.deepEqual(await names({ q: '.c' }), ['other.c']);
    assert.deepEqual(await names({ q: '%' }), []);
  });

  it('reach the server that refers to them by its environment, and are on record', async () => {
    await addServer('mine', { environment: { PLAIN: '1', TOKEN: 'plain' } });
    const { id } = await add('mine.token', 'mine');
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    await start('mine');
    const environment = await environmentOf('mine');
    assert.deepEqual([environment['TOKEN'], environment['PLAIN']], [value, '1']);
    const { configuration } = await daemon.api.getServer({ params: { id: 'mine' } });
    assert.deepEqual(configuration.environment, { PLAIN: '1', TOKEN: 'plain' });
    assert.deepEqual(configuration.secretReferences, [{ secretId: id, environmentVariable: 'TOKEN', required: true }]);
    const { items } = await daemon.api.listSecretUses({ params: { id } });
    assert.deepEqual(
      items.map(({ secretName, serverId, caller, outcome, code }) => [secretName, serverId, caller, outcome, code]),
      [['mine.token', 'mine', 'owner (token)', 'handed-over', null]],
    );
    assert.ok((await daemon.api.getSecret({ params: { id } })).lastUsedAt);
    const { items: audit } = await daemon.api.listAudit({ query: { limit: 100 } });
    assert.ok(audit.some(entry => entry.action === 'useSecret' && entry.resource === 'mine.token for mine'));
    await daemon.restart();
    const after = await daemon.api.listSecretUses({ params: { id } });
    assert.equal(after.items[0]?.caller, 'daemon', 'started again with the daemon');
  });

  it('reach a server that is installed and started with references from the first', async () => {
    const { id } = await add('shared.token', null);
    const secretReferences = [{ secretId: id, environmentVariable: 'TOKEN', required: true }];
    const from = { package: testPackage('echo') };
    const body = {
      kind: 'install',
      from,
      serverId: 'fresh',
      configuration: { secretReferences },
      start: true,
    } as const;
    const operation = await daemon.api.createOperation({ body });
    await until(async () => (await daemon.api.getOperation({ params: { id: operation.id } })).state === 'succeeded');
    assert.equal((await environmentOf('fresh'))['TOKEN'], value);
  });

  it('give a server its new value with the next start', async () => {
    await addServer('mine');
    const { id } = await add('mine.token', 'mine');
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    await start('mine');
    await daemon.api.replaceSecretValue({ params: { id }, body: { value: 'another-value' } });
    await daemon.api.restartServer({ params: { id: 'mine' } });
    assert.equal((await environmentOf('mine'))['TOKEN'], 'another-value');
  });

  it('stop the start if one is required and has no value, and not if it is optional', async () => {
    await addServer('mine');
    const { id, hasValue } = await daemon.api.createSecret({ body: { name: 'mine.token', serverId: 'mine' } });
    assert.equal(hasValue, false);
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    await assert.rejects(start('mine'), (error: unknown) => {
      assert.ok(isProblemError(error));
      assert.equal(error.code, 'SECRET_009');
      assert.match(error.problem.detail, /"mine" needs mine\.token/);
      assert.match(error.problem.next ?? '', /quayside secrets set mine\.token/);
      return true;
    });
    const server = await daemon.api.getServer({ params: { id: 'mine' } });
    assert.deepEqual([server.state, server.pid, server.problem?.code], ['failed', null, 'SECRET_009']);
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: false });
    await start('mine');
    assert.equal('TOKEN' in (await environmentOf('mine')), false);
    const { items } = await daemon.api.listSecretUses({ params: { id } });
    assert.deepEqual(
      items.map(({ outcome, code }) => [outcome, code]),
      [
        ['missing', null],
        ['missing', 'SECRET_009'],
      ],
    );
  });

  it('of one server are for no other one, however it asks', async () => {
    await addServer('a');
    await addServer('b');
    const { id } = await add('a.token', 'a');
    const reference = { secretId: id, environmentVariable: 'TOKEN', required: true };
    await assert.rejects(refer('b', reference), hasCode('SECRET_008'));
    await assert.rejects(addServer('c', { secretReferences: [reference] }), hasCode('SECRET_008'));
    await assert.rejects(refer('b', { ...reference, secretId: 'a.*' }), hasCode('SECRET_001'));
    await assert.rejects(refer('b', { ...reference, secretId: 'a.token' }), hasCode('SECRET_001'));
    await start('b');
    assert.equal('TOKEN' in (await environmentOf('b')), false);
  });

  it('of one server are refused at the start too, if somebody has written the reference past the API', async () => {
    await addServer('a');
    await addServer('b');
    const { id } = await add('a.token', 'a');
    const shared = await add('shared.x', null);
    await refer('b', { secretId: shared.id, environmentVariable: 'TOKEN', required: true });
    changeDatabase(`update secret_references set secret_id = '${id}'`);
    await assert.rejects(start('b'), hasCode('SECRET_008'));
    const { items } = await daemon.api.listAudit({ query: { limit: 100, outcome: 'denied' } });
    assert.ok(items.some(({ action, resource }) => action === 'useSecret' && resource === 'a.token for b'));
  });

  it('reach a remote server by its headers', async () => {
    const remote = await startRemoteServer();
    try {
      remote.behaviour.authorization = `Bearer ${value}`;
      const configuration = { network: { headers: { authorization: 'Bearer plain' } } };
      await daemon.api.createServer({ body: { type: 'remote', id: 'far', url: remote.url, configuration } });
      await assert.rejects(start('far'), hasCode('SERVER_004'));
      const { id } = await add('far.authorization', 'far', `Bearer ${value}`);
      await refer('far', { secretId: id, header: 'Authorization', required: true });
      assert.equal((await start('far')).state, 'running');
      assert.equal(remote.requests.at(-1)?.headers['authorization'], `Bearer ${value}`);
      await daemon.api.replaceSecretValue({ params: { id }, body: { value: 'two\nlines' } });
      await assert.rejects(daemon.api.restartServer({ params: { id: 'far' } }), hasCode('SECRET_009'));
    } finally {
      await daemon.api.stopServer({ params: { id: 'far' } });
      await remote.close();
    }
  });

  it('fill each variable once, and go where the server can take them', async () => {
    await addServer('mine');
    const { id } = await add('mine.token', 'mine');
    const reference = { secretId: id, environmentVariable: 'TOKEN', required: true };
    await assert.rejects(refer('mine', reference, reference), hasCode('REQUEST_001'));
    await assert.rejects(refer('mine', { secretId: id, header: 'X-Token', required: true }), hasCode('REQUEST_001'));
    await daemon.api.createServer({ body: { type: 'remote', id: 'far', url: 'http://127.0.0.1:9/mcp' } });
    const far = await add('far.token', 'far');
    const header = { secretId: far.id, header: 'X-Token', required: true };
    await assert.rejects(refer('far', header, { ...header, header: 'x-token' }), hasCode('REQUEST_001'));
    await assert.rejects(refer('far', { ...reference, secretId: far.id }), hasCode('REQUEST_001'));
    const { configuration } = await refer('far', header);
    assert.deepEqual(configuration.secretReferences, [header]);
  });

  it('are taken out of what a server prints, however short and plain, and as it encodes them', async () => {
    const plain = '/usr/bin/secret-path';
    const script =
      "const v = process.env.PLACE; console.error('plain', v, 'json', JSON.stringify({ v: process.env.WORDS }), 'base', Buffer.from(v).toString('base64'), 'url', encodeURIComponent(v)); process.exit(3)";
    await daemon.api.createServer({
      body: {
        type: 'command',
        id: 'leaky',
        command: process.execPath,
        configuration: { arguments: ['-e', script], restart: 'never' },
      },
    });
    const place = await add('leaky.place', 'leaky', plain);
    const words = await add('leaky.words', 'leaky', 'two "words"\nof canary');
    await refer(
      'leaky',
      { secretId: place.id, environmentVariable: 'PLACE', required: true },
      { secretId: words.id, environmentVariable: 'WORDS', required: true },
    );
    await assert.rejects(start('leaky'), (error: unknown) => {
      assert.ok(isProblemError(error));
      assert.doesNotMatch(JSON.stringify(error.problem), /secret-path|canary/);
      return true;
    });
    const server = await until(async () => {
      const detail = await daemon.api.getServer({ params: { id: 'leaky' } });
      return detail.output.some(line => line.startsWith('plain')) && detail;
    });
    const text = server.output.join('\n');
    assert.match(text, /plain ••• json \{"v":"•••"\} base ••• url •••|plain ••• json \{"v":"•••"\} base •••=* url •••/);
    assert.doesNotMatch(text, /secret-path|canary/);
  });

  it('that cannot be read any more end the restarts at once, with the reason as the server’s state', async () => {
    await addServer('mine', { arguments: [testServerScript('crashes'), '1'], restart: 'always' }, 'crashes');
    const { id } = await add('mine.token', 'mine');
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    await start('mine');
    changeDatabase('update secrets set tag = zeroblob(16)');
    await assert.rejects(daemon.api.callTool({ params: { id: 'mine', tool: 'echo' }, body: { arguments: {} } }));
    const server = await until(async () => {
      const detail = await daemon.api.getServer({ params: { id: 'mine' } });
      return detail.state === 'failed' && detail;
    });
    assert.equal(server.problem?.code, 'SECRET_006');
    const { items } = await daemon.api.listAudit({ query: { limit: 100 } });
    assert.equal(items.filter(({ action }) => action === 'detectTampering').length, 1);
  });

  it('are hidden in what a server tells of itself, which is stored', async () => {
    const script = join(daemon.home, 'chatty.mjs');
    const library = new URL('./json-lines.mjs', pathToFileURL(testServerScript('echo')));
    writeFileSync(
      script,
      `import { serve, tool } from '${library.href}';
      const t = process.env.TOKEN;
      serve({ name: 'chatty', version: t, instructions: 'I am ' + t, tools: () => [tool('a', 'Uses ' + t)] });`,
    );
    await addServer('chatty', { arguments: [script] });
    const { id } = await add('chatty.token', 'chatty');
    await refer('chatty', { secretId: id, environmentVariable: 'TOKEN', required: true });
    await start('chatty');
    const detail = await daemon.api.getServer({ params: { id: 'chatty' } });
    assert.deepEqual([detail.instructions, detail.serverVersion], ['I am •••', '•••']);
    assert.equal((await daemon.api.listTools()).items[0]?.description, 'Uses •••');
    const database = openDatabase(join(daemon.home, 'quayside.db'));
    const stored = JSON.stringify(['servers', 'tools'].map(table => database.prepare(`select * from ${table}`).all()));
    database.close();
    assert.doesNotMatch(stored, /canary/);
  });

  it('say who uses them before they are deleted, and then only go by force', async () => {
    await addServer('mine');
    const { id } = await add('mine.token', 'mine');
    await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
    assert.deepEqual((await daemon.api.getSecret({ params: { id } })).usedBy, [
      { serverId: 'mine', place: 'TOKEN', required: true },
    ]);
    await assert.rejects(daemon.api.deleteSecret({ params: { id } }), (error: unknown) => {
      assert.ok(isProblemError(error));
      assert.equal(error.code, 'SECRET_007');
      assert.match(error.problem.detail, /mine \(TOKEN\)/);
      return true;
    });
    await daemon.api.deleteSecret({ params: { id }, query: { force: true } });
    assert.deepEqual((await daemon.api.getServer({ params: { id: 'mine' } })).configuration.secretReferences, []);
  });

  it('go with their server', async () => {
    await addServer('mine');
    await add('mine.token', 'mine');
    await add('shared.token', null);
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    assert.deepEqual(
      (await daemon.api.listSecrets()).items.map(({ name }) => name),
      ['shared.token'],
    );
  });

  it('change before the eyes of those who watch', async () => {
    const events: DaemonEvent[] = [];
    const controller = new AbortController();
    const following = daemon.api.followEvents({ signal: controller.signal, onEvent: event => events.push(event) });
    await until(() => events.length > 0);
    const { id } = await add('shared.token', null);
    await daemon.api.rotateVaultKey();
    const ended = (event: DaemonEvent) =>
      event.type === 'vault.changed' && event.vault.rotation === null && event.vault.keys[0]?.state === 'retired';
    await until(() => events.some(ended), 'the end of the rotation');
    await daemon.api.deleteSecret({ params: { id } });
    await until(() => events.some(({ type }) => type === 'secret.removed'));
    controller.abort();
    await following;
    const types = events.map(({ type }) => type);
    assert.ok(types.includes('secret.changed') && types.includes('vault.changed'), types.join());
    assert.doesNotMatch(JSON.stringify(events), /canary/);
  });

  describe('and the vault around them', () => {
    it('warns in the status that its key lies beside it', async () => {
      assert.deepEqual((await daemon.api.getStatus()).warnings, []);
      await add('shared.token', null);
      const { warnings } = await daemon.api.getStatus();
      assert.deepEqual(
        warnings.map(({ code }) => code),
        ['SECRET_011'],
      );
      assert.match(warnings[0]?.detail ?? '', /master\.key/);
      assert.deepEqual((await daemon.api.getVault()).warnings, warnings);
    });

    it('rotates its key on demand, and tells how far it is', async () => {
      for (let at = 0; at < 30; at++) await add(`shared.key${at}`, null);
      const begun = await daemon.api.rotateVaultKey();
      assert.deepEqual(begun.rotation, { done: 0, total: 30 });
      const ended = await until(async () => {
        const vault = await daemon.api.getVault();
        return vault.rotation === null && vault.keys[0]?.state === 'retired' && vault;
      });
      assert.deepEqual(
        ended.keys.map(({ version, state, secrets }) => [version, state, secrets]),
        [
          [1, 'retired', 0],
          [2, 'newest', 30],
        ],
      );
    });

    it('rotates its key by schedule, and has it on record', async () => {
      const clock = { time: Date.parse('2026-01-01T00:00:00.000Z'), now: () => clock.time };
      await using timed = await startInProcessDaemon({ clock });
      const versions = async () => (await timed.api.getVault()).keys.map(({ version }) => version);
      await timed.api.scheduleRotation({ body: { everyDays: 30 } });
      assert.deepEqual((await timed.api.getVault()).schedule, { everyDays: 30, nextAt: null });
      await timed.api.createSecret({ body: { name: 'shared.a', serverId: null, value } });
      assert.equal((await timed.api.getVault()).schedule?.nextAt, '2026-01-31T00:00:00.000Z');
      clock.time += 29 * 86_400_000;
      await timed.restart();
      assert.deepEqual(await versions(), [1]);
      clock.time += 86_400_000;
      await timed.restart();
      assert.deepEqual(await versions(), [1, 2]);
      const { items } = await timed.api.listAudit({ query: { limit: 100 } });
      assert.ok(items.some(({ action, resource }) => action === 'rotateVaultKey' && resource === 'by schedule'));
      clock.time += 90 * 86_400_000;
      assert.equal((await timed.api.scheduleRotation({ body: { everyDays: null } })).schedule, null);
      await timed.restart();
      assert.deepEqual(await versions(), [1, 2]);
    });

    it('locked by a passphrase holds back the servers that need it, until it is opened', async function () {
      this.timeout(120_000);
      assert.equal((await daemon.api.unlockVault({ body: { passphrase } })).source, 'passphrase');
      await addServer('needs');
      await addServer('free');
      const { id } = await add('needs.token', 'needs');
      await refer('needs', { secretId: id, environmentVariable: 'TOKEN', required: true });
      for (const server of ['needs', 'free']) await start(server);
      await daemon.restart();
      const state = async (server: string) => await daemon.api.getServer({ params: { id: server } });
      assert.equal((await state('free')).state, 'running');
      assert.deepEqual([(await state('needs')).state, (await state('needs')).problem?.code], ['failed', 'SECRET_003']);
      assert.equal((await daemon.api.getStatus()).warnings[0]?.code, 'SECRET_003');
      await assert.rejects(
        daemon.api.createSecret({ body: { name: 'a.b', serverId: null, value } }),
        hasCode('SECRET_003'),
      );
      assert.equal((await daemon.api.listSecrets()).total, 1);
      await daemon.api.unlockVault({ body: { passphrase } });
      await until(async () => (await state('needs')).state === 'running');
      assert.equal((await environmentOf('needs'))['TOKEN'], value);
      assert.equal(existsSync(join(daemon.home, 'master.key')), false);
    });

    it('changes its master key for good, and removes the file that held the old one', async function () {
      this.timeout(120_000);
      await addServer('mine');
      const { id } = await add('mine.token', 'mine');
      await refer('mine', { secretId: id, environmentVariable: 'TOKEN', required: true });
      assert.equal(existsSync(join(daemon.home, 'master.key')), true);
      const changed = await daemon.api.changeMasterKey({ body: { passphrase } });
      assert.deepEqual([changed.state, changed.source, changed.warnings], ['open', 'passphrase', []]);
      assert.equal(existsSync(join(daemon.home, 'master.key')), false);
      await start('mine');
      assert.equal((await environmentOf('mine'))['TOKEN'], value);
      await daemon.restart();
      assert.equal((await daemon.api.getVault()).state, 'locked');
      await assert.rejects(
        daemon.api.unlockVault({ body: { passphrase: 'some other passphrase' } }),
        hasCode('SECRET_004'),
      );
    });

    it('leaves with an encrypted bundle, and comes back from it where there is a place for it', async function () {
      this.timeout(120_000);
      await addServer('mine');
      await add('mine.token', 'mine');
      await add('shared.token', null, 'shared-canary');
      await daemon.api.createSecret({ body: { name: 'shared.hole', serverId: null } });
      const bundle = await daemon.api.exportSecrets({ body: { passphrase } });
      assert.doesNotMatch(JSON.stringify(bundle), /canary|mine|shared/);
      await using other = await startInProcessDaemon();
      const plan = await other.api.importSecrets({ body: { bundle, passphrase } });
      assert.deepEqual(
        plan.items.map(({ name, act }) => [name, act]),
        [
          ['mine.token', 'skip'],
          ['shared.hole', 'create'],
          ['shared.token', 'create'],
        ],
      );
      assert.equal((await other.api.listSecrets()).total, 0, 'a preview changes nothing');
      const done = await other.api.importSecrets({ body: { bundle, passphrase, apply: true } });
      assert.equal(done.applied, true);
      assert.deepEqual(
        (await other.api.listSecrets()).items.map(({ name, hasValue }) => [name, hasValue]),
        [
          ['shared.hole', false],
          ['shared.token', true],
        ],
      );
      await assert.rejects(
        other.api.importSecrets({ body: { bundle, passphrase: 'some other passphrase' } }),
        hasCode('SECRET_012'),
      );
    });
  });
});
