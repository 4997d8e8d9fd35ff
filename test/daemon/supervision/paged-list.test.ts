import assert from 'node:assert/strict';
import { listLimits, readPagedList } from '../../../daemon/supervision/paged-list.ts';

interface Page {
  entries: unknown;
  nextCursor?: string | undefined;
}

/** Reads the list whose pages are given by their number; answers what was taken, told and asked for. */
async function read(pageOf: (page: number) => Page) {
  const told: string[] = [];
  let asked = 0;
  const found = await readPagedList({
    what: 'tools',
    page: async () => pageOf(asked++),
    parse: entry => (typeof entry === 'string' ? entry : undefined),
    tell: line => told.push(line),
  });
  return { found, told, asked };
}

describe('a list in pages', () => {
  it('is read to its end, without odd entries', async () => {
    const { found, told } = await read(n => ({
      entries: [`a${n}`, { odd: n }],
      nextCursor: n < 2 ? `c${n}` : undefined,
    }));
    assert.deepEqual([found, told], [['a0', 'a1', 'a2'], []]);
    assert.deepEqual((await read(() => ({ entries: 'none' }))).found, []);
  });

  it('is cut at so many bytes, whatever the number of pages', async () => {
    const { found, told, asked } = await read(n => ({
      entries: Array(24).fill('x'.repeat(200_000)),
      nextCursor: `c${n}`,
    }));
    assert.equal(found.length, Math.floor(listLimits.bytes / 200_002));
    assert.equal(asked, 2);
    assert.match(told.join(), /^Quayside: The list of tools has more than 8 MB: only its first 41 are taken\.$/);
  });

  it('is cut if it has nothing but entries that are too large', async () => {
    const { found, asked } = await read(n => ({ entries: Array(24).fill('x'.repeat(400_000)), nextCursor: `c${n}` }));
    assert.deepEqual([found, asked], [[], 2]);
  });

  it('is cut at so many entries, the odd ones as well', async () => {
    assert.equal((await read(() => ({ entries: Array(5_000).fill('x') }))).found.length, listLimits.items);
    const { told, asked } = await read(n => ({ entries: Array(1_500).fill({}), nextCursor: `c${n}` }));
    assert.equal(asked, 2);
    assert.match(told.join(), /more than 2000 entries: only its first 0/);
  });

  it('ends where a page is named twice', async () => {
    const { found, told, asked } = await read(n => ({ entries: [`a${n}`], nextCursor: 'again' }));
    assert.deepEqual([found, asked], [['a0', 'a1'], 2]);
    assert.match(told.join(), /names a page twice/);
  });

  it('is cut if its cursors alone are large', async () => {
    const { asked } = await read(n => ({ entries: [], nextCursor: String(n).padEnd(3_000_000, 'c') }));
    assert.equal(asked, 3);
  });

  it('leaves out an entry that is too large or too deep, and says so', async () => {
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    const { found, told } = await read(() => ({ entries: ['a', 'x'.repeat(300_000), 'b', deep] }));
    assert.deepEqual(found, ['a', 'b']);
    assert.deepEqual(told, ['Quayside: 2 of the tools are left out: more than 256 KB for one.']);
  });
});
