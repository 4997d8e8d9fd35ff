// A daemon with Docker by hand and one profile in it, and the ways to install something there.
import { hasEnded, type NewOperation, type Operation } from '../../shared/api/operations.ts';
import { createFakeDockerEngine, type FakeDockerEngine } from './fake-docker-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from './in-process-daemon.ts';

type Install = Extract<NewOperation, { kind: 'install' }>;

export interface DockerInstalls {
  readonly daemon: InProcessDaemon;
  readonly docker: FakeDockerEngine;
  /** Asks for the install of an entry by the name that it has in the catalog. */
  begin(name: string, more?: Partial<Install>): Promise<Operation>;
  ended(id: string): Promise<Operation>;
  /** Resolves at its end, however it ends. */
  run(operation: NewOperation): Promise<Operation>;
  install(name: string, more?: Partial<Install>): Promise<Operation>;
}

export async function startDockerInstalls(): Promise<DockerInstalls> {
  const docker = createFakeDockerEngine();
  const daemon = await startInProcessDaemon({ docker });
  void daemon.daemon.restore();
  await docker.profiles.create({ name: 'Dev Tools' });
  docker.profiles.tellForeignChange();
  await until(async () => (await daemon.api.listProfiles()).total === 1, 'the profile');

  const entryOf = (name: string): Promise<string> =>
    until(async () => {
      const { items } = await daemon.api.listCatalog({ query: { limit: 100 } });
      return items.find(entry => entry.nameInCatalog === name && entry.engine === 'docker')?.id;
    }, `the entry of ${name}`);
  const ended = (id: string): Promise<Operation> =>
    until(async () => {
      const operation = await daemon.api.getOperation({ params: { id } });
      return hasEnded(operation) && operation;
    }, 'the end of the operation');
  const begin: DockerInstalls['begin'] = async (name, more = {}) => {
    const from = { catalogEntry: await entryOf(name) };
    return await daemon.api.createOperation({
      body: { kind: 'install', from, allowScripts: false, start: false, ...more },
    });
  };
  return {
    daemon,
    docker,
    begin,
    ended,
    run: async body => await ended((await daemon.api.createOperation({ body })).id),
    install: async (name, more) => await ended((await begin(name, more)).id),
  };
}
