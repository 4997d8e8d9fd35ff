import assert from 'node:assert/strict';
import fc from 'fast-check';
import { partValue, toListed } from '../../../../daemon/features/bitwarden/item-parts.ts';
import { planSync } from '../../../../daemon/features/bitwarden/sync.ts';
import { BitwardenPart } from '../../../../shared/api/bitwarden.ts';
import { fakeItem } from '../../../support/fake-bitwarden.ts';

const text = fc.option(fc.string({ maxLength: 30 }), { nil: null });
const item = fc
  .record({
    id: fc.uuid(),
    name: fc.string({ maxLength: 30 }),
    notes: text,
    login: fc.option(fc.record({ username: text, password: text, totp: text }), { nil: null }),
    fields: fc.array(fc.record({ name: fc.string({ maxLength: 12 }), value: text }), { maxLength: 5 }),
    attachments: fc.nat(3),
    asksAgain: fc.boolean(),
  })
  .map(parts => fakeItem(parts.id, parts));

describe('the parts of an item', () => {
  it('are listed exactly if they can be taken over', () => {
    fc.assert(
      fc.property(item, each => {
        for (const part of toListed(each).parts) assert.ok('value' in partValue(each, part), part);
        const all = ['login.username', 'login.password', 'login.totp', 'notes', 'attachment:x'];
        for (const part of all) assert.equal('value' in partValue(each, part), toListed(each).parts.includes(part));
      }),
    );
  });

  it('never hold a value in what is listed', () => {
    fc.assert(
      fc.property(item, fc.uuid(), (each, secret) => {
        const full = { ...each, notes: secret, login: { username: secret, password: secret, totp: secret } };
        assert.doesNotMatch(JSON.stringify(toListed(full)), new RegExp(secret));
      }),
    );
  });

  it('have names that the API takes, or are left out', () => {
    const odd = fakeItem('x', {
      fields: [
        { name: '', value: 'no name' },
        { name: 'n'.repeat(2_000), value: 'long' },
        { name: 'fine', value: 'v' },
        { name: 'null\0', value: 'v' },
      ],
    });
    for (const part of toListed(odd).parts) assert.ok(BitwardenPart.safeParse(part).success, JSON.stringify(part));
    assert.ok(toListed(odd).parts.includes('field:fine'));
  });

  it('are refused if the vault could not hold them', () => {
    const large = fakeItem('x', { notes: 'n'.repeat(65_537), fields: [{ name: 'zero', value: 'a\0b' }] });
    assert.ok('refused' in partValue(large, 'notes'));
    assert.ok('refused' in partValue(large, 'field:zero'));
  });
});

describe('the plan of a synchronisation', () => {
  const mapping = (id: string, secretId: string | null) => ({
    id,
    itemId: id,
    itemName: id,
    part: 'notes',
    secretName: `x.${id}`,
    serverId: null,
    secretId,
    syncedAt: null,
    state: 'new' as const,
    reason: null,
  });

  it('has one row for each mapping, and is empty of changes once it was carried out', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.string({ minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(values, values, (there, here) => {
        const vault = new Map(Object.entries(here));
        const secrets = {
          find: (name: string) => (vault.has(name.slice(2)) ? { id: name.slice(2), serverId: null } : undefined),
          hasValue: (id: string) => vault.has(id),
          matches: (id: string, value: string) => vault.get(id) === value,
        };
        const mappings = ['a', 'b', 'c', 'd'].map(id => mapping(id, vault.has(id) ? id : null));
        const items = Object.entries(there).map(([id, notes]) => fakeItem(id, { notes }));
        const usable = items.filter(({ notes }) => !notes?.includes('\0'));
        const steps = planSync(mappings, usable, secrets);
        assert.deepEqual(
          steps.map(({ mappingId }) => mappingId),
          mappings.map(({ id }) => id),
        );
        for (const { change, value, mappingId, secretId } of steps) {
          if (change === 'added' || change === 'changed') vault.set(mappingId, value ?? '');
          if (change === 'removed') vault.delete(secretId ?? '');
        }
        const again = planSync(mappings, usable, secrets).map(({ change }) => change);
        assert.ok(
          again.every(change => change === 'unchanged' || change === 'refused'),
          again.join(),
        );
      }),
    );
  });
});
