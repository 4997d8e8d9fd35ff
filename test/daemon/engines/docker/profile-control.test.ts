import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProfileControl, type ProfileCommands } from '../../../../daemon/engines/docker/profile-control.ts';
import { rejectsWith } from '../../../contracts/engine.contract.ts';
import { type SimulatedProfiles, simulatedProfiles } from '../../../support/profiles-under-test.ts';

describe('the control of profiles', function () {
  this.timeout(60_000);
  let subject: SimulatedProfiles;
  afterEach(() => subject.close());

  const add = (profile: string, name: string) =>
    subject.servers.add(profile, { kind: 'catalog', catalog: subject.catalog, names: [name] }, name);
  /** The same control on commands of which one does something on the way. */
  const controlWith = (change: (commands: ProfileCommands) => Partial<ProfileCommands['profiles']>) => {
    const { cli, docker } = subject.simulated;
    const commands = { ...cli, profiles: { ...cli.profiles, ...change(cli) } };
    return createProfileControl({
      cli: async () => commands,
      mcpFolder: join(docker.home, '.docker', 'mcp'),
      watch: () => () => {},
    });
  };

  describe('with profiles', () => {
    beforeEach(async () => {
      subject = await simulatedProfiles('profile');
      await subject.profiles.create({ name: 'Dev Tools' });
    });

    it('makes no profile over another one', async () => {
      await rejectsWith('PROFILE_002', subject.profiles.create({ name: 'dev-tools', id: 'dev_tools' }));
      await rejectsWith('PROFILE_002', subject.profiles.create({ name: 'DEV TOOLS' }));
      assert.equal((await subject.profiles.create({ name: 'Dev Tools', id: 'other' })).id, 'other');
    });

    it('renames a profile and changes nothing else of it', async () => {
      await add('dev_tools', 'probe');
      await subject.profiles.configure(
        { profile: 'dev_tools', name: 'probe' },
        { settings: { region: '1' }, tools: ['one'] },
      );
      const [before] = await subject.profiles.list();
      const renamed = await subject.profiles.rename('dev_tools', 'Another "name"');
      assert.deepEqual(renamed, { ...before, name: 'Another "name"' });
      await rejectsWith('PROFILE_001', subject.profiles.rename('nothing', 'x'));
    });

    it('shows what an import would do, and overwrites only what it may', async () => {
      await add('dev_tools', 'probe');
      const { document, fileName } = await subject.profiles.export('dev_tools');
      assert.equal(fileName, 'dev_tools.json');
      await subject.profiles.configure({ profile: 'dev_tools', name: 'probe' }, { tools: ['one'] });
      await add('dev_tools', 'memory');
      const changes = [
        { server: 'probe', change: 'changed' },
        { server: 'memory', change: 'removed' },
      ];
      const shown = await subject.profiles.import(document, { replace: false, dryRun: true });
      assert.deepEqual([shown.imported, shown.exists], [false, true]);
      assert.deepEqual(
        shown.changes.map(({ server, change }) => ({ server, change })),
        changes,
      );
      await rejectsWith('PROFILE_002', subject.profiles.import(document, { replace: false, dryRun: false }));
      assert.equal((await subject.profiles.list())[0]?.servers.length, 2);
      assert.equal((await subject.profiles.import(document, { replace: true, dryRun: false })).imported, true);
      const [after] = await subject.profiles.list();
      assert.deepEqual(
        after?.servers.map(({ name, tools }) => [name, tools]),
        [['probe', null]],
      );
    });

    it('imports a document of which there is no profile yet, and nothing that is none', async () => {
      const { document } = await subject.profiles.export('dev_tools');
      const copy = { ...document, id: 'copy', name: 'Copy' };
      const done = await subject.profiles.import(copy, { replace: false, dryRun: false });
      assert.deepEqual([done.profileId, done.exists, done.imported], ['copy', false, true]);
      for (const wrong of [{}, { id: '--all', name: 'x' }, { id: 'x', name: 'x', servers: [{ type: 'rocket' }] }])
        await rejectsWith('PROFILE_004', subject.profiles.import(wrong, { replace: true, dryRun: true }));
    });

    it('imports over a profile what docker mcp adds something to', async () => {
      await add('dev_tools', 'probe');
      const { document } = await subject.profiles.export('dev_tools');
      const { secrets: _, ...bare } = document;
      const servers = [...(document.servers as object[])];
      const done = await subject.profiles.import({ ...bare, name: 'New', servers }, { replace: true, dryRun: false });
      assert.equal(done.imported, true);
      assert.equal((await subject.profiles.list())[0]?.name, 'New');
    });

    it('imports nothing with an image that could be a flag', async () => {
      await add('dev_tools', 'probe');
      const document = { version: 1, id: 'dev_tools', name: 'x', servers: [{ type: 'image', image: '--privileged' }] };
      await rejectsWith('PROFILE_004', subject.profiles.import(document, { replace: true, dryRun: false }));
      assert.equal((await subject.profiles.list())[0]?.servers.length, 1);
    });

    it('puts a profile back when an import made something else of it, and tells of it when that fails too', async () => {
      await add('dev_tools', 'probe');
      const { document } = await subject.profiles.export('dev_tools');
      let works = true;
      const { profiles } = controlWith(({ profiles: { importDocument } }) => ({
        importDocument: async wanted => {
          const broken = wanted.name === 'Other' ? { ...wanted, servers: [] } : wanted;
          if (wanted.name !== 'Other' && !works) throw new Error('no more');
          return await importDocument(broken);
        },
      }));
      const told = Promise.withResolvers<void>();
      profiles.onForeignChange(told.resolve);
      const other = { ...document, name: 'Other' };
      await rejectsWith('DOCKER_015', profiles.import(other, { replace: true, dryRun: false }));
      const [after] = await subject.profiles.list();
      assert.deepEqual([after?.name, after?.servers.map(({ name }) => name)], ['Dev Tools', ['probe']]);
      works = false;
      await assert.rejects(profiles.import(other, { replace: true, dryRun: false }), /no more/);
      await told.promise;
    });

    it('removes a profile, and says when there is none', async () => {
      await subject.profiles.remove('dev_tools');
      assert.deepEqual(await subject.profiles.list(), []);
      await rejectsWith('PROFILE_001', subject.profiles.remove('dev_tools'));
    });

    it('sees what another client has written between its reading and its writing, and keeps that', async () => {
      await add('dev_tools', 'io.github.acme/tool');
      const { cli } = subject.simulated;
      let foreign = true;
      const { profiles } = controlWith(({ profiles: real }) => ({
        async exportDocument(id, call) {
          const document = await real.exportDocument(id, call);
          if (foreign) {
            foreign = false;
            const reference = { kind: 'catalog', catalog: subject.catalog, names: ['memory'] } as const;
            await cli.profiles.addServers(id, [reference]);
          }
          return document;
        },
      }));
      const place = { profile: 'dev_tools', name: 'io.github.acme/tool' };
      const changed = await profiles.configure(place, { tools: ['two'] });
      assert.deepEqual(changed.tools, ['two']);
      const names = (await profiles.list())[0]?.servers.map(({ name }) => name);
      assert.deepEqual(names?.sort(), ['io.github.acme/tool', 'memory']);
    });

    it('gives up with a sentence when another client never stops', async () => {
      await add('dev_tools', 'io.github.acme/tool');
      let count = 0;
      const { profiles } = controlWith(({ profiles: real }) => ({
        async exportDocument(id, call) {
          count += 1;
          return { ...(await real.exportDocument(id, call)), name: `Name ${count}` };
        },
        importDocument: () => assert.fail('it was written'),
      }));
      const place = { profile: 'dev_tools', name: 'io.github.acme/tool' };
      await rejectsWith('DOCKER_010', profiles.configure(place, { tools: ['two'] }));
    });

    it('puts a server back as it was when adding it again fails half-way', async () => {
      await add('dev_tools', 'probe');
      const place = { profile: 'dev_tools', name: 'probe' };
      await subject.profiles.configure(place, { settings: { region: 'eu' }, tools: ['two'] });
      const before = await subject.servers.find(place);
      const { servers } = controlWith(({ profiles: real }) => ({
        setConfig: () => Promise.reject(new Error('the power went')),
        changeTools: (...args) => real.changeTools(...args),
      }));
      const reference = { kind: 'catalog', catalog: subject.catalog, names: ['probe'] } as const;
      await assert.rejects(servers.add('dev_tools', reference, 'probe'), /the power went/);
      assert.deepEqual(await subject.servers.find(place), before);
    });

    it('tells when somebody else has changed something, and not when it has itself', async () => {
      let told = 0;
      const stop = subject.profiles.onForeignChange(() => {
        told += 1;
      });
      subject.tellChange();
      await until(() => told === 1);
      await subject.profiles.create({ name: 'Ours' });
      subject.tellChange();
      await subject.profiles.configure({ profile: 'dev_tools', name: 'none' }, {}).catch(() => {});
      assert.equal(told, 1);
      await subject.simulated.docker.run(['mcp', 'profile', 'create', '--name', 'Theirs']);
      subject.tellChange();
      await until(() => told === 2);
      stop();
    });
  });

  describe('without profiles', () => {
    beforeEach(async () => {
      subject = await simulatedProfiles('legacy');
    });
    const file = (name: string) => join(subject.simulated.docker.home, '.docker', 'mcp', name);

    it('shows what is enabled as one profile that stays, and says that there are no others', async () => {
      await add('default', 'probe');
      const [profile, ...more] = await subject.profiles.list();
      assert.deepEqual([profile?.id, profile?.fixed, profile?.servers.length, more.length], ['default', true, 1, 0]);
      await rejectsWith('PROFILE_003', subject.profiles.create({ name: 'x' }));
      await rejectsWith('PROFILE_003', subject.profiles.rename('default', 'x'));
      await rejectsWith('PROFILE_003', subject.profiles.export('default'));
    });

    it('writes over nothing that is not valid, and keeps the comments of what is', async () => {
      await add('default', 'probe');
      const place = { profile: 'default', name: 'probe' };
      await writeFile(file('config.yaml'), '# mine\nother:\n  key: 1 # one\n');
      await subject.profiles.configure(place, { settings: { region: 'eu' } });
      const text = await readFile(file('config.yaml'), 'utf8');
      assert.match(text, /# mine[\s\S]*key: 1 # one/);
      await writeFile(file('config.yaml'), 'probe: [1,');
      const configured = subject.profiles.configure(place, { settings: { region: 'us' } });
      await assert.rejects(configured);
      assert.equal(await readFile(file('config.yaml'), 'utf8'), 'probe: [1,');
    });
  });
});

async function until(check: () => boolean): Promise<void> {
  for (let tries = 0; !check(); tries++) {
    if (tries > 1_000) assert.fail('it did not come true');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
