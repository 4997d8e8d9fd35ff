import assert from 'node:assert/strict';
import { peopleRows, toPeopleNode } from '../../../extension/features/users/users.nodes.ts';
import type { AccessKey } from '../../../shared/api/keys.ts';
import type { User } from '../../../shared/api/users.ts';
import { buildKey, buildUser } from '../../support/people-builder.ts';

const now = Date.parse('2026-05-01T10:00:00Z');
const ofUser = (change: Partial<User>) => toPeopleNode({ kind: 'user', user: buildUser(change) }, now);
const ofKey = (change: Partial<AccessKey>) => toPeopleNode({ kind: 'key', key: buildKey(change) }, now);

describe('the People tree', () => {
  it('lists users by name, and keys after them', () => {
    const rows = peopleRows([buildUser({ name: 'bob' }), buildUser()], [buildKey()]);
    assert.deepEqual(
      rows.map(row => toPeopleNode(row, now).label),
      ['ada', 'bob', 'cursor'],
    );
  });

  it('says what each user may do and what state it is in', () => {
    assert.equal(ofUser({}).description, 'admin');
    assert.equal(ofUser({ disabled: true }).description, 'admin · disabled');
    assert.equal(ofUser({ hasPassword: false, roles: ['viewer', 'auditor'] }).description, 'viewer, auditor · invited');
    assert.equal(ofUser({ lockedUntil: '2026-05-01T10:05:00Z' }).icon.id, 'lock');
    assert.match(
      JSON.stringify(ofUser({ lockedUntil: '2026-05-01T10:05:00Z' }).tooltip),
      /locked until 2026-05-01 10:05/,
    );
  });

  it('marks what can be done to a row', () => {
    assert.deepEqual(ofUser({}).marks, ['user', 'active', 'enabled']);
    const busy = ofUser({ disabled: true, sessions: 1, secondFactor: true, recoveryCodesLeft: 9 });
    assert.deepEqual(busy.marks, ['user', 'disabled', 'disabled', 'open', 'factor']);
    assert.deepEqual(ofKey({}).marks, ['key', 'agent', 'good']);
  });

  it('says what a key may use, and when it lets nobody in', () => {
    assert.equal(ofKey({}).description, 'agent · files');
    assert.equal(ofKey({ kind: 'key', roles: ['viewer'], servers: null }).description, 'viewer · all servers');
    assert.equal(ofKey({ expiresAt: '2026-05-01T10:00:00Z' }).description, 'agent · files · ended');
    assert.equal(ofKey({ suspended: true }).description, 'agent · files · lets nobody in now');
    assert.equal(ofKey({ suspended: true }).icon.id, 'warning');
  });
});
