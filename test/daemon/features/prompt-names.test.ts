import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createPromptNames } from '../../../daemon/features/tools/prompt-names.ts';
import { createHeldNameRepository } from '../../../daemon/features/tools/tool-names.repository.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';

interface PromptId {
  serverId: string;
  prompt: string;
}

const prompt = fc.record({
  serverId: fc.oneof(fc.constantFrom('a', 'a__b', 'files'), fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/)),
  prompt: fc.oneof(fc.constantFrom('b__c', 'c', 'write', 'files__write'), fc.string({ minLength: 1, maxLength: 700 })),
});
const prompts = fc.uniqueArray(prompt, { selector: each => `${each.serverId} ${each.prompt}`, maxLength: 30 });
const inMemory = () => createPromptNames({ names: () => new Map(), saveNames: () => {} });

describe('the names of prompts at the endpoint', () => {
  const open = () => {
    const database = openDatabase(':memory:');
    const insert = database.prepare(`
      insert into servers (id, title, description, engine, source, enabled, created_at, updated_at)
      values (?, 'x', '', 'process', '{}', 0, '', '')`);
    const repository = createHeldNameRepository(database, 'prompt_names');
    return {
      database,
      install: (...ids: string[]) => ids.forEach(id => void insert.run(id)),
      /** As after a restart. */
      create: () => createPromptNames(repository),
      stored: () => database.prepare('select count(*) from prompt_names').pluck().get(),
    };
  };
  const namesOf = (found: PromptId[], of: ReturnType<typeof inMemory>['of']) => of(found).map(({ name }) => name);

  it('are unique, and fit every client', () => {
    fc.assert(
      fc.property(prompts, found => {
        const names = namesOf(found, inMemory().of);
        assert.equal(new Set(names).size, found.length);
        for (const name of names) assert.match(name, /^[a-zA-Z0-9_-]{1,64}$/);
      }),
    );
  });

  it('stay, whichever of the servers are asked, in whatever order, and after a restart', () => {
    fc.assert(
      fc.property(prompts, fc.array(fc.nat(), { maxLength: 6 }), (found, seeds) => {
        const { database, install, create } = open();
        install(...new Set(found.map(({ serverId }) => serverId)));
        const known = new Map<string, string>();
        let names = create();
        for (const seed of seeds) {
          const some = found.filter((_, at) => (seed >> (at % 8)) % 2 === 0);
          if (seed % 3 === 0) some.reverse();
          if (seed % 2 === 0) names = create();
          names.of(some).forEach(({ name }, at) => {
            const key = `${some[at]?.serverId} ${some[at]?.prompt}`;
            assert.equal(known.get(key) ?? name, name);
            known.set(key, name);
          });
        }
        database.close();
      }),
      { numRuns: 50 },
    );
  });

  it('are not taken by a server that comes later, nor while the first one is stopped', () => {
    const { install, create, database } = open();
    install('two', 'one');
    const [two, one] = [
      { serverId: 'two', prompt: 'greet' },
      { serverId: 'one', prompt: 'greet' },
    ];
    assert.deepEqual(namesOf([two], create().of), ['greet']);
    assert.deepEqual(namesOf([one], create().of), ['one__greet']);
    assert.deepEqual(namesOf([one, two], create().of), ['one__greet', 'greet']);
    database.prepare("delete from servers where id = 'two'").run();
    assert.deepEqual(namesOf([one], create().of), ['one__greet']);
    database.close();
  });

  it('tell no long name of two that share one', () => {
    const found = [
      { serverId: 'a', prompt: 'b__c' },
      { serverId: 'a__b', prompt: 'c' },
      { serverId: 'x', prompt: 'c' },
    ];
    assert.deepEqual(
      inMemory()
        .of(found)
        .map(({ longName }) => longName),
      [null, null, 'x__c'],
    );
  });

  it('fill no table, whatever a server calls its prompts, and are kept for no server that is gone', () => {
    const { install, create, stored, database } = open();
    install('one');
    const names = create();
    for (let round = 0; round < 40; round += 1)
      names.of(Array.from({ length: 20 }, (_, at) => ({ serverId: 'one', prompt: `p${round}-${at}` })));
    assert.ok(Number(stored()) <= 540, String(stored()));
    const before = stored();
    const [long] = names.of([{ serverId: 'one', prompt: 'x'.repeat(100_000) }]);
    assert.match(long?.name ?? '', /^one__x+_[0-9a-f]{8}$/);
    assert.deepEqual(namesOf([{ serverId: 'gone', prompt: 'late' }], names.of), ['late']);
    assert.equal(stored(), before);
    database.close();
  });
});
