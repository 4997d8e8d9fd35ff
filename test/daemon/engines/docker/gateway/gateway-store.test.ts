import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSimulatedDocker } from '../../../../support/simulated-docker/simulated-docker.ts';
import { rememberStored } from '../../../../support/stored-secrets.ts';
import {
  type BenchOptions,
  call,
  createGatewayBench,
  type GatewayBench,
  planOf,
  policy,
  probe,
  textOf,
  withSecret,
} from './gateway-bench.ts';

const canary = 'canary-5b1d77e0aa';
const name = 'safe.api_key';
const variable = 'PROBE_API_KEY';
const nobody = () => new Set<string>();

describe('Docker’s own store, where nothing can be handed to docker mcp', () => {
  let bench: GatewayBench;
  afterEach(() => bench?.[Symbol.asyncDispose]());

  /** Docker Desktop on Windows, as far as it matters here. */
  const openBench = async (more: BenchOptions & { pass?: 'missing' | 'desktop' } = {}) => {
    const docker = await createSimulatedDocker({ dialect: 'profile', pass: more.pass ?? 'desktop' });
    const supervisor = { platform: 'win32' as const, ...more.supervisor };
    bench = await createGatewayBench({ ...more, docker, status: { platform: 'desktop' }, supervisor });
  };
  const start = (value: string) =>
    bench.supervisor.start('safe', async () => withSecret(probe('safe'), { [variable]: value }), policy());
  const stored = async (): Promise<Record<string, string>> =>
    JSON.parse(await readFile(join(bench.docker.home, '.docker', 'mcp', 'pass.json'), 'utf8').catch(() => '{}'));
  const asked = async (word: string) =>
    (await bench.docker.commands()).filter(words => words[1] === 'secret' && words[2] === word);
  const inContainer = async () =>
    textOf(await bench.supervisor.session('safe').callTool('probe_env', { name: variable }, call));

  it('gets a value over standard input, and the container gets it from there', async () => {
    const storedSecrets = rememberStored();
    await openBench({ storedSecrets });
    await start(canary);
    assert.deepEqual(await stored(), { [name]: canary });
    assert.match(await inContainer(), new RegExp(canary));
    assert.deepEqual(await asked('set'), [['mcp', 'secret', 'set', name]]);
    const { pid } = bench.gateways.gateways.status('dev');
    const shown = await Promise.all(['cmdline', 'environ'].map(each => readFile(`/proc/${pid}/${each}`, 'latin1')));
    const said = [
      ...(await bench.docker.commands()).flat(),
      ...shown,
      ...bench.gatewayLines,
      ...bench.lines.map(({ line }) => line),
      JSON.stringify(storedSecrets.all()),
    ].join('\n');
    assert.ok(!said.includes(canary), said);
    assert.deepEqual(storedSecrets.all(), [{ name, serverId: 'safe', variable }]);
    assert.match(
      bench.gateways.gateways.status('dev').modeReason ?? '',
      /handed to Docker’s own store \(safe\.api_key\).* stay there until/,
    );
  });

  it('gets a value again when it has changed, and only then', async () => {
    await openBench();
    for (const value of [canary, canary, `${canary}-new`]) {
      await start(value);
      assert.match(await inContainer(), new RegExp(`${value}\\b(?!-)`));
      await bench.supervisor.stop('safe');
    }
    assert.equal((await asked('set')).length, 2);
    assert.deepEqual(await stored(), { [name]: `${canary}-new` });
  });

  it('keeps what people have put there, and loses what we have, once nobody refers to it', async () => {
    await openBench();
    await bench.docker.run(['mcp', 'secret', 'set', 'my.own'], { stdin: 'mine' });
    await start(canary);
    await bench.store.keep(id => new Set(id === 'safe' ? [variable] : []));
    assert.deepEqual(await stored(), { 'my.own': 'mine', [name]: canary });
    await bench.store.keep(nobody);
    assert.deepEqual(await stored(), { 'my.own': 'mine' });
    assert.deepEqual(await asked('rm'), [['mcp', 'secret', 'rm', name]]);
    await bench.supervisor.stop('safe');
    await start(canary);
    assert.match(await inContainer(), new RegExp(canary));
  });

  const isLeftOut = async (code: string, message: RegExp) => {
    const poor = start(canary);
    const rest = bench.supervisor.start('rest', planOf(probe('rest')), policy());
    await assert.rejects(poor, (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
    await rest;
    const { servers } = bench.gateways.gateways.status('dev');
    assert.equal(servers.find(each => each.serverId === 'safe')?.state, 'left-out');
    const told = JSON.stringify([bench.supervisor.health('safe').problem, servers, bench.gatewayLines]);
    assert.ok(!told.includes(canary), told);
    assert.doesNotMatch(bench.gateways.gateways.status('dev').modeReason ?? '', /handed to/);
  };

  it('that is not installed is told with the name of the secret, and the other servers run', async () => {
    const storedSecrets = rememberStored();
    await openBench({ pass: 'missing', storedSecrets });
    await isLeftOut('DOCKER_007', /safe\.api_key \(variable PROBE_API_KEY\).*not installed/);
    assert.deepEqual(storedSecrets.all(), []);
  });

  it('that is known not to be there is not tried', async () => {
    await openBench({ capabilities: [{ id: 'secrets', available: false, reason: 'There is none here.' }] });
    await isLeftOut('DOCKER_007', /safe\.api_key \(variable PROBE_API_KEY\).*There is none here/);
    assert.deepEqual(await asked('set'), []);
  });

  it('that refuses a value, and says it aloud, is quoted without it', async () => {
    await openBench();
    await bench.docker.setFailure({
      commands: [{ match: ['mcp', 'secret', 'set'], stderr: `no room for ${canary}`, exitCode: 1 }],
    });
    await isLeftOut('SERVER_011', /safe\.api_key \(variable PROBE_API_KEY\)/);
  });

  it('is not used where a pipe can be handed over', async () => {
    await openBench({ supervisor: { platform: 'linux' } });
    await start(canary);
    assert.match(await inContainer(), new RegExp(canary));
    assert.deepEqual([await asked('set'), await stored()], [[], {}]);
  });

  it('is where a gateway finds it that runs from Docker’s profile', async () => {
    await openBench();
    const { server } = withSecret(probe('safe'), {});
    const catalog = await bench.docker.writeCatalog('lab', { safe: server.definition });
    for (const words of [
      ['mcp', 'catalog', 'create', 'lab/x:v1', '--from-legacy-catalog', catalog],
      ['mcp', 'profile', 'create', '--name', 'dev', '--server', 'catalog://lab/x:v1/safe'],
    ]) {
      const { exitCode, stderr } = await bench.docker.run(words);
      assert.equal(exitCode, 0, stderr);
    }
    await bench.gateways.gateways.profileChanged('dev', [server]);
    await start(canary);
    assert.equal(bench.gateways.gateways.status('dev').mode, 'profile');
    assert.match(await inContainer(), new RegExp(canary));
  });

  it('refuses two values of one name that are to run at once', async () => {
    await openBench();
    const shared = (id: string, value: string) => {
      const plan = withSecret(probe(id), { [variable]: value });
      const definition = { ...plan.server.definition, secrets: [{ name: 'shared.key', env: variable }] };
      const secretSlots = plan.secretSlots.map(slot => ({ ...slot, name: 'shared.key' }));
      return { ...plan, server: { ...plan.server, definition }, secretSlots };
    };
    const starts = ['a', 'b'].map(id => bench.supervisor.start(id, async () => shared(id, `value-of-${id}`), policy()));
    const [first, second] = await Promise.allSettled(starts);
    assert.deepEqual([first?.status, second?.status], ['fulfilled', 'rejected']);
    assert.equal(bench.supervisor.health('b').problem?.code, 'SERVER_011');
    assert.match(bench.supervisor.health('b').problem?.detail ?? '', /shared\.key/);
    assert.deepEqual(await stored(), { 'shared.key': 'value-of-a' });
  });
});
