import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSecretFiles, secretFilePlaces } from '../../../daemon/features/secrets/secret-files.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { addTestServer } from '../../support/test-server.ts';

const value = 'canary-of-a-file-91c2\nwith a second line';

describe('A secret that is handed over as a file', () => {
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const add = async (id: string, script = 'echo', restart: 'never' | 'always' = 'never') => {
    await addTestServer(daemon.api, id, script, { restart });
    const secret = await daemon.api.createSecret({ body: { name: `${id}.token`, serverId: id, value } });
    const reference = { secretId: secret.id, environmentVariable: 'TOKEN_FILE', as: 'file', required: true } as const;
    const change = { configuration: { secretReferences: [reference] } };
    const { configuration: saved } = await daemon.api.updateServer({ params: { id }, body: change });
    assert.deepEqual(saved.secretReferences, [reference]);
    return secret;
  };
  const pathIn = async (id: string): Promise<string> => {
    const result = await daemon.api.callTool({ params: { id, tool: 'started' } });
    const { environment } = JSON.parse(String(result.content[0]?.['text']));
    assert.ok(!JSON.stringify(environment).includes('canary-of-a-file'), 'the environment has the path alone');
    return environment.TOKEN_FILE;
  };

  it('is there for this user alone while the server runs, and gone when it was stopped', async () => {
    await add('mine');
    await daemon.api.startServer({ params: { id: 'mine' } });
    const path = await pathIn('mine');
    assert.equal(readFileSync(path, 'utf8'), value);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
    assert.equal(statSync(dirname(dirname(path))).mode & 0o777, 0o700);
    await daemon.api.restartServer({ params: { id: 'mine' } });
    const second = await pathIn('mine');
    assert.notEqual(second, path);
    assert.equal(existsSync(dirname(path)), false);
    await daemon.api.stopServer({ params: { id: 'mine' } });
    assert.equal(existsSync(dirname(second)), false);
  });

  it('is gone when the server has ended by itself, could not be started, or was removed with the daemon', async () => {
    const places = secretFilePlaces(daemon.home, process.env);
    const left = () =>
      [...places.memory, places.lasting].flatMap(folder => {
        const base = join(folder, places.owner);
        return existsSync(base) ? readdirSync(base) : [];
      });
    await add('short', 'exits-at-once');
    await assert.rejects(daemon.api.startServer({ params: { id: 'short' } }));
    assert.deepEqual(left(), []);
    await add('mine');
    await daemon.api.startServer({ params: { id: 'mine' } });
    assert.equal(left().length, 1);
    await daemon.restart();
    assert.equal(left().length, 1, 'of the server that runs again, and of no other');
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    assert.deepEqual(left(), []);
  });

  it('is shown where it is used, and hidden in what the server prints', async () => {
    const secret = await add('mine');
    const { usedBy } = await daemon.api.getSecret({ params: { id: secret.id } });
    assert.deepEqual(usedBy, [{ serverId: 'mine', place: 'file TOKEN_FILE', required: true }]);
    const print = "console.error(require('fs').readFileSync(process.env.TOKEN_FILE, 'utf8'))";
    const body = { configuration: { arguments: ['-e', print] } };
    await daemon.api.updateServer({ params: { id: 'mine' }, body });
    await assert.rejects(daemon.api.startServer({ params: { id: 'mine' } }), (error: unknown) => {
      assert.ok(!JSON.stringify(isProblemError(error) && error.problem).includes('canary-of-a-file'));
      return true;
    });
    const { output } = await daemon.api.getServer({ params: { id: 'mine' } });
    assert.ok(output.some(line => line.includes('•••')) && !output.join().includes('canary-of-a-file'), output.join());
  });

  it('is for one meaning of a variable, and for servers on this machine', async () => {
    const { id: secretId } = await add('mine');
    const place = { secretId, environmentVariable: 'TOKEN_FILE', required: true };
    const both = { configuration: { secretReferences: [place, { ...place, as: 'file' as const }] } };
    await assert.rejects(daemon.api.updateServer({ params: { id: 'mine' }, body: both }), /once|one secret/);
    await daemon.api.createServer({ body: { type: 'remote', id: 'far', url: 'http://127.0.0.1:9/mcp' } });
    const far = await daemon.api.createSecret({ body: { name: 'far.token', serverId: 'far', value } });
    const refused = { configuration: { secretReferences: [{ ...place, secretId: far.id, as: 'file' as const }] } };
    await assert.rejects(daemon.api.updateServer({ params: { id: 'far' }, body: refused }), /takes secrets as headers/);
  });
});

describe('The folder of secret files', () => {
  it('is the state folder’s own where none lies in memory', async () => {
    await using folder = await createTemporaryFolder('files');
    const places = secretFilePlaces(folder.path, {}, 'darwin');
    assert.deepEqual(places.memory, []);
    const files = createSecretFiles(places);
    const { KEY = '' } = files.write('mine', { KEY: 'x' });
    assert.ok(KEY.startsWith(join(folder.path, 'run')));
    files.close();
    assert.equal(existsSync(KEY), false);
  });

  it('is no link, and nobody else’s: what lies there under its name is not used', async () => {
    await using folder = await createTemporaryFolder('files');
    const places = { memory: [], lasting: folder.path, owner: 'ours' };
    const elsewhere = join(folder.path, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    writeFileSync(join(elsewhere, 'kept'), '');
    symlinkSync(elsewhere, join(folder.path, 'ours'));
    const files = createSecretFiles(places);
    assert.throws(() => files.write('mine', { KEY: 'x' }), /cannot be written/);
    assert.deepEqual(readdirSync(elsewhere), ['kept']);
  });

  it('has nothing of an earlier daemon, and what cannot be written leaves nothing', async () => {
    await using folder = await createTemporaryFolder('files');
    const places = { memory: [], lasting: folder.path, owner: 'ours' };
    const { KEY = '' } = createSecretFiles(places).write('mine', { KEY: 'x' });
    assert.equal(readFileSync(KEY, 'utf8'), 'x');
    const files = createSecretFiles(places);
    assert.equal(existsSync(KEY), false, 'removed by the next daemon');
    assert.throws(() => files.write('mine', { FINE: 'x', 'no/such/folder': 'x' }), /cannot be written/);
    assert.deepEqual(readdirSync(join(folder.path, 'ours')), []);
  });
});
