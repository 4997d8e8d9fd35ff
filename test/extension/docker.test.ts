// Docker in the extension host: the tree and the commands on a simulated docker of both generations, with a real engine.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands as ids, views } from '../../extension/platform/contributions.ts';
import { activateExtension, type Parts, until } from './host.ts';

type Row = Parameters<Parts['profilesTree']['getTreeItem']>[0];

/** The runner has made them, and says where they are. */
const environmentOf = (name: 'PROFILE' | 'LEGACY'): Record<string, string> =>
  JSON.parse(process.env[`QUAYSIDE_TEST_DOCKER_${name}`] ?? '{}');

describe('Docker in the extension', () => {
  let parts: Parts;
  const kept = { PATH: process.env['PATH'], HOME: process.env['HOME'] };

  const rows = async (parent?: Row): Promise<Row[]> => (await parts.profilesTree.getChildren(parent)) ?? [];
  const itemOf = (row: Row) => parts.profilesTree.getTreeItem(row) as vscode.TreeItem;
  const words = async (parent?: Row) =>
    (await rows(parent)).map(row => `${itemOf(row).label}: ${itemOf(row).description ?? ''}`);
  const find = async (parent: Row | undefined, fits: (row: Row) => boolean): Promise<Row> => {
    const row = (await rows(parent)).find(fits);
    assert.ok(row, `no such row among ${await words(parent)}`);
    return row;
  };
  const profileRow = () => find(undefined, row => row.kind === 'profile' && row.profile.id === 'dev_tools');
  const serverRow = async () => find(await profileRow(), row => row.kind === 'server');

  /** A daemon takes its docker from the environment that it is started in. */
  const startWith = async (environment: Record<string, string | undefined>) => {
    // The command asks first, in a question that a window under test does not show.
    await parts.link.stop();
    await until('the daemon is stopped', () => parts.link.state.kind === 'stopped');
    for (const [name, value] of Object.entries(environment)) if (value !== undefined) process.env[name] = value;
    await vscode.commands.executeCommand(ids.startDaemon);
    await until('the daemon is connected', () => parts.link.state.kind === 'connected');
    await parts.docker.ready();
  };

  before(async () => {
    parts = await activateExtension();
    await startWith(environmentOf('PROFILE'));
    await vscode.commands.executeCommand(`${views.docker}.focus`);
    await until('Docker was found', () => parts.docker.status?.available);
  });
  after(() => startWith(kept));

  it('shows no row before there is a profile: the view’s own words say what to do', async () => {
    assert.deepEqual(await rows(), []);
    assert.equal(parts.docker.can('profiles'), true);
  });

  it('shows a profile that was made, renamed and removed elsewhere', async () => {
    const { id } = await parts.link.api.createProfile({ body: { name: 'Short lived' } });
    await until('it is there', async () => (await words()).includes('Short lived: 0 servers'));
    await parts.link.api.renameProfile({ params: { id }, body: { name: 'Long lived' } });
    await until('it has its new name', async () => (await words()).includes('Long lived: 0 servers'));
    await parts.link.api.deleteProfile({ params: { id } });
    await until('it is gone', async () => (await rows()).length === 0);
  });

  it('installs from a Docker catalog, and shows profile, gateway, server and tools', async function () {
    this.timeout(90_000);
    await parts.link.api.createProfile({ body: { name: 'Dev Tools' } });
    let entry: string | undefined;
    await until('the catalog was read', async () => {
      const { items } = await parts.link.api.listCatalog({ query: { engine: 'docker' } });
      entry = items[0]?.id;
      return entry;
    });
    const { id } = await parts.link.api.createOperation({
      body: { kind: 'install', from: { catalogEntry: entry ?? '' }, profile: 'dev_tools', start: true },
    });
    await until(
      'it is installed',
      async () => (await parts.link.api.getOperation({ params: { id } })).state !== 'running',
      60_000,
    );
    const ended = await parts.link.api.getOperation({ params: { id } });
    assert.equal(ended.state, 'succeeded', JSON.stringify(ended.problem));
    await until('it runs', async () =>
      (await words(await profileRow())).some(text => /^Echo: Running, \d+ tools$/.test(text)),
    );
    await until('the gateway has an address', async () =>
      (await words(await profileRow())).some(text => /^Gateway: Running · http:\/\/127\.0\.0\.1:\d+/.test(text)),
    );
    const below = await rows(await serverRow());
    assert.deepEqual([...new Set(below.map(({ kind }) => kind))], ['tool', 'group']);
    const all = [await profileRow(), ...(await rows(await profileRow())), ...below].map(row => itemOf(row).id);
    assert.equal(new Set(all).size, all.length, `ids are unique: ${all}`);
  });

  it('reads the prompts, the resources and the container of a server when they are opened', async () => {
    const server = await serverRow();
    const group = (name: string) => find(server, row => row.kind === 'group' && row.group === name);
    assert.deepEqual(await words(await group('prompts')), ['greet: ']);
    assert.deepEqual(
      (await rows(await group('resources'))).map(({ kind }) => kind),
      ['resource'],
    );
    // Its container comes up with a call.
    await parts.link.api.callTool({ params: { id: 'echo', tool: 'echo' }, body: { arguments: { message: 'hi' } } });
    await until('the container is known', async () =>
      (await rows(await group('containers'))).some(row => row.kind === 'container' && row.container.owner === 'own'),
    );
  });

  it('switches a tool of it off and on by its commands', async () => {
    const isEnabled = async () => (await parts.mirror.tools('echo')).find(({ name }) => name === 'echo')?.enabled;
    await vscode.commands.executeCommand(ids.disableTool, { serverId: 'echo', name: 'echo' });
    await until('it is off', async () => (await isEnabled()) === false);
    await vscode.commands.executeCommand(ids.enableTool, { serverId: 'echo', name: 'echo' });
    await until('it is on', async () => (await isEnabled()) === true);
  });

  it('stops and starts the gateway, and copies its address', async () => {
    const state = () => parts.docker.gateway('dev_tools')?.state;
    await vscode.commands.executeCommand(ids.copyGatewayAddress, 'dev_tools');
    assert.match(await vscode.env.clipboard.readText(), /^http:\/\/127\.0\.0\.1:\d+/);
    await vscode.commands.executeCommand(ids.stopGateway, await profileRow());
    await until('it is stopped', () => state() === 'stopped');
    assert.match(itemOf(await profileRow()).contextValue ?? '', /;profile;free;stopped;canStart;/);
    await vscode.commands.executeCommand(ids.startGateway, await profileRow());
    await until('it runs', () => state() === 'running');
    await vscode.commands.executeCommand(ids.stopGateway, await profileRow());
    await until('it is stopped again', () => state() === 'stopped');
  });

  it('hides what an older docker mcp cannot do, and says why before it asks for anything', async () => {
    await startWith(environmentOf('LEGACY'));
    await until('its one profile is there', async () => (await words()).some(text => /^Default: 0 servers/.test(text)));
    const fixed = await find(undefined, row => row.kind === 'profile');
    assert.match(itemOf(fixed).contextValue ?? '', /;profile;fixed;/);
    assert.equal(parts.docker.can('profiles'), false);
    await assert.rejects(parts.docker.need('profiles'), /profile/i);
  });
});
