import assert from 'node:assert/strict';
import { createDockerStore } from '../../../../../daemon/engines/docker/gateway/docker-store.ts';
import { createStoredSecretRepository } from '../../../../../daemon/features/gateways/stored-secrets.repository.ts';
import { openDatabase } from '../../../../../daemon/storage/database.ts';
import { problem } from '../../../../../shared/api/problem.ts';
import { rememberStored } from '../../../../support/stored-secrets.ts';
import { probe, withSecret } from './gateway-bench.ts';

const nobody = () => new Set<string>();

/** A store of Docker in memory, and a daemon's life with it as often as asked. */
function createBench(records = rememberStored()) {
  const values = new Map<string, string>();
  const did: string[] = [];
  const bench = { values, did, records, fails: false, at: 1_000, live: () => createDockerStore(options) };
  const act = (what: string) => {
    did.push(what);
    if (bench.fails) throw problem('DOCKER_007', { detail: 'It does not answer.', next: 'Wait.' });
  };
  const options = {
    secrets: async () => ({
      async set(name: string, value: string) {
        act(`set ${name}`);
        values.set(name, value);
      },
      async remove(names: readonly string[]) {
        act(`rm ${names}`);
        for (const name of names) values.delete(name);
      },
    }),
    records,
    now: () => bench.at,
  };
  return bench;
}

const recipient = (id: string, value: string, name = `${id}.api_key`) => {
  const plan = withSecret(probe(id), { PROBE_API_KEY: value });
  return { id, plan: { ...plan, secretSlots: plan.secretSlots.map(slot => ({ ...slot, name })) } };
};

describe('the record of what was handed to Docker’s own store', () => {
  it('outlives the daemon, so that the next one removes what this one has set', async () => {
    const database = openDatabase(':memory:');
    const bench = createBench(createStoredSecretRepository(database));
    await bench.live().give([recipient('a', 'one')]);
    assert.deepEqual(createStoredSecretRepository(database).all(), [
      { name: 'a.api_key', serverId: 'a', variable: 'PROBE_API_KEY' },
    ]);
    assert.ok(!JSON.stringify(database.prepare('select * from stored_secrets').all()).includes('one'));
    await bench.live().keep(nobody);
    assert.deepEqual([[...bench.values], bench.records.all()], [[], []]);
    database.close();
  });

  it('keeps a name for as long as one server refers to it', async () => {
    const bench = createBench();
    const store = bench.live();
    await store.give([recipient('a', 'one', 'shared'), recipient('b', 'one', 'shared')]);
    assert.deepEqual(bench.did, ['set shared']);
    await store.keep(id => new Set(id === 'b' ? ['PROBE_API_KEY'] : []));
    assert.deepEqual([...bench.values.keys()], ['shared']);
    await store.keep(nobody);
    assert.deepEqual(bench.did, ['set shared', 'rm shared']);
  });

  it('keeps a name that could not be removed, and is patient with the next try', async () => {
    const bench = createBench();
    const store = bench.live();
    await store.give([recipient('a', 'one')]);
    bench.fails = true;
    await assert.rejects(store.keep(nobody), { code: 'DOCKER_007' });
    await store.keep(nobody);
    assert.equal(bench.did.length, 2);
    assert.equal(bench.records.all().length, 1);
    bench.fails = false;
    bench.at += 60_000;
    await store.keep(nobody);
    assert.deepEqual([[...bench.values], bench.records.all()], [[], []]);
  });

  it('takes a name that somebody else has removed for removed', async () => {
    const bench = createBench();
    const gone = createDockerStore({
      secrets: async () => ({
        set: async () => {},
        remove: async () => {
          const cause = Object.assign(new Error('secret not found'));
          throw problem('DOCKER_009', { detail: 'It is gone.', next: 'Nothing.', cause: await notFound(cause) });
        },
      }),
      records: bench.records,
    });
    await gone.give([recipient('a', 'one')]);
    await gone.keep(nobody);
    assert.deepEqual(bench.records.all(), []);
  });

  it('puts nothing back for a server that runs on after its reference was deleted', async () => {
    const bench = createBench();
    const store = bench.live();
    await store.give([recipient('a', 'one')]);
    await store.keep(nobody);
    await store.give([recipient('a', 'one')], 'again');
    assert.deepEqual([...bench.values], []);
  });

  it('gives a value anew that did not arrive, and one that another server has replaced', async () => {
    const bench = createBench();
    const store = bench.live();
    await store.give([recipient('a', 'one', 'shared')]);
    store.doubt('a');
    await store.give([recipient('a', 'one', 'shared')]);
    await store.give([recipient('b', 'two', 'shared')]);
    await store.give([recipient('a', 'one', 'shared')], 'again');
    assert.equal(bench.did.length, 4);
    assert.equal(bench.values.get('shared'), 'one');
  });
});

async function notFound(cause: Error) {
  const { CliError } = await import('../../../../../daemon/engines/cli-error.ts');
  const run = { operation: 'remove secrets', exitCode: 1, stderr: '', argv: [], durationMs: 0, cause };
  return new CliError({ failure: 'not-found', ...run });
}
