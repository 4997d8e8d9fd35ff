import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { resolveEndpoint } from '../../../../../daemon/engines/docker/api/endpoint.ts';
import { isProblemError } from '../../../../../shared/api/problem.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../../support/temporary-folder.ts';

describe('the address of the engine', () => {
  let home: TemporaryFolder;
  const docker = () => join(home.path, '.docker');
  const resolve = (environment: Record<string, string> = {}, platform: NodeJS.Platform = 'linux') =>
    resolveEndpoint({ environment, home: home.path, platform });
  const writeConfig = async (config: unknown) => {
    await mkdir(docker(), { recursive: true });
    await writeFile(join(docker(), 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  };
  const writeContext = async (name: string, endpoint: object) => {
    const key = createHash('sha256').update(name).digest('hex');
    const folder = join(docker(), 'contexts', 'meta', key);
    await mkdir(folder, { recursive: true });
    await writeFile(
      join(folder, 'meta.json'),
      JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: endpoint } }),
    );
    return join(docker(), 'contexts', 'tls', key, 'docker');
  };

  beforeEach(async () => {
    home = await createTemporaryFolder('endpoint');
  });
  afterEach(async () => await home.remove());

  it('is the usual socket, or the usual pipe, when nothing is set', async () => {
    const usual = await resolve();
    deepEqual(usual, {
      kind: 'socket',
      origin: 'default',
      context: 'default',
      host: 'unix:///var/run/docker.sock',
      path: '/var/run/docker.sock',
    });
    const pipe = await resolve({}, 'win32');
    equal(pipe.kind === 'socket' && pipe.path, '\\\\.\\pipe\\docker_engine');
    await writeConfig({ currentContext: 'default' });
    equal((await resolve()).origin, 'default');
    await writeConfig('{ not JSON');
    equal((await resolve()).origin, 'default');
  });

  it('is DOCKER_HOST before every context', async () => {
    await writeConfig({ currentContext: 'gone' });
    const place = await resolve({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock', DOCKER_CONTEXT: 'other' });
    deepEqual(place, {
      kind: 'socket',
      origin: 'environment',
      context: null,
      host: 'unix:///run/user/1000/docker.sock',
      path: '/run/user/1000/docker.sock',
    });
  });

  it('is what the chosen context says, and DOCKER_CONTEXT chooses before the config', async () => {
    await writeConfig({ currentContext: 'desktop-linux' });
    await writeContext('desktop-linux', { Host: 'unix:///home/me/.docker/desktop/docker.sock' });
    await writeContext('rootless', { Host: 'unix:///run/user/1000/docker.sock' });
    const chosen = await resolve();
    deepEqual(
      [chosen.origin, chosen.context, chosen.host],
      ['context', 'desktop-linux', 'unix:///home/me/.docker/desktop/docker.sock'],
    );
    equal((await resolve({ DOCKER_CONTEXT: 'rootless' })).context, 'rootless');
    equal((await resolve({ DOCKER_CONTEXT: 'default' })).origin, 'default');
    equal((await resolve({ DOCKER_CONFIG: join(home.path, 'elsewhere') })).origin, 'default');
  });

  it('has the certificates of its context, or of DOCKER_CERT_PATH', async () => {
    const tls = await writeContext('far', { Host: 'tcp://engine.example:2376', SkipTLSVerify: false });
    await mkdir(tls, { recursive: true });
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) await writeFile(join(tls, file), file);
    const place = await resolve({ DOCKER_CONTEXT: 'far' });
    equal(place.kind, 'tcp');
    if (place.kind !== 'tcp') return;
    deepEqual([place.hostname, place.port, place.tls?.rejectUnauthorized], ['engine.example', 2376, true]);
    equal(place.tls?.cert?.toString(), 'cert.pem');
    const byVariable = await resolve({ DOCKER_HOST: 'tcp://h:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls });
    equal(byVariable.kind === 'tcp' && byVariable.tls?.key?.toString(), 'key.pem');
    await writeContext('near', { Host: 'tcp://127.0.0.1:2375' });
    const clear = await resolve({ DOCKER_CONTEXT: 'near' });
    equal(clear.kind === 'tcp' && clear.tls, null);
  });

  it('is refused with a sentence when it cannot be used', async () => {
    const refused = async (environment: Record<string, string>, detail: RegExp) =>
      await rejects(resolve(environment), error => {
        if (!isProblemError(error)) throw error;
        equal(error.code, 'DOCKER_005');
        match(error.problem.detail, detail);
        match(error.problem.next ?? '', /\S/);
        return true;
      });
    await refused({ DOCKER_CONTEXT: 'nope' }, /context "nope" does not exist/);
    await refused({ DOCKER_HOST: 'ssh://me:secret@host' }, /by SSH/);
    await refused({ DOCKER_HOST: 'ftp://host' }, /no address/);
    await refused({ DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1' }, /no certificates/);
    await writeContext('remote', { Host: 'ssh://build@far.example' });
    await refused({ DOCKER_CONTEXT: 'remote' }, /context "remote" leads to an engine by SSH/);
  });

  it('never shows a user or a password', async () => {
    const place = await resolve({ DOCKER_HOST: 'tcp://me:secret@engine.example:2375/base' });
    equal(place.host, 'tcp://engine.example:2375/base');
  });

  it('is an address or DOCKER_005, whatever is written there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), fc.boolean(), async (text, isContext) => {
        const environment = isContext ? { DOCKER_CONTEXT: text } : { DOCKER_HOST: text };
        const place = await resolve(environment).catch(error => error);
        return isProblemError(place) ? place.code === 'DOCKER_005' : ['socket', 'tcp'].includes(place.kind);
      }),
      { numRuns: 300 },
    );
  });
});
