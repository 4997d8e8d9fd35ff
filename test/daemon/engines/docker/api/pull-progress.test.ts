import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { describeMismatch } from '../../../../../daemon/engines/docker/api/image-inspection.ts';
import { normalizeReference, parseReference } from '../../../../../daemon/engines/docker/api/image-reference.ts';
import { rollbackName } from '../../../../../daemon/engines/docker/api/images.ts';
import { toPullProblem } from '../../../../../daemon/engines/docker/api/pull-problems.ts';
import { createPullReader } from '../../../../../daemon/engines/docker/api/pull-progress.ts';
import { isProblemError } from '../../../../../shared/api/problem.ts';
import { ImageReference } from '../../../../../shared/domain/docker-names.ts';

describe('the progress of a pull', () => {
  const clockAt = (time: { now: number }) => ({ now: () => time.now });
  const step = (id: string, status: string, current?: number, total?: number) => ({
    id,
    status,
    progressDetail: current === undefined ? {} : { current, total },
  });

  it('counts bytes, layers and speed, and leaves out what was here already', () => {
    const time = { now: 0 };
    const reader = createPullReader(clockAt(time));
    equal(reader.progress().progress, null);
    for (const id of ['a', 'b']) reader.take(step(id, 'Pulling fs layer'));
    reader.take(step('c', 'Already exists'));
    equal(reader.progress().transfer.totalBytes, null);
    reader.take(step('a', 'Downloading', 0, 1_000));
    reader.take(step('b', 'Downloading', 0, 3_000));
    time.now = 2_000;
    reader.take(step('b', 'Downloading', 2_000, 3_000));
    const { progress, transfer, step: said } = reader.progress();
    deepEqual([transfer.bytes, transfer.totalBytes, transfer.bytesPerSecond], [2_000, 4_000, 1_000]);
    equal(progress, 0.4);
    equal(said, 'Downloading: 1 of 3 layers are done');
    for (const id of ['a', 'b']) reader.take(step(id, 'Download complete'));
    equal(reader.progress().transfer.bytes, 4_000);
    for (const id of ['a', 'b']) reader.take(step(id, 'Pull complete'));
    equal(reader.progress().progress, 1);
  });

  it('goes on with a layer that was cut, whose rest the engine then calls its total', () => {
    const reader = createPullReader(clockAt({ now: 0 }));
    reader.take(step('a', 'Downloading', 600, 1_000));
    reader.take(step('a', 'Retrying in 4 seconds'));
    equal(reader.progress().step, 'Retrying in 4 seconds');
    reader.take(step('a', 'Downloading', 100, 400));
    deepEqual(reader.progress().transfer.layers, [{ id: 'a', state: 'downloading', bytes: 700, totalBytes: 1_000 }]);
  });

  it('tells why the engine gave up, and what was pulled', () => {
    const reader = createPullReader(clockAt({ now: 0 }));
    const digest = `sha256:${'a'.repeat(64)}`;
    reader.take({ status: `Digest: ${digest}` });
    reader.take({ errorDetail: { message: 'manifest unknown' }, error: 'manifest unknown' });
    deepEqual([reader.digest, reader.error], [digest, 'manifest unknown']);
  });

  it('is bounded, never goes back and never throws, whatever the engine says', () => {
    const known = fc.constantFrom(
      'Downloading',
      'Extracting',
      'Pull complete',
      'Already exists',
      'Retrying in 2 seconds',
    );
    const message = fc.record(
      {
        id: fc.constantFrom('a', 'b', 'c'),
        status: fc.oneof(known, fc.string()),
        progressDetail: fc.record({ current: fc.double(), total: fc.double() }, { requiredKeys: [] }),
        error: fc.string(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(message, fc.jsonValue())), messages => {
        const reader = createPullReader(clockAt({ now: 0 }));
        let last = 0;
        for (const each of messages) {
          reader.take(each);
          const { progress, transfer } = reader.progress();
          ok(progress === null || (progress >= last && progress <= 1));
          ok(Number.isSafeInteger(transfer.bytes) && transfer.bytes >= 0 && transfer.layers.length <= 3);
          last = progress ?? last;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('an image’s reference', () => {
  it('is taken apart as Docker does', () => {
    const parts = (text: string) => {
      const { registry, path, tag, digest } = parseReference(text);
      return [registry, path, tag, digest];
    };
    const digest = `sha256:${'0'.repeat(64)}`;
    deepEqual(parts('busybox'), ['docker.io', 'library/busybox', null, null]);
    deepEqual(parts('mcp/everything:v1'), ['docker.io', 'mcp/everything', 'v1', null]);
    deepEqual(parts('localhost/x'), ['localhost', 'x', null, null]);
    deepEqual(parts('registry.example:5000/a/b:1'), ['registry.example:5000', 'a/b', '1', null]);
    deepEqual(parts(`ghcr.io/a/b:1@${digest}`), ['ghcr.io', 'a/b', '1', digest]);
    equal(normalizeReference('busybox'), 'docker.io/library/busybox:latest');
    equal(normalizeReference('docker.io/library/busybox:latest'), 'docker.io/library/busybox:latest');
    equal(normalizeReference('-rm'), undefined);
  });

  it('makes a tag to go back to that Docker takes, whatever the image is called', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9]{1,20}(\/[a-z0-9]{1,100}){0,3}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,50})?$/),
        text => ImageReference.safeParse(rollbackName(text)).success,
      ),
    );
  });

  it('is for this engine or says why not', () => {
    const engine = { os: 'linux', arch: 'amd64' };
    equal(describeMismatch('linux', 'amd64', engine), null);
    equal(describeMismatch('linux', '386', engine), null);
    equal(describeMismatch('', '', engine), null);
    equal(describeMismatch('linux', 'arm64', engine), 'The image is for arm64 processors, and the engine has amd64.');
    equal(describeMismatch('windows', 'amd64', engine), 'The image is for windows, and the engine runs linux.');
  });
});

describe('a pull that the engine gave up', () => {
  it('has a sentence of its own, and not the engine’s words', () => {
    const codes: [string, string][] = [
      ['write /var/lib/docker/tmp/x: no space left on device', 'INSTALL_004'],
      ['manifest for x:1 not found: manifest unknown: manifest unknown', 'DOCKER_009'],
      ['no matching manifest for linux/amd64 in the manifest list entries', 'DOCKER_009'],
      ['Head "https://x/v2/y/manifests/1": no basic auth credentials', 'DOCKER_012'],
      ['toomanyrequests: You have reached your pull rate limit.', 'DOCKER_012'],
      ['Get "https://x/v2/": dial tcp: lookup x: no such host', 'DOCKER_012'],
      ['Get "https://x/v2/": dial tcp 127.0.0.1:1: connect: connection refused', 'DOCKER_012'],
      ['Get "https://x/v2/": x509: certificate signed by unknown authority', 'DOCKER_012'],
      ['something quite new', 'DOCKER_012'],
    ];
    for (const [message, code] of codes) {
      const error = toPullProblem(message, 'x:1');
      equal(error.code, code, message);
      ok(isProblemError(error) && error.problem.next && !error.problem.detail.includes('dial tcp'));
    }
  });
});
