// Docker's catalogs as they were recorded: what docker mcp really answered, through the real command line.
import assert from 'node:assert/strict';
import { createCatalogControl } from '../../daemon/engines/docker/catalog-control.ts';
import type { CatalogControl } from '../../daemon/engines/docker-engine.ts';
import type { ProblemCode } from '../../shared/api/problem.ts';
import { rejectsWith } from '../contracts/engine.contract.ts';
import { recordingOf } from '../support/recordings.ts';
import { createReplayedCli } from '../support/replay/replayed-cli.ts';

const signal = new AbortController().signal;

/** Does it on a docker that is as it was at that recording, and answers every call as it would have then. */
async function at<T>(name: string, act: (catalogs: CatalogControl) => Promise<T>): Promise<T> {
  const { dialect, seq } = recordingOf(name);
  await using replayed = await createReplayedCli({ dialect, cursor: seq, mode: 'hold' });
  return await act(createCatalogControl({ cli: async () => replayed.cli }));
}

const names = ({ entries }: Awaited<ReturnType<CatalogControl['read']>>) =>
  entries.map(({ offer }) => offer.nameInCatalog).sort();

const lab = ['broken-crash', 'broken-hang', 'broken-image', 'everything', 'memory', 'probe', 'remote-oauth'];

describe('the catalogs that were recorded', () => {
  it('are listed with digests, or are none', async () => {
    const listed = await at('current/catalog-list-json', catalogs => catalogs.list());
    assert.deepEqual(
      listed.map(({ ref, title, digest }) => [ref, title, digest.length]),
      [
        ['lab/local:v1', 'Local Lab Catalog', 64],
        ['lab/mine:latest', 'Mine again', 64],
      ],
    );
    assert.deepEqual(await at('current/catalog-list-empty-json', catalogs => catalogs.list()), []);
  });

  it('are read with every entry and where they are from', async () => {
    const content = await at('current/catalog-show-json', catalogs => catalogs.read('lab/local:v1'));
    assert.deepEqual(names(content), lab);
    assert.deepEqual(content.leftOut, []);
    assert.equal(content.catalog.source, 'legacy-catalog:local-lab');
    assert.equal(content.catalog.origin, 'imported');
  });

  it('are read in the legacy dialect without what docker mcp does not run any more', async () => {
    const content = await at('legacy/catalog-show-json', catalogs => catalogs.read('docker-mcp'));
    assert.deepEqual(names(content), lab);
    assert.deepEqual(
      content.leftOut.map(({ name }) => name),
      ['one-shot'],
    );
    assert.equal(content.catalog.title, 'Docker MCP Catalog');
    assert.equal(content.catalog.fixed, true);
  });

  it('fail with the class of what went wrong', async () => {
    const failures: [name: string, code: ProblemCode, act: (catalogs: CatalogControl) => Promise<unknown>][] = [
      ['current/catalog-show-not-found', 'DOCKER_009', catalogs => catalogs.read('lab/local')],
      ['current/catalog-pull-offline', 'DOCKER_012', catalogs => catalogs.pull('mcp/docker-mcp-catalog', signal)],
      ['current/catalog-pull-not-found', 'DOCKER_009', catalogs => catalogs.pull('localhost:5055/lab/none:v1', signal)],
      [
        'current/catalog-pull-refused',
        'DOCKER_012',
        catalogs => catalogs.pull('localhost:5999/lab/catalog:v1', signal),
      ],
      ['current/catalog-remove-not-found', 'DOCKER_009', catalogs => catalogs.remove('lab/ghost:v1')],
      ['current/engine-down-catalog-list', 'DOCKER_003', catalogs => catalogs.list()],
      ['legacy/catalog-ls-offline-first-run', 'DOCKER_012', catalogs => catalogs.list()],
      ['legacy/engine-down-catalog-ls', 'DOCKER_003', catalogs => catalogs.list()],
    ];
    for (const [name, code, act] of failures) {
      const { detail } = await rejectsWith(code, at(name, act));
      assert.ok(!detail.includes('dial tcp'), `${name} is told in words: ${detail}`);
    }
  });
});
