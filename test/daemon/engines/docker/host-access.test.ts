import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { bindEnvironment } from '../../../../daemon/engines/docker/gateway/mode.ts';
import { checkHostAccess, foldersOf } from '../../../../daemon/engines/docker/host-access.ts';
import type { problem } from '../../../../shared/api/problem.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';

const place = { environment: {}, home: '/home/me', stateFolder: '/srv/quayside', platform: 'linux' } as const;

const ask = (more: Record<string, unknown>, settings: Record<string, unknown> = {}, at: object = {}) =>
  checkHostAccess(
    { name: 'files', title: 'Files', definition: { name: 'files', image: 'a/b', ...more }, settings },
    { ...place, ...at },
  );
const refuses = (asked: Promise<void>, why: RegExp) =>
  assert.rejects(asked, error => {
    assert.equal((error as ReturnType<typeof problem>).code, 'SERVER_004');
    assert.match((error as Error & { problem: { detail: string } }).problem.detail, why);
    return true;
  });

describe('what a definition may take from this machine', () => {
  it('is no folder that the definition itself names', async () => {
    for (const path of ['/home/me/work', '/srv/data', '~/work', './x', '../x', 'C:\\work', '--privileged'])
      await refuses(ask({ volumes: [`${path}:/x:ro`] }), /wants to mount/);
  });

  it('is a folder that the user’s own variable allows, one under /tmp, and a volume with a name', async () => {
    const environment = { MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS: '/opt:/srv/data' };
    await ask({ volumes: ['/srv/data/here:/x', '/tmp/exchange:/y:ro', 'notes:/data'] }, {}, { environment });
  });

  it('is never a key, a socket or a system folder, whoever has named it', async () => {
    const paths = [
      '/',
      '/home',
      '/home/me',
      '/home/me/.ssh',
      '~/.ssh/id',
      '/var/run/docker.sock',
      '/run',
      '/etc/passwd',
    ];
    const others = ['/var', '/srv', '/srv/quayside/gateways', '/home/you/../me/.docker', '//etc', '/tmp/../etc'];
    for (const path of [...paths, ...others]) {
      await refuses(ask({ volumes: ['{{files.paths|volume|into}}'] }, { paths: [path] }), /wants to mount/);
      await refuses(ask({ volumes: [`${path}:/x`] }), /wants to mount/);
    }
    await refuses(ask({ volumes: ['/{{files.name}}:/x'] }, { name: 'etc' }), /wants to mount/);
    await refuses(ask({ volumes: ['/{{files.name}}:/x'] }), /wants to mount/);
  });

  it('is no link to such a folder', async () => {
    await using folder = await createTemporaryFolder();
    const home = join(folder.path, 'home');
    await mkdir(join(home, '.ssh'), { recursive: true });
    await mkdir(join(folder.path, 'work'));
    await symlink(join(home, '.ssh'), join(folder.path, 'innocent'));
    const volumes = ['{{files.path}}:/x'];
    await ask({ volumes }, { path: join(folder.path, 'work') }, { home });
    await refuses(ask({ volumes }, { path: join(folder.path, 'innocent') }, { home }), /wants to mount/);
  });

  it('is what the user has written into its own settings', async () => {
    const volumes = ['{{files.paths|volume|into}}', '{{files.db}}:/db:ro'];
    const settings = { paths: ['/home/me/work'], db: '/data/db', other: '/etc' };
    await ask({ volumes }, settings);
    const definition = { name: 'files', image: 'a/b', volumes };
    assert.deepEqual(foldersOf({ name: 'files', definition, settings }), ['/home/me/work', '/data/db']);
  });

  it('is no folder that the settings of another server name', async () => {
    const volumes = ['{{notes.path}}:/x'];
    await refuses(ask({ volumes }, { path: '/home/me/work' }), /settings of another server/);
    const definition = { name: 'files', image: 'a/b', volumes };
    assert.deepEqual(foldersOf({ name: 'files', definition, settings: { path: '/home/me/work' } }), []);
  });

  it('is no variable that changes docker itself, or forges our mark', async () => {
    const names = ['DOCKER_HOST', 'docker_context', 'LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'QUAYSIDE_GATEWAY'];
    for (const name of [...names, '--privileged', 'A=B', 'A\nB', '']) {
      await refuses(ask({ env: [{ name, value: 'x' }] }), /wants to set the variable/);
      await refuses(ask({ secrets: [{ name: 'files.key', env: name }] }), /wants to set the variable/);
    }
    await ask({ env: [{ name: 'DOCKER_TOKEN', value: 'x' }], secrets: [{ name: 'files.key', env: 'API_KEY' }] });
  });

  it('is nothing that docker run could take for a flag', async () => {
    await refuses(ask({ user: '--privileged' }), /wants to be started with/);
    await refuses(ask({ extraHosts: ['--pid=host'] }), /wants to be started with/);
  });

  it('is no address of this machine or its network', async () => {
    const inner = ['127.0.0.1', '2130706433', '0x7f.1', '10.1.2.3', '169.254.169.254', '[::1]', '[::ffff:127.0.0.1]'];
    for (const host of [...inner, 'localhost', 'a.localhost.', '192.168.1.1', '[fd00::1]'])
      await refuses(ask({ image: '', remote: { url: `https://${host}/mcp` } }), /private network/);
    await refuses(ask({ image: '', remote: { url: 'http://example.com/mcp' } }), /not https/);
    await refuses(ask({ image: '', sseEndpoint: 'file:///etc/passwd' }), /not https/);
    await ask({ image: '', remote: { url: 'https://mcp.example.com/mcp' } });
    const environment = { DOCKER_MCP_ALLOW_INSECURE_REMOTE_URLS: '1' };
    await ask({ image: '', remote: { url: 'http://127.0.0.1:9/mcp' } }, {}, { environment });
  });

  it('is told apart for any text without an error of another kind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 80, unit: 'grapheme' }),
        fc.string({ maxLength: 40 }),
        async (volume, path) => {
          const asked = ask({ volumes: [volume] }, { path });
          await asked.catch(error => assert.equal(error.code, 'SERVER_004'));
        },
      ),
    );
  });
});

describe('the folders that a gateway may mount', () => {
  it('stay allowed if the user’s own environment allows them', () => {
    const server = {
      profile: 'default',
      name: 'files',
      title: 'Files',
      description: '',
      source: { type: 'image' as const, image: 'a/b', digest: null },
      catalogRef: null,
      definition: { name: 'files', image: 'a/b', volumes: ['{{files.path}}:/x'] },
      settings: { path: '/home/me/work', other: '/home/me/private' },
      tools: null,
    };
    const given = { MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS: '/opt' };
    assert.deepEqual(bindEnvironment([{ kind: 'gateway', server, secretSlots: [], environment: {} }], given), {
      MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS: '/opt:/home/me/work',
      MCP_GATEWAY_DOCKER_BIND_ALLOW_WRITABLE_PATHS: '/home/me/work',
    });
  });
});
