import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type AccessTokens, createAccessTokens } from '../../../../daemon/features/access/access-tokens.ts';
import type { Family } from '../../../../daemon/features/access/token-families.ts';
import { systemClock } from '../../../../daemon/platform/clock.ts';

describe('the check of an access token', () => {
  const key = { kid: 'one', secret: randomBytes(32) };
  const family: Family = { id: 'family', userId: 'ada', factorAt: null, expiresAt: '2100-01-01T00:00:00Z' };
  const user = {
    ...{ id: 'ada', name: 'ada', displayName: 'Ada', roles: [], disabled: false, password: null, factor: null },
    ...{ factorConfirmedAt: null, recovery: [], lastSignInAt: null, createdAt: '2026-01-01T00:00:00Z' },
  };
  let tokens: AccessTokens;
  let isLive: boolean;
  /** How often a signature was checked: each time its key is looked for. */
  let checked: number;
  beforeEach(() => {
    checked = 0;
    isLive = true;
    const find = () => {
      checked += 1;
      return key;
    };
    tokens = createAccessTokens({
      keys: { newest: () => key, find },
      findFamily: () => (isLive ? family : undefined),
      findUser: () => user,
      clock: systemClock,
    });
  });

  it('is made once for all who ask while it is made, and for those who come later not again', async () => {
    const { token } = await tokens.issue(family);
    const [one, other] = await Promise.all([tokens.check(token), tokens.check(token)]);
    assert.equal(one?.id, 'ada');
    assert.equal(one, other);
    assert.equal(tokens.check(token), one);
    assert.equal(checked, 1);
  });

  it('is made anew for a token that was wrong, or whose family has ended meanwhile', async () => {
    const { token } = await tokens.issue(family);
    const forged = `${token.slice(0, -4)}AAAA`;
    assert.deepEqual(await Promise.all([tokens.check(forged), tokens.check(forged)]), [null, null]);
    assert.equal(checked, 1);
    assert.equal(await tokens.check(forged), null);
    assert.equal(checked, 2);
    assert.ok(await tokens.check(token));
    isLive = false;
    tokens.forget({ familyId: 'family' });
    assert.equal(await tokens.check(token), null);
  });
});
