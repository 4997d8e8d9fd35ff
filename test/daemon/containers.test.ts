import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Command } from 'commander';
import type { CommandContext, CommandResult } from '../../daemon/cli/command-context.ts';
import { addContainerCommands } from '../../daemon/cli/commands/containers.commands.ts';
import { UsageError } from '../../daemon/cli/exit-codes.ts';
import { createOutput } from '../../daemon/cli/terminal/output.ts';
import type { OwnGateway } from '../../daemon/engines/docker/api/container-control.ts';
import { createContainerService as createControl } from '../../daemon/engines/docker/api/container-service.ts';
import { createEngineApi } from '../../daemon/engines/docker/api/engine-api.ts';
import { createOwnership } from '../../daemon/engines/docker/api/ownership.ts';
import type { ContainerControl } from '../../daemon/engines/docker-engine.ts';
import { createContainerOwnerRepository } from '../../daemon/features/containers/containers.repository.ts';
import { containerHandlers } from '../../daemon/features/containers/containers.routes.ts';
import { type ContainerService, createContainerService } from '../../daemon/features/containers/containers.service.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { routes } from '../../shared/api/routes.ts';
import { createFakeContainerWatch, type FakeContainerWatch } from '../support/fake-containers.ts';
import { until } from '../support/in-process-daemon.ts';

const idOf = (letter: string) => letter.repeat(64);
const mark = 'f'.repeat(32);

const disk = {
  images: [
    image('sha256:1', ['lab/echo:1'], { serverIds: ['echo'] }),
    image('sha256:2', ['lab/old:1'], {}),
    image('sha256:3', ['quayside.local/rollback:x'], { keptForRollback: true }),
  ],
  volumes: [{ name: 'notes', bytes: 1_500, serverIds: [], containers: 1, createdAt: null }],
  totalBytes: 7_500_000,
  reclaimableBytes: 2_500_000,
};

function image(id: string, references: string[], more: object) {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const plain = {
    bytes: 2_500_000,
    sharedBytes: null,
    createdAt,
    serverIds: [],
    containers: 0,
    keptForRollback: false,
  };
  return { id, references, ...plain, ...more };
}

