import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { gather } from '../../../extension/platform/gather.ts';

describe('what is asked for in bursts', () => {
  const asked = (act: () => void) => {
    const gathering = gather(5, act);
    for (let each = 0; each < 10; each++) gathering.soon();
    return gathering;
  };

  it('is done once for each burst', async () => {
    let done = 0;
    const gathering = asked(() => done++);
    assert.equal(done, 0);
    await pause(20);
    assert.equal(done, 1);
    gathering.soon();
    await pause(20);
    assert.equal(done, 2);
  });

  it('is not done after its end, whether it was asked for before or later', async () => {
    let done = 0;
    const gathering = asked(() => done++);
    gathering.dispose();
    gathering.soon();
    await pause(20);
    assert.equal(done, 0);
  });
});
