import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDatabase } from '../../../daemon/storage/database.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { testPackage, testServerScript } from '../../support/fake-engine.ts';
import { until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { startRemoteServer } from '../../support/remote-mcp-server.ts';
import { type SecretsDaemon, startSecretsDaemon, canaryValue as value } from '../../support/secrets-daemon.ts';

describe('secrets and the servers that refer to them:', () => {
  let daemon: SecretsDaemon['daemon'];
  let addServer: SecretsDaemon['addServer'];
  let refer: SecretsDaemon['refer'];
  let add: SecretsDaemon['add'];
  let environmentOf: SecretsDaemon['environmentOf'];
  let start: SecretsDaemon['start'];
  beforeEach(async () => {
    ({ daemon, addServer, refer, add, environmentOf, start } = await startSecretsDaemon());
  });
  afterEach(() => daemon[Symbol.asyncDispose]());
  /** Past the API, as somebody with the file could. */
  const changeDatabase = (sql: string) => {
    const database = openDatabase(join(daemon.home, 'quayside.db'));
    database.exec(sql);
    database.close();
  };

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
});