describe('the containers of servers, in the API and on the command line', () => {
  let watch: FakeContainerWatch;
  let gateways: OwnGateway[];
  let service: ContainerService;
  let events: DaemonEvent[];
  let asked: { needed: Map<string, readonly string[]>; what?: unknown }[];

  beforeEach(() => {
    watch = createFakeContainerWatch();
    gateways = [{ profile: 'work', pid: process.pid, mark }];
    events = [];
    asked = [];
    const api = createEngineApi({ environment: {}, home: '/nowhere' });
    const records = createContainerOwnerRepository(openDatabase(':memory:'), { now: () => Date.now() });
    const ownership = createOwnership({
      api,
      watch,
      records,
      gateways: () => gateways,
      home: '/nowhere',
      onFailure: error => {
        throw error;
      },
    });
    const control: ContainerControl = {
      ...createControl({ api, watch, ownership }),
      async disk(needed) {
        asked.push({ needed: new Map(needed) });
        return disk;
      },
      async clean(what, needed) {
        asked.push({ needed: new Map(needed), what });
        return {
          freedBytes: 2_500_000,
          removed: ['sha256:2'],
          kept: [{ what: 'lab/echo:1', reason: 'It is needed by echo.' }],
        };
      },
    };
    service = createContainerService({
      control,
      servers: () => [
        {
          id: 'echo',
          source: { type: 'image', image: 'lab/echo:1', digest: null },
          profile: 'work',
          nameInProfile: 'echo',
        },
        { id: 'files', source: { type: 'command', command: 'files' }, profile: null, nameInProfile: null },
      ],
      volumes: () => new Map([['notes', ['echo']]]),
      publish: event => events.push(event),
    });
    watch.put({ id: idOf('a'), mark }, { cpuPercent: 12.5, memoryBytes: 20_000_000, networkReceivedBytes: 1_200 });
    watch.put({ id: idOf('b'), startedAt: '2026-01-01T00:00:00.000Z' }, {});
    watch.setLogs(idOf('a'), ['one', '\u001b[31mtwo', 'three']);
  });
  afterEach(() => service.close());

  /** The API as the command line sees it: what goes in and out fits the routes. */
  const api = () => {
    const handlers = containerHandlers(service);
    const context = {} as never;
    const call =
      (name: keyof typeof handlers) =>
      async (input: { params?: object; query?: object; body?: object } = {}) => {
        const route = routes[name] as unknown as Record<
          'params' | 'query' | 'body' | 'response',
          { parse(value: unknown): never } | undefined
        >;
        const request = {
          params: route.params?.parse(input.params),
          query: route.query?.parse(input.query ?? {}),
          body: route.body?.parse(input.body ?? {}),
        };
        const handler = handlers[name] as (request: object, context: never) => unknown;
        return route.response?.parse(await handler(request, context));
      };
    return Object.fromEntries(Object.keys(handlers).map(name => [name, call(name as keyof typeof handlers)]));
  };

  const run = async (...args: string[]): Promise<CommandResult> => {
    const output = createOutput(new PassThrough() as never, new PassThrough() as never, {}, false);
    const stdin = new PassThrough();
    const context = { output, stdin, signal: new AbortController().signal, connect: async () => api() };
    let result: CommandResult | number = 0;
    const program = new Command('quayside').exitOverride().configureOutput({ writeErr: () => {} });
    addContainerCommands(program, handler => async (...given) => {
      result = await handler(context as unknown as CommandContext, ...given);
    });
    await program.parseAsync(args, { from: 'user' });
    return result as unknown as CommandResult;
  };

  it('are listed with whose they are and what they use', async () => {
    const { text, document } = await run('containers');
    const [heading, ...rows] = text.split('\n');
    match(
      heading ?? '',
      /^CONTAINER +SERVER +STATE +STARTED BY +PROFILE +CPU +MEMORY +NETWORK IN \/ OUT +STARTED +IMAGE/,
    );
    match(
      rows.find(row => row.startsWith('aaaaaaaaaaaa')) ?? '',
      /echo +running +ours +work +12\.5 % +20\.0 MB +1\.2 kB \/ 0 B /,
    );
    match(rows.find(row => row.startsWith('bbbbbbbbbbbb')) ?? '', /echo +running +another client /);
    const page = routes.listContainers.response.parse(document);
    deepEqual(page.items.map(each => [each.owner, each.serverId, each.profile]).sort(), [
      ['other', null, null],
      ['own', 'echo', 'work'],
    ]);
  });

  it('are listed once their first measurement is there', async () => {
    watch.put({ id: idOf('c'), serverName: 'new' });
    setTimeout(() => watch.put({ id: idOf('c') }, { cpuPercent: 7 }), 100);
    match((await run('containers')).text, /^cccccccccccc +new +running .* 7\.0 %/m);
  });

  it('are filtered and sorted', async () => {
    const ids = async (query: object) => {
      const page = await service.list(routes.listContainers.query.parse(query));
      return page.items.map(({ id }) => id[0]);
    };
    deepEqual(await ids({ owner: 'own' }), ['a']);
    deepEqual(await ids({ server_id: 'echo' }), ['a']);
    deepEqual(await ids({ profile: 'home' }), []);
    deepEqual(await ids({ sort_by: 'started_at' }), ['b', 'a']);
    deepEqual(await ids({ sort_by: 'started_at', sort_order: 'desc', limit: 1 }), ['a']);
    await rejects(run('containers', '--owner', 'mine'));
  });

  it('are stopped and read only if they are ours', async () => {
    equal((await run('containers', 'logs', 'a'.repeat(12), '--tail', '2')).text, '\\u001b[31mtwo\nthree');
    equal((await run('containers', 'stop', 'a'.repeat(12))).text, `Stopped ${'a'.repeat(12)}.`);
    deepEqual(watch.calls, [`stop ${idOf('a')} SIGTERM`]);
    await rejects(run('containers', 'stop', idOf('b')), { code: 'CONTAINER_002' });
    await rejects(run('containers', 'logs', idOf('b')), { code: 'CONTAINER_002' });
    await rejects(run('containers', 'stop', 'c'.repeat(12)), { code: 'CONTAINER_001' });
    await rejects(run('containers', 'stop', '--all'));
    equal(watch.calls.length, 1);
  });

  it('are swept only when their gateway is gone, and a dry run removes nothing', async () => {
    match((await run('containers', 'sweep')).text, /^No gateway of ours has left a container behind\.\nLeft alone: /);
    // A process of that id and age is gone for sure.
    const ended = (await import('node:child_process')).spawnSync(process.execPath, ['-e', '']).pid;
    gateways = [{ profile: 'work', pid: ended, mark }];
    watch.put({ id: idOf('d'), serverName: 'left', mark });
    gateways = [{ profile: 'work', pid: ended, mark }];
    await service.list(routes.listContainers.query.parse({}));
    gateways = [];
    const dry = await run('containers', 'sweep', '--dry-run');
    match(dry.text, /Would be removed: dddddddddddd left/);
    equal(watch.calls.length, 0);
    const { text } = await run('containers', 'sweep');
    match(text, /Removed: dddddddddddd left/);
    match(text, /Left alone: bbbbbbbbbbbb echo\. It was not started by a gateway of Quayside/);
    deepEqual(
      watch.calls.filter(call => call.includes(idOf('b'))),
      [],
    );
  });

  it('are told of once for many changes', async () => {
    for (let count = 0; count < 50; count++) watch.put({ id: idOf('e'), pid: count + 1 });
    await until(() => events.length > 0, 'an event');
    deepEqual(events, [{ type: 'containers.changed' }]);
  });

  it('are a problem, and not an empty list, while the engine is away', async () => {
    watch.lose();
    await rejects(run('containers'), { code: 'DOCKER_003' });
    watch.comeBack();
    equal(routes.listContainers.response.parse((await run('containers')).document).total, 2);
    const none = createContainerService({ control: undefined, servers: () => [], publish: () => {} });
    await rejects(none.list(routes.listContainers.query.parse({})), { code: 'ENGINE_001' });
    none.close();
  });

  it('leave images and volumes behind, which are shown and cleaned', async () => {
    const { text } = await run('disk');
    match(text, /lab\/echo:1 +2\.5 MB +echo\n/);
    match(text, /lab\/old:1 +2\.5 MB +nothing\n/);
    match(text, /kept to go back to/);
    match(text, /notes +1\.5 kB +1 container/);
    match(text, /7\.5 MB in all, 2\.5 MB can be had back/);
    deepEqual(
      asked[0]?.needed,
      new Map([
        ['lab/echo:1', ['echo']],
        ['volume://notes', ['echo']],
      ]),
    );
    const cleaned = await run('disk', 'clean', '--unused', '--volume', 'notes', '--yes');
    deepEqual(asked.at(-1)?.what, { images: ['sha256:2'], volumes: ['notes'] });
    equal(cleaned.text, 'Removed: sha256:2\nKept: lab/echo:1. It is needed by echo.\n2.5 MB were freed.');
    const before = asked.length;
    await rejects(run('disk', 'clean', 'lab/old:1'), UsageError);
    await rejects(run('disk', 'clean'), UsageError);
    equal(asked.length, before);
  });
});

describe('the record of what is ours', () => {
  it('outlives the daemon, and forgets what was not seen for months', () => {
    const database = openDatabase(':memory:');
    let now = Date.parse('2026-01-01T00:00:00Z');
    const open = () => createContainerOwnerRepository(database, { now: () => now });
    const row = { containerId: idOf('a'), profile: 'work', server: 'echo', gatewayPid: 7, gatewayStarted: '123' };
    open().save(row);
    open().save({ ...row, gatewayPid: 8 });
    deepEqual(open().all(), [{ ...row, gatewayPid: 8 }]);
    open().save({ ...row, containerId: idOf('b') });
    open().remove(idOf('b'));
    equal(open().all().length, 1);
    now += 91 * 24 * 3_600_000;
    ok(open().all().length === 0);
    database.close();
  });
});
