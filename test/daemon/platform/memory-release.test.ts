import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createMemoryRelease, type Heap, ownHeap } from '../../../daemon/platform/memory-release.ts';

const quietMs = 3_000;
const restMs = 60_000;
const growthBytes = 1_000;

/** A heap, and a clock with timers that go only as far as they are told. */
function createWorld(heap: Heap | undefined) {
  let now = 0;
  let timer: { at: number; act: () => void } | undefined;
  let timersSet = 0;
  const release = createMemoryRelease({
    ...{ heap, quietMs, restMs, growthBytes },
    now: () => now,
    after(milliseconds, act) {
      timersSet += 1;
      timer = { at: now + milliseconds, act };
      return () => {
        timer = undefined;
      };
    },
  });
  return {
    release,
    get timersSet() {
      return timersSet;
    },
    get isWaiting() {
      return timer !== undefined;
    },
    pass(milliseconds: number) {
      const until = now + milliseconds;
      while (timer && timer.at <= until) {
        const { at, act } = timer;
        timer = undefined;
        now = at;
        act();
      }
      now = until;
    },
  };
}

function createHeap() {
  const heap = {
    held: 10_000,
    collected: 0,
    heldBytes: () => heap.held,
    collect() {
      heap.collected += 1;
      heap.held = 5_000;
    },
  };
  return heap;
}

describe('memory that is given back', () => {
  it('is given back once, in the first quiet moment', () => {
    const heap = createHeap();
    const world = createWorld(heap);
    world.release.noticed();
    world.pass(quietMs - 1);
    assert.equal(heap.collected, 0);
    world.pass(1);
    assert.equal(heap.collected, 1);
    world.pass(100 * quietMs);
    assert.equal(heap.collected, 1);
    assert.equal(world.isWaiting, false, 'a daemon at rest is woken by nothing');
  });

  it('is not given back while there is work, and a busy time costs few timers', () => {
    const heap = createHeap();
    const world = createWorld(heap);
    for (let request = 0; request < 1_000; request++) {
      world.release.noticed();
      world.pass(100);
    }
    assert.equal(heap.collected, 0);
    assert.ok(world.timersSet < 50, `${world.timersSet} timers`);
    world.pass(quietMs);
    assert.equal(heap.collected, 1);
  });

  it('is left alone later as long as it is little, and until there was a long rest', () => {
    const heap = createHeap();
    const world = createWorld(heap);
    const workAndRest = (held: number, milliseconds: number) => {
      heap.held = held;
      world.release.noticed();
      world.pass(milliseconds);
    };
    workAndRest(20_000, quietMs);
    workAndRest(5_000 + growthBytes - 1, restMs);
    assert.equal(heap.collected, 1);
    workAndRest(5_000 + growthBytes, restMs - 1);
    assert.equal(heap.collected, 1);
    world.pass(1);
    assert.equal(heap.collected, 2);
  });

  it('stays where it is after the end, and where it is left to the runtime', () => {
    const heap = createHeap();
    const ending = createWorld(heap);
    ending.release.noticed();
    ending.release.stop();
    ending.release.noticed();
    ending.pass(10 * quietMs);
    assert.equal(heap.collected, 0);

    const without = createWorld(undefined);
    without.release.noticed();
    assert.equal(without.timersSet, 0);
  });

  it('is really given back by the heap of a process, and nobody else gets to collect', async () => {
    const heap = ownHeap();
    assert.ok(heap.heldBytes() > 1_000_000);
    const shown = globalThis.gc;
    const left = new WeakRef(new Array(100_000).fill(0));
    // What was looked at is kept until the end of the turn.
    await new Promise(resolve => setImmediate(resolve));
    heap.collect();
    assert.equal(left.deref(), undefined);
    assert.equal(globalThis.gc, shown);
  });

  const limitsFiles = process.platform !== 'win32';
  (limitsFiles ? it : it.skip)('is looked at where no more files can be open', async () => {
    const script = `
      import { closeSync, openSync } from 'node:fs';
      import { ownHeap } from ${JSON.stringify(new URL('../../../daemon/platform/memory-release.ts', import.meta.url).href)};
      const heap = ownHeap();
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      const held = heap.heldBytes();
      heap.collect();
      for (const each of open) closeSync(each);
      process.stdout.write(String(held > 1_000_000));`;
    const shell = 'ulimit -n 64 && exec "$0" --input-type=module --eval "$1"';
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', shell, process.execPath, script]);
    assert.equal(stdout, 'true');
  });
});
