// From a catalog to a called tool and back, on a real engine with containers, through the API; the plugin alone is simulated.

import assert from 'node:assert/strict';
import { createDockerEngine } from '../../daemon/engines/docker/docker.engine.ts';
import { hasEnded } from '../../shared/api/operations.ts';
import { mcpImage } from '../support/docker-engine/images.ts';
import { sharedEngineWithServer } from '../support/docker-engine/shared.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../support/in-process-daemon.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { rememberStored } from '../support/stored-secrets.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';

const config = [{ name: 'lab', description: 'Where', type: 'object', properties: { region: { type: 'string' } } }];
const registry = { lab: { title: 'Lab', description: 'A server', type: 'server', image: mcpImage, config } };

for (const dialect of ['profile', 'legacy'] as const) {
  describe(`the journey of a Docker server, with docker mcp of the ${dialect} dialect`, function () {
    this.timeout(120_000);
    let docker: SimulatedDocker;
    let daemon: InProcessDaemon;
    const folders: { remove(): Promise<void> }[] = [];
    before(async () => {
      const real = await sharedEngineWithServer();
      const options = dialect === 'legacy' ? { dockerCatalog: registry } : {};
      docker = await createSimulatedDocker({ dialect, engine: { host: real.host }, ...options });
      if (dialect === 'profile') {
        await docker.writeCatalog('lab', registry);
        const words = [
          'mcp',
          'catalog',
          'create',
          'lab/local:v1',
          '--title',
          'Lab',
          '--from-legacy-catalog',
          'lab.yaml',
        ];
        assert.equal((await docker.run(words)).exitCode, 0);
      }
      const state = await createTemporaryFolder('state');
      folders.push(state);
      const engine = createDockerEngine({
        environment: docker.environment,
        home: docker.home,
        stateFolder: state.path,
        version: '0.0.0',
        memory: { ownership: { all: () => [], save: () => {}, remove: () => {} }, storedSecrets: rememberStored() },
        onFailure: error => assert.fail(String(error)),
      });
      daemon = await startInProcessDaemon({ docker: engine });
      void daemon.daemon.restore();
    });
    after(async () => {
      await daemon?.[Symbol.asyncDispose]();
      await docker?.close();
      for (const folder of folders) await folder.remove();
    });

    const read = (id: string) => daemon.api.getServer({ params: { id } });
    const tools = async (id: string) =>
      (await daemon.api.listServerTools({ params: { id } })).items.map(({ name, enabled }) => `${name} ${enabled}`);

    it('is installed into a profile that is made for it, runs, is called, changed and removed', async () => {
      const entry = await until(
        async () =>
          (await daemon.api.listCatalog({ query: { limit: 100 } })).items.find(each => each.nameInCatalog === 'lab')
            ?.id,
        'the entry',
        60_000,
      );
      const { id } = await daemon.api.createOperation({
        body: { kind: 'install', from: { catalogEntry: entry }, inputs: { region: '12' }, start: true },
      });
      const done = await until(
        async () => {
          const operation = await daemon.api.getOperation({ params: { id } });
          return hasEnded(operation) && operation;
        },
        'the end of the install',
        90_000,
      );
      assert.equal(done.state, 'succeeded', JSON.stringify(done.problem));
      assert.deepEqual(
        done.steps.map(({ id: step, state }) => `${step} ${state}`),
        ['check done', 'image skipped', 'profile done', 'settings done', 'start done'],
      );
      const server = await read('lab');
      assert.deepEqual([server.state, server.profile, server.toolCount], ['running', 'default', 5]);
      assert.ok(server.source.type === 'image' && server.source.digest?.startsWith('sha256:'));
      assert.deepEqual(server.configuration.settings, { region: '12' });
      const called = await daemon.api.callTool({
        params: { id: 'lab', tool: 'echo' },
        body: { arguments: { message: 'hello from a container' } },
      });
      assert.match(JSON.stringify(called.content), /hello from a container/);

      await daemon.api.updateTool({ params: { id: 'lab', tool: 'add' }, body: { enabled: false } });
      assert.deepEqual((await read('lab')).configuration.disabledTools, ['add']);
      await until(async () => (await tools('lab')).includes('add false'));
      await daemon.api.updateTool({ params: { id: 'lab', tool: 'add' }, body: { enabled: true } });
      assert.deepEqual((await read('lab')).configuration.disabledTools, []);

      await daemon.api.deleteServer({ params: { id: 'lab' } });
      assert.equal((await daemon.api.listServers()).total, 0);
      await until(async () => (await daemon.api.getProfile({ params: { id: 'default' } })).serverIds.length === 0);
    });

    it('appears when another client adds it', async () => {
      const words =
        dialect === 'profile'
          ? ['mcp', 'profile', 'server', 'add', 'default', '--server', 'catalog://lab/local:v1/lab']
          : ['mcp', 'server', 'enable', 'lab'];
      assert.equal((await docker.run(words)).exitCode, 0);
      await until(async () => (await daemon.api.listServers()).total === 1, 'the server', 60_000);
      assert.equal((await read('lab')).state, 'stopped');
    });
  });
}
