import assert from 'node:assert/strict';
import { ownerPrincipal } from '../../../daemon/http/principal.ts';
import { mayHear } from '../../../daemon/http/scope.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Role } from '../../../shared/domain/roles.ts';
import { userPrincipal } from '../../support/tools-and-calls.ts';

const finished: DaemonEvent = { type: 'call.finished', serverId: 'one', calls: [], more: 0 };
const progress: DaemonEvent = {
  ...{ type: 'call.progress', callId: 'c', by: 'user:ada', serverId: 'one' },
  ...{ progress: 1, total: null, message: null },
};
const hears = (event: DaemonEvent, change: Parameters<typeof userPrincipal>[0]) =>
  mayHear(userPrincipal(change))?.(event) ?? true;

describe('events about calls', () => {
  it('go to those who may read the history', () => {
    const roles: [Role, boolean][] = [
      ['viewer', false],
      ['operator', true],
      ['auditor', true],
      ['admin', true],
    ];
    for (const [role, expected] of roles) assert.equal(hears(finished, { roles: [role] }), expected, role);
    assert.equal(hears(finished, { kind: 'key', servers: ['two'] }), false);
    assert.equal(hears(finished, { kind: 'key', servers: ['one'] }), true);
    assert.equal(hears({ type: 'catalogs.changed' }, { roles: ['viewer'] }), true);
  });

  it('that wait for a person go to those who may see them, and not to agents', () => {
    const events: DaemonEvent[] = [
      {
        ...{ type: 'approval.changed', approvalId: 'a', serverId: 'one', tool: 'remove', state: 'waiting' },
        expiresAt: '2026-05-01T10:02:00Z',
      },
      { type: 'approval-rules.changed', version: 2 },
    ];
    for (const event of events) {
      assert.equal(hears(event, { roles: ['viewer'] }), false, event.type);
      assert.equal(hears(event, { kind: 'agent', roles: ['admin'] }), false, event.type);
      assert.equal(hears(event, { roles: ['operator'] }), true, event.type);
    }
  });

  it('go to their caller alone while it runs, and to the owner', () => {
    assert.equal(hears(progress, { id: 'ada' }), true);
    assert.equal(hears(progress, { id: 'bob', roles: ['admin'] }), false);
    assert.equal(hears(progress, { kind: 'key', id: 'ada' }), false);
    assert.equal(mayHear(ownerPrincipal()), undefined);
  });
});
