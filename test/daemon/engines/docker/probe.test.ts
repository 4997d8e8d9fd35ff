import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { ProbeCli } from '../../../../daemon/engines/docker/cli/docker-cli.ts';
import { createDockerProbe } from '../../../../daemon/engines/docker/probe.ts';
import { type DockerCapability, DockerStatus } from '../../../../shared/api/docker.ts';
import { toProblem } from '../../../../shared/api/problem.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';
import { createReplayedProbe, engineUp, type ProbeSetting } from './replayed-probe.ts';

/** After profiles and servers were made, before anything was broken. */
const whenAllWasWell = 402;

const look = async (setting: Partial<ProbeSetting>): Promise<DockerStatus> => {
  await using replayed = await createReplayedProbe({ dialect: 'current', cursor: whenAllWasWell, ...setting });
  const status = await replayed.probe.status();
  return DockerStatus.parse(status);
};

const reasonFor = ({ capabilities }: DockerStatus, id: DockerCapability): string | null =>
  capabilities.find(each => each.id === id)?.reason ?? null;

const unavailable = ({ capabilities }: DockerStatus): string[] =>
  capabilities.filter(({ available }) => !available).map(({ id }) => id);

describe('The probe of Docker', () => {
  it('knows the profile dialect on a plain engine', async () => {
    const status = await look({});
    assert.equal(status.available, true);
    assert.deepEqual(status.plugin.dialect, 'profile');
    assert.equal(status.plugin.version, 'HEAD');
    // HEAD is no number: it is judged by its flags.
    assert.equal(status.plugin.safe, true);
    assert.ok(status.plugin.flags.includes('allow-unauthenticated'));
    assert.equal(status.engine.platform, 'engine');
    assert.equal(status.engine.hostFrom, 'default');
    assert.equal(status.docker.version, '28.2.2');
    assert.equal(status.ownTools, true);
    assert.deepEqual(unavailable(status), ['oauth']);
    assert.match(String(reasonFor(status, 'oauth')), /Docker Desktop/);
    assert.deepEqual(status.warnings, []);
  });

  it('knows the older dialect, and that its HTTP gateway must not be used', async () => {
    const status = await look({ dialect: 'legacy', cursor: 36 });
    assert.equal(status.available, true);
    assert.equal(status.plugin.dialect, 'legacy');
    assert.equal(status.plugin.safe, false);
    assert.equal(
      reasonFor(status, 'profiles'),
      'This docker mcp (v0.41.0) has one fixed selection and no profiles. Update it to v0.43.1 or newer, or switch the feature on: docker mcp feature enable profiles',
    );
    assert.match(String(reasonFor(status, 'gateway-http')), /whole network/);
    assert.deepEqual(
      status.warnings.map(({ code }) => code),
      ['DOCKER_016'],
    );
  });

  it('knows profiles in an older version where the feature is on', async () => {
    const status = await look({ dialect: 'legacy', cursor: 72 });
    assert.equal(status.plugin.version, 'v0.41.0');
    assert.equal(status.plugin.dialect, 'profile');
    assert.equal(reasonFor(status, 'profiles'), null);
    assert.equal(status.plugin.safe, false);
  });

  it('says that the plugin is missing, and still what the engine is', async () => {
    const status = await look({ cursor: 5 });
    assert.equal(status.available, false);
    assert.equal(status.problem?.code, 'DOCKER_001');
    assert.equal(status.plugin.installed, false);
    assert.equal(status.engine.reachable, true);
    assert.match(String(reasonFor(status, 'gateway')), /docker-mcp/);
    assert.equal(reasonFor(status, 'containers'), null);
  });

  it('says that the engine is down', async () => {
    const problem = toProblem('DOCKER_003', { detail: 'Nothing answers.', next: 'Start Docker.' });
    const status = await look({ cursor: 406, ping: { ok: false, problem } });
    assert.equal(status.available, false);
    assert.equal(status.problem?.code, 'DOCKER_003');
    assert.equal(status.plugin.installed, true);
    assert.equal(status.engine.reachable, false);
    assert.equal(reasonFor(status, 'profiles'), 'Nothing answers. Start Docker.');
  });

  it('says that the user may not use the engine', async () => {
    const problem = toProblem('DOCKER_004', { detail: 'Your user may not use the engine.' });
    const status = await look({ cursor: 406, ping: { ok: false, problem } });
    assert.equal(status.problem?.code, 'DOCKER_004');
    assert.equal(reasonFor(status, 'images'), 'Your user may not use the engine.');
  });

  it('says that the context leads nowhere', async () => {
    const problem = toProblem('DOCKER_005', { detail: 'The Docker context "nope" does not exist.' });
    const status = await look({ cursor: 406, ping: { ok: false, problem }, environment: { DOCKER_CONTEXT: 'nope' } });
    assert.equal(status.problem?.code, 'DOCKER_005');
    assert.equal(status.engine.context, 'nope');
    assert.equal(status.engine.hostFrom, 'environment');
    assert.equal(status.engine.host, null);
  });

  for (const [what, cursor, words] of [
    ['its backend does not run', 429, /Desktop/],
    ['its MCP Toolkit is switched off', 431, /Toolkit|Settings/],
  ] as const) {
    it(`says of Docker Desktop that ${what}`, async () => {
      assert.ok(engineUp.ok);
      const status = await look({
        cursor,
        ping: { ok: true, engine: { ...engineUp.engine, isDesktop: true } },
        touchEnvironment: home => ({ DOCKER_HOST: `unix://${home}/engine.sock` }),
      });
      assert.equal(status.available, false);
      assert.equal(status.problem?.code, 'DOCKER_006');
      assert.equal(status.engine.platform, 'desktop');
      assert.match(`${status.problem?.detail} ${status.problem?.next}`, words);
    });
  }

  it('says of Docker Desktop outside of a container how to do without it', async () => {
    const status = await look({
      cursor: 429,
      system: { '.dockerenv': '' },
      touchEnvironment: home => ({ DOCKER_HOST: `unix://${home}/engine.sock` }),
    });
    assert.match(String(status.problem?.next), /DOCKER_MCP_IN_CONTAINER=1/);
  });

  it('knows that it is in a container, and Docker’s own secret store', async () => {
    const status = await look({ system: { '.dockerenv': '' }, plugins: ['pass'] });
    assert.equal(status.insideContainer, true);
    assert.equal(status.passInstalled, true);
    assert.equal((await look({ system: { 'proc/1/cgroup': '0::/docker/abc' } })).insideContainer, true);
    assert.equal((await look({ system: { 'proc/1/cgroup': '0::/init.scope' } })).insideContainer, false);
  });

  it('sees that the gateway’s own tools are off', async () => {
    const files = { '.docker/config.json': '{"features":{"dynamic-tools":"disabled"}}' };
    assert.equal((await look({ files })).ownTools, false);
    // What is no JSON is docker's default.
    assert.equal((await look({ files: { '.docker/config.json': '{' } })).ownTools, true);
  });

  it('warns of an engine that servers would not be started on', async () => {
    const environment = { DOCKER_HOST: 'tcp://user:hunter22@build.example:2375' };
    const status = await look({ environment });
    assert.deepEqual(
      status.warnings.map(({ code }) => code),
      ['DOCKER_005'],
    );
    assert.match(String(status.warnings[0]?.detail), /tcp:\/\/build\.example:2375.*servers would start on unix:/);
    assert.ok(!JSON.stringify(status).includes('hunter22'));
    // The chosen context is handed on by its file.
    const meta = JSON.stringify({ Name: 'mine', Endpoints: { docker: { Host: 'unix:///run/mine.sock' } } });
    const folder = createHash('sha256').update('mine').digest('hex');
    const files = {
      '.docker/config.json': '{"currentContext":"mine"}',
      [`.docker/contexts/meta/${folder}/meta.json`]: meta,
    };
    const chosen = await look({ files });
    assert.deepEqual(chosen.warnings, []);
    assert.deepEqual(
      [chosen.engine.context, chosen.engine.host, chosen.engine.hostFrom],
      ['mine', 'unix:///run/mine.sock', 'context'],
    );
    assert.deepEqual((await look({ files, environment: { DOCKER_HOST: 'unix:///run/mine.sock' } })).warnings, []);
  });

  it('cannot hand secrets over by a pipe on Windows', async () => {
    const { capabilities } = await import('../../../../daemon/engines/docker/probe-capabilities.ts').then(
      ({ findCapabilities }) => ({
        capabilities: findCapabilities({
          plugin: {
            installed: true,
            version: 'v0.43.3',
            dialect: 'profile',
            flags: new Set(['host', 'catalog', 'servers', 'secrets', 'config', 'watch']),
          },
          safe: true,
          blocked: null,
          engineBlocked: null,
          desktop: true,
          passInstalled: true,
          platform: 'win32',
        }),
      }),
    );
    const missing = capabilities.filter(({ available }) => !available).map(({ id }) => id);
    assert.deepEqual(missing, ['gateway-files', 'gateway-hot-reload']);
  });
});

