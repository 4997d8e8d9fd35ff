// One secret, every feature, and then a search of everything that is left: it may be in what it was given to, and nowhere else.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { unzipSync } from 'fflate';
import { secretFilePlaces } from '../../daemon/features/secrets/secret-files.ts';
import { toPath } from '../../shared/api/client.ts';
import { isProblemError } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { apiPrefix, operationIds, routes } from '../../shared/api/routes.ts';
import type { NewServer } from '../../shared/api/servers.ts';
import { canary, findInFiles, formsIn, formsOfCanary, startsWithCanary } from '../support/canary/canary.ts';
import { type CanaryDaemon, type Evidence, startCanaryDaemon } from '../support/canary/daemon-with-canary.ts';
import { type RemoteServer, startRemoteServer } from '../support/remote-mcp-server.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

const leakingServer = join(import.meta.dirname, '..', 'support', 'canary', 'leaking-server.mjs');
const passphrase = 'correct horse battery staple';

describe('One secret, after every feature has been used', function () {
  this.timeout(120_000);
  const evidence: Evidence = { answers: [], asked: 0, output: '', processes: [] };
  let folder: TemporaryFolder;
  let remote: RemoteServer;
  let daemon: CanaryDaemon;
  let secretFile = '';

  before(async () => {
    folder = await createTemporaryFolder('canary');
    remote = await startRemoteServer();
    remote.behaviour.authorization = canary;
    daemon = await startCanaryDaemon(folder.path, evidence);
    const stream = new AbortController();
    const events = readEvents(daemon, stream.signal);
    // All that can be kept of calls is kept.
    await daemon.api.updateCallSettings({ body: { keep: 'everything' } });
    await useServers();
    await useGateway();
    await useHistory();
    await useVault();
    await useReports();
    await askEverything();
    daemon.look();
    stream.abort();
    const heard = formsIn(await events);
    if (heard.length > 0) evidence.answers.push(`events: ${heard.join(', ')}`);
  });
  after(async () => {
    // In good order, or the file of its server would be left to a daemon that never comes.
    daemon?.signal('SIGTERM');
    await daemon?.ended();
    await remote?.close();
    await rm(`${folder?.path}.canary`, { force: true });
    await folder?.remove();
  });

  const add = async (id: string, body: Partial<NewServer> & { type: 'command' | 'remote' }, place: object) => {
    await daemon.api.createServer({ body: { id, ...body } as NewServer });
    const { id: secretId } = await daemon.api.createSecret({
      body: { name: `${id}.key`, serverId: id, value: canary },
    });
    const secretReferences = [{ secretId, required: true, ...place } as never];
    await daemon.api.updateServer({ params: { id }, body: { configuration: { secretReferences } } });
    return secretId;
  };
  const command = (...words: string[]) => ({
    type: 'command' as const,
    command: process.execPath,
    configuration: { arguments: [leakingServer, ...words], restart: 'never' as const },
  });
  /** What the server answers is its own; what the daemon says of a failure is not. */
  const call = async (id: string, tool: string) => {
    if (tool === 'environment' || tool === 'fail') daemon.allowNext();
    return await daemon.api.callTool({ params: { id, tool } }).catch(isProblem);
  };

  async function useServers() {
    await add('leaky', command(), { environmentVariable: 'SECRET' });
    await add('filed', command(), { environmentVariable: 'SECRET_FILE', as: 'file' });
    await add('failing', command('fail'), { environmentVariable: 'SECRET' });
    await add('far', { type: 'remote', url: remote.url }, { header: 'Authorization' });
    for (const id of ['leaky', 'filed', 'far']) {
      const { state } = await daemon.api.startServer({ params: { id } });
      assert.equal(state, 'running', id);
    }
    daemon.look();
    assert.equal(remote.requests.at(-1)?.headers.authorization, canary);
    await assert.rejects(daemon.api.startServer({ params: { id: 'failing' } }), isProblemError);
    await daemon.api.testServer({ params: { id: 'leaky' } }).catch(isProblem);
    const environment = JSON.stringify(await call('filed', 'environment'));
    secretFile = /SECRET_FILE\\":\\"([^"\\]+)/.exec(environment)?.[1] ?? '';
    assert.ok(startsWithCanary(secretFile), environment);
    assert.ok(formsIn(JSON.stringify(await call('leaky', 'environment'))).length > 0, 'the server has got it');
    for (const tool of ['fail', 'break', 'say', 'end', 'environment']) await call('leaky', tool);
    await daemon.api.restartServer({ params: { id: 'leaky' } });
    await daemon.api.updateTool({ params: { id: 'leaky', tool: 'say' }, body: { enabled: false } });
    const refused = { configuration: { settings: { key: 'x' } } };
    await daemon.api.updateServer({ params: { id: 'leaky' }, body: refused }).catch(isProblem);
    const from = { package: 'no-such-package-of-quayside' };
    await daemon.api.createOperation({ body: { kind: 'install', from, serverId: 'none' } }).catch(isProblem);
  }

  async function useGateway() {
    const headers = { authorization: `Bearer ${daemon.token}` };
    const client = new Client({ name: 'canary', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(`${daemon.url}/mcp`), { requestInit: { headers } });
    await client.connect(transport as never);
    const { tools } = await client.listTools();
    const listed = formsIn(JSON.stringify([tools, client.getInstructions() ?? '']));
    if (listed.length > 0) evidence.answers.push(`tools at the gateway: ${listed.join(', ')}`);
    // An argument that has it: of a call only what is needed is kept, and no secret.
    const named = tools.find(({ name }) => name.includes('environment'))?.name ?? '';
    await client.callTool({ name: named, arguments: { key: canary } }).catch(() => {});
    await client.callTool({ name: named.replace('environment', 'break'), arguments: {} }).catch(() => {});
    await client.close();
  }

  async function useHistory() {
    const calls = await until(async () => {
      const { items, total } = await daemon.api.listCalls({ query: { limit: 100 } });
      return total > 5 && items;
    });
    for (const { id } of calls) await daemon.api.getCall({ params: { id } });
    await daemon.api.listCalls({ query: { q: 'environment' } }).catch(isProblem);
    await daemon.api.getCallStatistics({}).catch(isProblem);
  }

  async function useVault() {
    const { id } = await daemon.api.createSecret({ body: { name: 'any.key', serverId: null, value: canary } });
    await daemon.api.replaceSecretValue({ params: { id }, body: { value: `${canary} again` } });
    await daemon.api.createSecret({ body: { name: 'any.key', serverId: null, value: canary } }).catch(isProblem);
    await daemon.api.createSecret({ body: { name: 'No Name', value: canary } as never }).catch(isProblem);
    await daemon.api.rotateVaultKey({});
    const bundle = await daemon.api.exportSecrets({ body: { passphrase } });
    await daemon.api.importSecrets({ body: { bundle, passphrase, apply: true, replace: true } });
    await daemon.api.importSecrets({ body: { bundle, passphrase: `${passphrase}!` } }).catch(isProblem);
    await daemon.api.changeMasterKey({ body: { passphrase } });
    await daemon.api.deleteSecret({ params: { id }, query: { force: true } });
  }

  async function useReports() {
    await daemon.api.runDoctor({});
    const { base64 } = await daemon.api.makeSupportBundle({});
    const files = Object.entries(unzipSync(Buffer.from(base64, 'base64')));
    assert.ok(files.length > 3);
    for (const [name, content] of files) {
      const found = formsIn(Buffer.from(content));
      if (found.length > 0) evidence.answers.push(`${name} of the support bundle: ${found.join(', ')}`);
    }
    for (const format of ['jsonl', 'cef'] as const) await daemon.api.exportAudit({ query: { format } });
  }

  /** Each operation that only reads, of each server and of the first of everything else, and the pages. */
  async function askEverything() {
    const secrets = await daemon.api.listSecrets({});
    const ids = ['leaky', 'filed', 'failing', 'far', ...secrets.items.map(({ id }) => id).slice(0, 2)];
    for (const operation of operationIds) {
      const route: Route = routes[operation];
      if (route.method !== 'get' || route.stream) continue;
      const params = Object.keys(route.params?.shape ?? {});
      for (const id of params.length === 0 ? [''] : ids) {
        const path = toPath(route, { params: Object.fromEntries(params.map(name => [name, id])) });
        await daemon.ask(path.startsWith(apiPrefix) ? path : `${apiPrefix}${path}`);
      }
    }
    for (const path of ['/', '/openapi.json', '/api/docs', '/nowhere']) await daemon.ask(path);
  }

  it('is in no answer, no event, no export and no support bundle', () => {
    assert.deepEqual(evidence.answers, []);
    assert.ok(evidence.asked > 100, String(evidence.asked));
  });

  it('is in the arguments of no process, and in the environment of the one server that was given it so', () => {
    assert.deepEqual(
      evidence.processes.filter(({ where }) => where === 'arguments'),
      [],
    );
    const having = new Set(evidence.processes.map(({ command: text }) => text.replace(process.execPath, 'node')));
    assert.deepEqual([...having], [`node ${leakingServer}`]);
    assert.equal(new Set(evidence.processes.map(({ pid }) => pid)).size, 2, 'the server, and the server restarted');
  });

  it('is in no file of the state folder, the database with its log among them, and in none of the temporary ones', () => {
    assert.ok(existsSync(join(folder.path, 'state', 'quayside.db-wal')));
    assert.deepEqual(findInFiles(folder.path), []);
    // What is searched for is found where it is: the search itself works.
    assert.deepEqual(findInFiles(join(secretFile, '..')), [`${secretFile}: plain, a part`]);
  });

  it('is neither in the log of a daemon that fails with it in the error, nor in what it writes last', async () => {
    daemon.signal('SIGUSR2');
    await until(() => evidence.output.includes('a rejection that nobody handled'));
    daemon.signal('SIGUSR2');
    await daemon.ended();
    assert.match(evidence.output, /an error that nobody caught/);
    assert.match(evidence.output, /ECONNREFUSED/);
    assert.deepEqual(formsIn(evidence.output), []);
    assert.deepEqual(findInFiles(folder.path), []);
    assert.equal(existsSync(secretFile), false, 'the daemon has ended its servers, and taken back the file');
  });

  it('is nowhere after a daemon was killed, but in the file of the server, which the next daemon removes', async () => {
    daemon = await startCanaryDaemon(folder.path, evidence);
    await daemon.api.unlockVault({ body: { passphrase } });
    const { state } = await daemon.api.startServer({ params: { id: 'filed' } });
    assert.equal(state, 'running');
    daemon.signal('SIGKILL');
    await daemon.ended();
    assert.deepEqual(findInFiles(folder.path), []);
    const { memory, lasting, owner } = secretFilePlaces(join(folder.path, 'state'), process.env);
    const left = () => [...memory, lasting].flatMap(place => findInFiles(join(place, owner)));
    assert.equal(left().length, 1);
    daemon = await startCanaryDaemon(folder.path, evidence);
    assert.deepEqual(left(), []);
    await askEverything();
    assert.deepEqual([evidence.answers, formsIn(evidence.output)], [[], []]);
    const { items } = await daemon.api.listAudit({ query: { action: 'startServer', limit: 1 } });
    assert.deepEqual([items[0]?.resource, items[0]?.outcome], ['filed', 'allowed'], 'what was answered is on record');
    assert.equal((await daemon.api.verifyAudit({})).ok, true);
  });
});

describe('The search for a secret', () => {
  it('finds each form of it', () => {
    for (const [name, text] of formsOfCanary()) assert.ok(formsIn(Buffer.from(`x${text}y`, 'latin1')).includes(name));
    for (const before of ['', 'a', 'ab', 'abc']) {
      const encoded = Buffer.from(`${before}${canary}`).toString('base64');
      assert.ok(
        formsIn(encoded).some(name => name.startsWith('base64')),
        before,
      );
    }
    assert.deepEqual(formsIn('nothing of it'), []);
    assert.ok(readFileSync(leakingServer, 'utf8').length > 0);
  });
});

const isProblem = (error: unknown): unknown => {
  if (isProblemError(error)) return error.problem;
  throw error;
};

async function readEvents({ url, token }: CanaryDaemon, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${url}${apiPrefix}/events`, { headers: { authorization: `Bearer ${token}` }, signal });
  let text = '';
  try {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return text;
}

async function until<T>(find: () => T | false | Promise<T | false>): Promise<T> {
  for (let turn = 0; turn < 400; turn++) {
    const found = await find();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  throw new Error('It did not come.');
}
