import assert from 'node:assert/strict';
import { decideHandshake } from '../../../extension/daemon-link/handshake.ts';
import { pauseAfterCrash } from '../../../extension/daemon-link/link-state.ts';

describe('the handshake with a running daemon', () => {
  const cases: [ours: [string, number], theirs: [string, number], decision: string][] = [
    [['1.2.0', 1], ['1.2.0', 1], 'use'],
    [['1.2.0', 1], ['1.1.9', 1], 'replace'],
    [['1.2.0', 1], ['1.2.0-beta.1', 1], 'replace'],
    [['1.2.0', 1], ['1.3.0', 1], 'use'],
    [['1.2.0', 1], ['1.3.0', 2], 'refuse'],
    [['1.2.0', 2], ['1.1.0', 1], 'replace'],
    [['1.2.0', 2], ['1.2.0', 1], 'replace'],
  ];
  for (const [ours, theirs, decision] of cases) {
    it(`of version ${theirs[0]} with API ${theirs[1]}, for us at ${ours[0]} with API ${ours[1]}: ${decision}`, () => {
      const pair = ([version, apiVersion]: [string, number]) => ({ version, apiVersion });
      assert.equal(decideHandshake(pair(ours), pair(theirs)), decision);
    });
  }
});

describe('the pause after a crash of the daemon', () => {
  it('grows, and ends in giving up', () => {
    const now = 1_000_000;
    assert.equal(pauseAfterCrash([now], now), 1_000);
    assert.equal(pauseAfterCrash([now - 10, now], now), 2_000);
    assert.equal(pauseAfterCrash([now - 20, now - 10, now], now), 4_000);
    assert.equal(pauseAfterCrash([now - 30, now - 20, now - 10, now], now), null);
  });
  it('forgets crashes of long ago', () => {
    const now = 10_000_000;
    assert.equal(pauseAfterCrash([1, 2, 3, 4, now], now), 1_000);
  });
});
