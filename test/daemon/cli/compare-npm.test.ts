// Two versions of a real package of the npm registry: what differs between them, and that nothing stays behind.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { socketCarrier } from '../../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../../shared/api/client.ts';
import { Comparison } from '../../../shared/api/comparisons.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { type CommandLine, createCommandLine } from './command-line.ts';

const milliseconds = 180_000;
const [oldVersion, newVersion] = ['2026.7.4', '2026.8.31'];

describe('quayside compare, with two versions of a real npm package', function () {
  this.timeout(milliseconds);
  let quayside: CommandLine;
  let folder: TemporaryFolder;
  let api: ApiClient;

  before(async () => {
    folder = await createTemporaryFolder('compare-npm');
    await writeFile(join(folder.path, 'note.txt'), 'one\n');
    quayside = await createCommandLine('compare-npm');
    const args = ['install', `@modelcontextprotocol/server-filesystem@${oldVersion}`, '--name', 'files', '--start'];
    const { code, stderr } = await quayside.run([...args, '--', folder.path], { milliseconds });
    assert.equal(code, 0, stderr);
    const endpoint = async () => {
      const { socket, token } = (await quayside.discovery()) ?? assert.fail('There is no daemon.');
      return { socketPath: socket, token };
    };
    api = createApiClient(socketCarrier({ request, endpoint }));
    const save = (target: string, args: Record<string, unknown>) =>
      api.createSavedCall({ body: { serverId: 'files', kind: 'tool', target, title: target, arguments: args } });
    await save('list_directory', { path: folder.path });
    await save('read_text_file', { path: join(folder.path, 'note.txt') });
    await save('read_text_file', { path: join(folder.path, 'nothing.txt') });
    await save('write_file', { path: join(folder.path, 'note.txt'), content: 'two' });
  });
  after(async () => {
    assert.deepEqual(await quayside?.end(), []);
    await quayside?.[Symbol.asyncDispose]();
    await folder?.remove();
  });

  const isAsBefore = async () => {
    const { items } = await api.listServers();
    assert.deepEqual(
      items.map(({ id, state }) => [id, state]),
      [['files', 'running']],
    );
    for (const kept of ['packages', 'work'])
      assert.deepEqual(await readdir(join(quayside.home, 'process', kept)), ['files'], kept);
  };

  it('tells how the tools, the results and the times differ, and removes the other version', async () => {
    const { code, stdout, stderr } = await quayside.run(['compare', 'files', '--version', newVersion, '--json'], {
      milliseconds,
    });
    const { state, tools, calls, notReplayed, latencyRatio, breaking } = Comparison.parse(JSON.parse(stdout));
    assert.equal(state, 'succeeded', stderr);
    const media = tools.find(({ tool }) => tool === 'read_media_file');
    assert.ok(media?.breaking, 'its results have another form');
    const hint = tools.find(({ tool }) => tool === 'list_directory')?.changes.find(each => /Hint/.test(each.path));
    assert.ok(hint && !hint.breaking, JSON.stringify(tools));
    assert.deepEqual(
      calls.map(({ tool, same, before, after }) => [tool, same, before.outcome, after.outcome]).toSorted(),
      [
        ['list_directory', true, 'ok', 'ok'],
        ['read_text_file', true, 'ok', 'ok'],
        ['read_text_file', true, 'tool-error', 'tool-error'],
      ],
    );
    assert.deepEqual(
      notReplayed.map(({ tool }) => tool),
      ['write_file'],
    );
    assert.ok((latencyRatio ?? 0) > 0);
    assert.deepEqual([breaking, code], [true, 3]);
    await isAsBefore();
  });

  it('says that there is no such version, and leaves nothing behind', async () => {
    const { code, stderr } = await quayside.run(['compare', 'files', '--version', '0.0.1'], { milliseconds });
    assert.equal(code, 2);
    assert.match(stderr, /INSTALL_001/);
    await isAsBefore();
  });

  it('removes what it has begun to install when it is interrupted', async () => {
    const running = quayside.start(['compare', 'files', '--version', newVersion], { milliseconds });
    await running.until('stderr', /Installing version/);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    assert.equal(code, 130);
    assert.match(stdout, /^Cancelled\./);
    await isAsBefore();
  });
});
