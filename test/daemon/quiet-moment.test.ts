import assert from 'node:assert/strict';
import { startInProcessDaemon, until } from '../support/in-process-daemon.ts';

function createHeap() {
  const heap = {
    collected: 0,
    heldBytes: () => 100_000_000,
    collect() {
      heap.collected += 1;
    },
  };
  return heap;
}

describe('a daemon that nobody asks for anything', () => {
  it('gives memory back after its start, and after what it was asked', async () => {
    const [started, asked] = [createHeap(), createHeap()];
    await using afterStart = await startInProcessDaemon({ heap: started });
    await using afterRequest = await startInProcessDaemon({ heap: asked });
    await afterStart.daemon.restore();
    await afterRequest.api.getHealth();
    await until(() => started.collected > 0 && asked.collected > 0);
    // They hold what they held before, so once was enough.
    assert.deepEqual([started.collected, asked.collected], [1, 1]);
  }).timeout(20_000);
});
