import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createServerTurns } from '../../../../daemon/features/tests/server-turns.ts';

const never = new AbortController().signal;
/** Lets everything happen that is waiting for nothing but its turn. */
const settle = () => new Promise<void>(resolve => setImmediate(resolve));

describe('turns at a server', () => {
  it('are for one alone, or for many together, in the order in which they came, and nobody waits for ever', async () => {
    const visitor = fc.record({
      server: fc.constantFrom('a', 'b'),
      alone: fc.boolean(),
      givesUp: fc.boolean(),
      stays: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(visitor, { maxLength: 12 }), async visitors => {
        const turns = createServerTurns();
        const inside = { a: { all: 0, alone: 0 }, b: { all: 0, alone: 0 } };
        const admitted: number[] = [];
        const visit = async ({ server, alone, givesUp, stays }: (typeof visitors)[number], index: number) => {
          const giving = new AbortController();
          const entering = turns.enter(server, alone, giving.signal);
          if (givesUp) void settle().then(() => giving.abort());
          const leave = await entering.catch(() => undefined);
          if (!leave) return;
          const at = inside[server];
          admitted.push(index);
          at.all += 1;
          at.alone += Number(alone);
          assert.ok(at.alone === 0 || at.all === 1, JSON.stringify(visitors));
          for (let turn = 0; turn < stays; turn++) await settle();
          at.all -= 1;
          at.alone -= Number(alone);
          leave();
        };
        await Promise.all(visitors.map(visit));
        for (const server of ['a', 'b']) {
          const mine = admitted.filter(index => visitors[index]?.server === server);
          assert.deepEqual(
            mine,
            mine.toSorted((a, b) => a - b),
          );
        }
        for (const [index, { givesUp }] of visitors.entries()) assert.ok(givesUp || admitted.includes(index));
      }),
      { numRuns: 100 },
    );
  });

  it('are not given to who has gone already', async () => {
    const turns = createServerTurns();
    await assert.rejects(turns.enter('a', true, AbortSignal.abort(new Error('gone'))), /gone/);
    (await turns.enter('a', true, never))();
  });
});
