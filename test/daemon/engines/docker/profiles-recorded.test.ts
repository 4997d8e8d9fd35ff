// The control of profiles on what docker mcp really said, in both dialects.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createProfileControl } from '../../../../daemon/engines/docker/profile-control.ts';
import { rejectsWith } from '../../../contracts/engine.contract.ts';
import { createReplayedCli, type ReplayedCli } from '../../../support/replay/replayed-cli.ts';

describe('the control of profiles on recordings', () => {
  let replayed: ReplayedCli;
  afterEach(() => replayed.close());

  const open = async (dialect: 'current' | 'legacy', ...standing: string[]) => {
    replayed = await createReplayedCli({ dialect, standing: standing.map(name => `${dialect}/${name}`) });
    const mcpFolder = join(replayed.replay.home, '.docker', 'mcp');
    return createProfileControl({ cli: async () => replayed.cli, mcpFolder, watch: () => () => {} });
  };

  it('reads the profiles with their servers, settings and tools', async () => {
    const { profiles } = await open('current', 'profile-list-json', 'client-ls-global-json');
    const found = await profiles.list();
    assert.deepEqual(
      found.map(({ id, name, servers }) => [id, name, servers.map(each => each.name)]),
      [
        ['dev_tools', 'Dev Tools', []],
        ['everything', 'Everything', ['everything']],
      ],
    );
    const everything = found[1]?.servers[0] ?? assert.fail('everything');
    assert.ok(everything.source.type === 'image' && everything.source.image.startsWith('mcp-local/'));
    assert.deepEqual([everything.profile, everything.tools, everything.settings], ['everything', null, {}]);
  });

  it('makes no profile of an id that is there, without asking docker mcp to', async () => {
    const { profiles } = await open('current', 'profile-list-json', 'client-ls-global-json');
    await rejectsWith('PROFILE_002', profiles.create({ name: 'dev tools' }));
  });

  it('reads what is enabled in the legacy dialect', async () => {
    const recordings = ['server-ls-json-configured', 'config-read', 'catalog-ls-json', 'catalog-show-json'];
    const { profiles } = await open('legacy', ...recordings);
    const [profile] = await profiles.list();
    assert.deepEqual([profile?.id, profile?.fixed], ['default', true]);
    const probe = profile?.servers.find(({ name }) => name === 'probe') ?? assert.fail('probe');
    assert.deepEqual([probe.settings, probe.tools], [{ region: 'eu', limits: { max: 5 } }, null]);
  });

  it('says in words why nothing can be read', async () => {
    for (const [name, code] of [
      ['engine-down-profile-list', 'DOCKER_003'],
      ['database-corrupt', 'DOCKER_013'],
    ] as const) {
      const { profiles } = await open('current', name, 'client-ls-global-json');
      await rejectsWith(code, profiles.list());
      if (name !== 'database-corrupt') await replayed.close();
    }
  });
});
