import assert from 'node:assert/strict';
import { describeSync, isChange } from '../../../extension/features/bitwarden/sync-words.ts';
import type { BitwardenSync, SyncChange } from '../../../shared/api/bitwarden.ts';

const row = (secretName: string, change: SyncChange, reason: string | null = null): BitwardenSync['items'][number] => ({
  mappingId: secretName,
  secretName,
  itemName: 'GitHub',
  part: 'notes',
  change,
  reason,
});

describe('the question before Bitwarden is taken over', () => {
  it('names what changes first, then what is left out and why, then how many are the same', () => {
    const items = [row('a.same', 'unchanged'), row('a.left', 'refused', 'It is empty.'), row('a.new', 'added')];
    assert.equal(
      describeSync({ applied: false, items }),
      'a.new: new, from “GitHub”\na.left: left out, from “GitHub”: It is empty.\n1 the same',
    );
    assert.deepEqual(
      items.filter(isChange).map(({ secretName }) => secretName),
      ['a.new'],
    );
  });

  it('stays readable with many', () => {
    const items = Array.from({ length: 500 }, (_, index) => row(`a.k${index}`, 'changed'));
    const lines = describeSync({ applied: false, items }).split('\n');
    assert.equal(lines.length, 21);
    assert.equal(lines.at(-1), 'and 480 more');
  });
});
