import assert from 'node:assert/strict';
import { endsWith, keyEnd, userState } from '../../../webviews/access/user-words.ts';
import { buildKey, buildUser } from '../../support/people-builder.ts';

const now = Date.parse('2026-05-01T10:00:00Z');

describe('what is said of a user', () => {
  it('is the first that matters: disabled, locked, active, invited', () => {
    const locked = { lockedUntil: '2026-05-01T10:05:00Z' };
    assert.equal(userState(buildUser({ disabled: true, ...locked }), now).text, 'disabled');
    assert.match(userState(buildUser(locked), now).text, /^locked until \d{2}:05$/);
    assert.equal(userState(buildUser({ lockedUntil: '2026-05-01T09:59:00Z' }), now).text, 'active');
    assert.equal(userState(buildUser({ hasPassword: false }), now).text, 'invited');
    const elsewhere = buildUser({ hasPassword: false, lastSignInAt: '2026-04-01T00:00:00Z' });
    assert.equal(userState(elsewhere, now).text, 'no password');
  });

  it('is what ends with it, before it is deleted', () => {
    assert.deepEqual(endsWith(buildUser()), [
      'ada has nothing open now.',
      'ada cannot sign in again. The audit log stays.',
    ]);
    const busy = endsWith(buildUser({ sessions: 2, secondFactor: true, keys: ['ci', 'cursor'] })).join(' ');
    assert.match(busy, /within a second: 2 now\. These keys .* ci, cursor\. .*the second factor is gone/);
    const many = endsWith(buildUser({ keys: Array.from({ length: 12 }, (_, index) => `key${index}`) })).join(' ');
    assert.match(many, /key9 and 2 more/);
  });
});

describe('the end of a key', () => {
  const end = (expiresAt: string | null) => keyEnd(buildKey({ expiresAt }), now);
  it('is told as a day, and whether it has come', () => {
    assert.deepEqual(end(null), { text: 'never ends', isOver: false });
    assert.deepEqual(end('2026-05-02T00:00:00Z'), { text: 'ends on 2026-05-02', isOver: false });
    assert.deepEqual(end('2026-05-01T10:00:00Z'), { text: 'ended on 2026-05-01', isOver: true });
  });
});
