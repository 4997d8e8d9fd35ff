// The four servers of the starter catalog, from the registry that this machine uses, installed and called for real.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogOffer, Engine } from '../../../daemon/engines/engine.ts';
import { resolveInputs } from '../../../daemon/engines/process/inputs.ts';
import { createProcessEngine } from '../../../daemon/engines/process/process.engine.ts';
import { serverToRun } from '../../contracts/engine.contract.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, launchPolicy, type Supervised } from '../../support/supervised.ts';

const soon = { timeoutSeconds: 20 };

describe('the servers of the starter catalog', function () {
  this.timeout(120_000);
  let root: string;
  let engine: Engine;
  let offers: CatalogOffer[];
  const supervised: Supervised = createSupervised();

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'quayside-real-'));
    engine = createProcessEngine({
      folder: join(root, 'engine'),
      runtime: process.execPath,
      runtimeIsElectron: false,
      hostEnvironment: { ...process.env, QUAYSIDE_CANARY: 'canary', NODE_OPTIONS: '' },
      platform: process.platform,
    });
    offers = await engine.catalog();
    for (const offer of offers) await install(offer);
  });
  after(async () => {
    await supervised.supervisor.close();
    await rm(root, { recursive: true, force: true });
  });

  const install = async ({ id, source }: CatalogOffer) => {
    assert.ok(source.type === 'npm');
    const { package: name, version, integrity } = source;
    const installed = await engine.install(
      { kind: 'package', serverId: id, package: name, version, integrity, allowScripts: false },
      { onProgress: () => {}, signal: new AbortController().signal },
    );
    assert.deepEqual(installed.source, source);
  };

  const start = async (id: string, inputs: Record<string, unknown> = {}) => {
    const offer = offers.find(one => one.id === id) ?? assert.fail(`there is no ${id}`);
    const server = serverToRun(id, offer.source, await resolveInputs(offer, inputs));
    await supervised.supervisor.start(
      id,
      () => engine.plan(server),
      launchPolicy({ startSeconds: 30, messageBytes: 10_485_760 }),
    );
    const session = supervised.supervisor.session(id);
    assert.deepEqual(
      (await session.listTools(soon)).map(({ name }) => name),
      offer.toolNames,
    );
    return session;
  };
  const text = (result: { content: Record<string, unknown>[] }) => String(result.content[0]?.['text']);

  it('everything: echoes, adds, and sees a clean environment', async () => {
    const session = await start('everything');
    assert.equal(text(await session.callTool('echo', { message: 'hi' }, soon)), 'Echo: hi');
    assert.match(text(await session.callTool('get-sum', { a: 20, b: 22 }, soon)), /42/);
    const environment = JSON.parse(text(await session.callTool('get-env', {}, soon)));
    const names = Object.keys(environment).filter(
      name =>
        !/^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TERM|TMPDIR|TZ|XDG_RUNTIME_DIR|QUAYSIDE_CHILD_OF|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|\w+_(?:PROXY|proxy))$/.test(
          name,
        ),
    );
    assert.deepEqual(names, []);
    assert.ok((await session.listResources(soon)).length > 0);
    assert.ok((await session.listPrompts(soon)).length > 0);
  });

  it('everything: reports an error of the tool as a result', async () => {
    const session = await start('everything');
    assert.equal((await session.callTool('get-sum', { a: 'not a number' }, soon)).isError, true);
  });

  it('filesystem: reads in the folders that it was given, and nowhere else', async () => {
    await writeFile(join(root, 'hello.txt'), 'hello from a file');
    const session = await start('filesystem', { directories: [root] });
    const read = (path: string) => session.callTool('read_text_file', { path }, soon);
    assert.equal(text(await read(join(root, 'hello.txt'))), 'hello from a file');
    assert.equal((await read('/etc/hostname')).isError, true);
  });

  it('memory: keeps what it learned in its own folder, beyond a restart', async () => {
    const session = await start('memory');
    const entities = [{ name: 'Ada', entityType: 'person', observations: ['writes programs'] }];
    await session.callTool('create_entities', { entities }, soon);
    await supervised.supervisor.stop('memory');
    const file = join(root, 'engine', 'work', 'memory', 'memory.jsonl');
    assert.match(await readFile(file, 'utf8'), /Ada/);
    assert.equal((await stat(join(file, '..'))).mode & 0o777, 0o700);
    const again = await start('memory');
    assert.match(text(await again.callTool('read_graph', {}, soon)), /writes programs/);
  });

  it('sequential-thinking: takes a thought', async () => {
    const session = await start('sequential-thinking');
    const thought = { thought: 'First things first', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 };
    assert.match(text(await session.callTool('sequentialthinking', thought, soon)), /"thoughtNumber": 1/);
  });

  it('everything: is reached as a remote server too', async () => {
    const offer = offers.find(({ id }) => id === 'everything') ?? assert.fail();
    const plan = await engine.plan(serverToRun('everything', offer.source));
    assert.ok(plan.kind === 'stdio');
    const port = await freePort();
    const environment = { ...plan.environment, PORT: String(port) };
    const child = spawn(plan.command, [...plan.args, 'streamableHttp'], { env: environment, stdio: 'ignore' });
    try {
      const url = `http://127.0.0.1:${port}/mcp`;
      const remote = () =>
        supervised.supervisor.start('far', async () => ({ kind: 'http', url, headers: {} }), launchPolicy());
      await until(() =>
        remote().then(
          () => true,
          () => false,
        ),
      );
      const session = supervised.supervisor.session('far');
      assert.equal((await session.listTools(soon)).length, offer.toolNames.length);
      assert.equal(text(await session.callTool('echo', { message: 'hi' }, soon)), 'Echo: hi');
    } finally {
      await supervised.supervisor.stop('far');
      child.kill('SIGKILL');
    }
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise(resolve => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : assert.fail();
}
