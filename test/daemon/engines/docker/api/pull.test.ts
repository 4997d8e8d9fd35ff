import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageControl, PullProgress } from '../../../../../daemon/engines/docker/api/container-control.ts';
import { createImageControl } from '../../../../../daemon/engines/docker/api/images.ts';
import { findRegistryLogin } from '../../../../../daemon/engines/docker/api/registry-login.ts';
import { apiOf } from '../../../../support/docker-engine/containers.ts';
import type { TestEngine } from '../../../../support/docker-engine/engine.ts';
import { buildLayers, busyboxImage } from '../../../../support/docker-engine/images.ts';
import { startRegistry, type TestRegistry } from '../../../../support/docker-engine/registry.ts';
import { sharedEngine } from '../../../../support/docker-engine/shared.ts';
import { until } from '../../../../support/in-process-daemon.ts';
import { createTemporaryFolder } from '../../../../support/temporary-folder.ts';

const megabyte = 1_000_000;
/** The password is in the test that signs in. */
const htpasswd = 'me:$2b$04$eE2IYt3ClmKkbKG5pwItXOhcxqLcgj3JrVYziFO2bNvPJ5JNHIUhi';

describe('pulling images from a registry', function () {
  this.timeout(40_000);
  let engine: TestEngine;
  let registry: TestRegistry;
  let images: ImageControl;
  const never = new AbortController().signal;
  const through = (name: string) => `${registry.gate.address}/${name}`;

  const publish = async (name: string, sizes: number[]): Promise<void> => {
    const reference = `${registry.address}/${name}`;
    await buildLayers(engine.docker, reference, sizes);
    await engine.cli('push', '--quiet', reference);
    await engine.cli('rmi', reference);
    // Without what the build left, whose layers would not have to be fetched.
    await engine.cli('image', 'prune', '--force');
  };

  before(async () => {
    engine = await sharedEngine();
    registry = await startRegistry();
    images = createImageControl({ api: apiOf(engine) });
  });
  after(async () => await registry?.[Symbol.asyncDispose]());
  beforeEach(() => {
    registry.gate.bytesPerSecond = null;
    registry.gate.open = true;
    registry.gate.reset();
  });

  it('tells how far each layer is, how fast, and gives the digest', async () => {
    await publish('team/one:1', [megabyte, 2 * megabyte, 2 * megabyte]);
    registry.gate.bytesPerSecond = 4 * megabyte;
    const seen: PullProgress[] = [];
    const image = await images.pull(through('team/one:1'), { signal: never, onProgress: each => seen.push(each) });
    ok(seen.length > 4);
    ok(seen.some(({ transfer }) => transfer.bytesPerSecond > 0 && transfer.layers.some(each => each.bytes > 0)));
    const numbers = seen.map(({ progress }) => progress ?? 0);
    deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    equal(numbers.at(-1), 1);
    const last = seen.at(-1)?.transfer;
    ok(last);
    ok(last.layers.every(({ state }) => state === 'done'));
    ok(last.bytes >= 5 * megabyte && last.bytes === last.totalBytes);
    match(image.digests[0] ?? '', new RegExp(`^${through('team/one')}@sha256:[a-f0-9]{64}$`));
    match(image.id, /^sha256:[a-f0-9]{64}$/);
    equal(image.mismatch, null);
    deepEqual(await images.find(through('team/one:1')), image);
    equal(await images.remoteDigest(through('team/one:1')), image.digests[0]?.split('@')[1]);
    // By its digest it is the same, and nothing has to be fetched again.
    registry.gate.reset();
    equal((await images.pull(image.digests[0] ?? '', { signal: never, onProgress: () => {} })).id, image.id);
    ok(registry.gate.passed < megabyte);
  });

  it('stops when it is cancelled, leaves no image, and goes to its end when it is started again', async () => {
    await publish('team/two:1', [200_000, 3 * megabyte, 3 * megabyte]);
    registry.gate.bytesPerSecond = 2 * megabyte;
    const stop = new AbortController();
    await rejects(
      images.pull(through('team/two:1'), {
        signal: stop.signal,
        onProgress: ({ transfer }) => transfer.bytes > megabyte && stop.abort(),
      }),
      { code: 'INSTALL_007' },
    );
    equal(await images.find(through('team/two:1')), undefined);
    // The engine itself has stopped: no more than what was on its way still comes.
    await until(
      async () => {
        const before = registry.gate.passed;
        await new Promise(resolve => setTimeout(resolve, 300));
        return registry.gate.passed === before;
      },
      'the engine to stop fetching',
      5_000,
    );
    ok(registry.gate.passed < 6 * megabyte);
    registry.gate.bytesPerSecond = null;
    const image = await images.pull(through('team/two:1'), { signal: never, onProgress: () => {} });
    ok(image.sizeBytes > 6 * megabyte);
    const aborted = AbortSignal.abort();
    await rejects(images.pull(through('team/two:1'), { signal: aborted, onProgress: () => {} }), {
      code: 'INSTALL_007',
    });
  });

  it('goes on within a layer when the connection is cut', async () => {
    await publish('team/three:1', [4 * megabyte]);
    registry.gate.bytesPerSecond = 4 * megabyte;
    let cut = false;
    const seen: PullProgress[] = [];
    const image = await images.pull(through('team/three:1'), {
      signal: never,
      onProgress(each) {
        seen.push(each);
        if (cut || each.transfer.bytes < 2 * megabyte) return;
        cut = true;
        registry.gate.cut();
      },
    });
    ok(cut && image.sizeBytes > 4 * megabyte);
    ok(seen.some(({ step }) => step.startsWith('Retrying')));
    const numbers = seen.map(({ progress }) => progress ?? 0);
    deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
    // Not from the beginning: two megabytes were there.
    ok(registry.gate.passed < 6 * megabyte, `${registry.gate.passed} bytes were fetched`);
  });

  it('has a sentence for an image that is not there, and a registry that is down', async () => {
    const attempt = (name: string) => images.pull(name, { signal: never, onProgress: () => {} });
    await rejects(attempt(through('team/absent:1')), { code: 'DOCKER_009' });
    await rejects(images.remoteDigest(through('team/absent:1')), { code: 'DOCKER_009' });
    await rejects(images.remoteDigest('127.0.0.1:1/x:1'), { code: 'DOCKER_012' });
    await rejects(attempt('--all-tags'), { code: 'DOCKER_011' });
    await rejects(attempt('127.0.0.1:1/x:1'), { code: 'DOCKER_012' });
    registry.gate.open = false;
    await rejects(attempt(through('team/one:1')), { code: 'DOCKER_012' });
  });

  it('gives up when nothing comes any more', async () => {
    await publish('team/stuck:1', [2 * megabyte]);
    registry.gate.bytesPerSecond = 1;
    const impatient = createImageControl({ api: apiOf(engine), silenceMs: 700 });
    await rejects(impatient.pull(through('team/stuck:1'), { signal: never, onProgress: () => {} }), error => {
      match((error as Error).message, /has sent nothing/);
      return true;
    });
  });

  it('signs in where the docker command line would', async () => {
    await using closed = await startRegistry({ htpasswd });
    await using home = await createTemporaryFolder('login');
    const auth = Buffer.from('me:hunter-two-three').toString('base64');
    const write = (auths: object) => writeFile(join(home.path, 'config.json'), JSON.stringify({ auths }));
    const source = { environment: { DOCKER_CONFIG: home.path }, home: home.path };
    const signingIn = createImageControl({ api: apiOf(engine), login: name => findRegistryLogin(name, source) });
    const reference = `${closed.address}/team/private:1`;
    await write({ [closed.address]: { auth } });
    await engine.cli('tag', busyboxImage, reference);
    await engine.cli('--config', home.path, 'push', '--quiet', reference);
    await engine.cli('rmi', reference);
    await rejects(images.pull(reference, { signal: never, onProgress: () => {} }), { code: 'DOCKER_012' });
    await rejects(images.remoteDigest(reference), { code: 'DOCKER_012' });
    match(await signingIn.remoteDigest(reference), /^sha256:/);
    ok((await signingIn.pull(reference, { signal: never, onProgress: () => {} })).tags.includes(reference));
    // A helper is asked first, and passed over when it fails.
    await writeFile(join(home.path, 'config.json'), JSON.stringify({ credsStore: 'test', auths: {} }));
    const asked: string[] = [];
    const ask = async (helper: string, server: string) => {
      asked.push(`${helper} ${server}`);
      return { username: 'me', secret: 'hunter-two-three' };
    };
    const login = await findRegistryLogin(closed.address, source, ask);
    deepEqual(login, { username: 'me', password: 'hunter-two-three', serveraddress: closed.address });
    deepEqual(asked, [`test ${closed.address}`]);
    const fails = async () => Promise.reject(new Error('no'));
    equal(await findRegistryLogin(closed.address, source, fails), undefined);
  });

  it('can be undone: the image before is kept by a tag, and comes back', async () => {
    const reference = `${registry.address}/team/rolled:1`;
    await publish('team/rolled:1', [1_000]);
    const before = await images.pull(reference, { signal: never, onProgress: () => {} });
    const tag = await images.tagForRollback(reference);
    await buildLayers(engine.docker, reference, [2_000]);
    const after = await images.find(reference);
    ok(after && after.id !== before.id);
    equal(await images.rollBack(reference), true);
    equal((await images.find(reference))?.id, before.id);
    ok((await images.find(reference))?.tags.includes(tag ?? ''));
    await images.dropRollback(reference);
    await images.dropRollback(reference);
    equal(await images.rollBack(reference), false);
    equal(await images.tagForRollback('quayside-test/absent:1'), undefined);
  });
});