describe('The probe without docker', () => {
  const refuse = async (): Promise<never> => assert.fail('nothing is asked');
  const never: ProbeCli = {
    version: refuse,
    dialect: refuse,
    gatewayFlags: refuse,
    pluginMetadata: refuse,
    plugins: refuse,
    engine: refuse,
  };

  it('starts nothing, and says what to install', async () => {
    await using folder = await createTemporaryFolder('probe');
    for (const environment of [
      { PATH: folder.path },
      { PATH: '.:relative' },
      {},
      { PATH: folder.path, QUAYSIDE_DOCKER: '/nowhere/docker' },
    ]) {
      const probe = createDockerProbe({ environment, home: folder.path, cli: never, ping: refuse, touch: refuse });
      const status = await probe.status();
      assert.equal(status.problem?.code, 'DOCKER_001');
      assert.ok(status.problem?.next);
      assert.equal(status.docker.path, null);
      assert.ok(status.capabilities.every(({ available, reason }) => !available && reason));
    }
  });
});

describe('The probe and time', () => {
  const hang = () => new Promise<never>(() => {});
  const hanging: ProbeCli = {
    version: hang,
    dialect: hang,
    gatewayFlags: hang,
    pluginMetadata: hang,
    plugins: hang,
    engine: hang,
  };

  it('answers also when nothing else does', async () => {
    await using folder = await createTemporaryFolder('probe');
    const probe = createDockerProbe({
      environment: { QUAYSIDE_DOCKER: process.execPath },
      home: folder.path,
      cli: hanging,
      ping: hang,
      touch: hang,
      limit: 30,
    });
    const status = await probe.status();
    assert.equal(status.available, false);
    assert.equal(status.problem?.code, 'DOCKER_015');
  });

  it('keeps its answer, looks again when asked, and tells only what has changed', async () => {
    await using folder = await createTemporaryFolder('probe');
    let up = true;
    let pings = 0;
    const failing = async (): Promise<never> => {
      throw new Error('no');
    };
    const probe = createDockerProbe({
      environment: { QUAYSIDE_DOCKER: process.execPath },
      home: folder.path,
      cli: {
        version: failing,
        dialect: failing,
        gatewayFlags: failing,
        pluginMetadata: failing,
        plugins: failing,
        engine: failing,
      },
      async ping() {
        pings += 1;
        return up ? engineUp : { ok: false, problem: toProblem('DOCKER_003', { detail: 'Gone.' }) };
      },
      touch: failing,
    });
    const told: boolean[] = [];
    const stop = probe.onStatusChange(({ engine }) => void told.push(engine.reachable));
    await Promise.all([probe.status(), probe.status()]);
    await probe.status();
    assert.equal(pings, 1);
    await probe.look();
    assert.deepEqual(told, []);
    up = false;
    // Two that ask while one is under way share the one after it.
    await Promise.all([probe.look(), probe.look(), probe.look()]);
    assert.equal(pings, 4);
    assert.deepEqual(told, [false]);
    stop();
    up = true;
    assert.equal((await probe.look()).engine.reachable, true);
    assert.deepEqual(told, [false]);
  });
});
