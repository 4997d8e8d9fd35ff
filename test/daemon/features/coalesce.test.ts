import assert from 'node:assert/strict';
import { createCoalesced } from '../../../daemon/features/tools/coalesce.ts';

describe('coalesced work', () => {
  it('runs once more for all the wishes that came while it ran, and not once for each', async () => {
    const ends: (() => void)[] = [];
    const work = createCoalesced(() => new Promise(resolve => ends.push(resolve)));
    const first = work.run('a');
    const later = [work.run('a'), work.run('a')];
    assert.equal(ends.length, 1);
    ends[0]?.();
    await first;
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(ends.length, 2);
    ends[1]?.();
    await Promise.all(later);
    assert.equal(ends.length, 2);
  });

  it('slows down for a key that wishes without end', async () => {
    let runs = 0;
    const work = createCoalesced(async () => {
      runs += 1;
      // As a server does that says "my tools changed" each time it is asked for them.
      void work.run('a');
      await new Promise(resolve => setImmediate(resolve));
    });
    await work.run('a');
    await new Promise(resolve => setTimeout(resolve, 300));
    assert.ok(runs >= 2 && runs <= 6, String(runs));
  });

  it('goes on after a failure, and keeps the keys apart', async () => {
    let fails = true;
    const done: string[] = [];
    const work = createCoalesced(async key => {
      if (fails) throw new Error(key);
      done.push(key);
    });
    await assert.rejects(work.run('a'), /a/);
    fails = false;
    await Promise.all([work.run('a'), work.run('b'), work.settled('a')]);
    assert.deepEqual(done.toSorted(), ['a', 'b']);
  });
});
