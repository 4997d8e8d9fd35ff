import assert from 'node:assert/strict';
import { readPages, readPieces } from '../../shared/api/pages.ts';

/** A list of so many rows, and what was asked of it. */
function list(rows: number) {
  const asked: number[] = [];
  const read = async ({ page, limit }: { page: number; limit: number }) => {
    asked.push(page);
    const items = Array.from({ length: rows }, (_, index) => index).slice((page - 1) * limit, page * limit);
    return { items, total: rows, page, limit };
  };
  return { asked, read };
}

describe('a list in pages', () => {
  for (const [rows, pages] of [
    [0, 1],
    [1, 1],
    [100, 1],
    [101, 2],
    [250, 3],
  ] as const) {
    it(`of ${rows} rows is read with ${pages} questions`, async () => {
      const { asked, read } = list(rows);
      const { items, total } = await readPages(read, 1_000);
      assert.deepEqual([items.length, total, asked.length], [rows, rows, pages]);
      assert.deepEqual(items, [...items.keys()]);
    });
  }

  it('is cut where it is longer than wanted, and says how long it is', async () => {
    const { asked, read } = list(500);
    const { items, total } = await readPages(read, 150);
    assert.deepEqual([items.length, total, asked.length], [150, 500, 2]);
  });

  it('whose rows went away while it was read comes to an end', async () => {
    let asked = 0;
    const read = async ({ page, limit }: { page: number; limit: number }) => ({
      items: asked++ === 0 ? ['a'] : [],
      total: 3,
      page,
      limit,
    });
    assert.deepEqual((await readPages(read, 1_000)).items, ['a']);
    assert.equal(asked, 2);
  });
});

describe('an export in pieces', () => {
  it('is asked for piece by piece, each after the one before was taken', async () => {
    const asked: number[] = [];
    const pieces = readPieces(async after => {
      asked.push(after);
      return { text: `from ${after}`, next: after < 20 ? after + 10 : null };
    });
    assert.equal((await pieces.next()).value, 'from 0');
    assert.deepEqual(asked, [0]);
    const rest: string[] = [];
    for await (const text of pieces) rest.push(text);
    assert.deepEqual(rest, ['from 10', 'from 20']);
    assert.deepEqual(asked, [0, 10, 20]);
  });
});
