import assert from 'node:assert/strict';
import fc from 'fast-check';
import { auditedChanges, toldByHandlers } from '../../../daemon/http/audited-changes.ts';
import { findChanges } from '../../../daemon/http/state-changes.ts';
import { describeChange } from '../../../shared/api/audit.ts';
import type { Route } from '../../../shared/api/route.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';

const told = (...args: Parameters<typeof findChanges>): string[] => findChanges(...args).map(describeChange);

describe('what an act has changed', () => {
  it('is told field by field, and what stayed is not', () => {
    const before = { roles: ['viewer'], disabled: false, limits: { start: 1, call: 2 }, folder: null };
    const after = { roles: ['admin', 'auditor'], disabled: false, limits: { start: 3, call: 2 }, folder: '/x' };
    assert.deepEqual(told({ shown: before }, { shown: after }), [
      'roles: viewer → admin, auditor',
      'limits.start: 1 → 3',
      'folder: nothing → /x',
    ]);
    assert.deepEqual(told({ shown: after }, null).at(-1), 'folder: /x → nothing');
  });

  it('is told of what may be secret by name alone: added, changed, removed', () => {
    const before = { environment: { OLD: 'canary-1', KEY: 'canary-2', SAME: 'canary-3' }, arguments: ['canary-4'] };
    const after = { environment: { NEW: 'canary-5', KEY: 'canary-6', SAME: 'canary-3' }, arguments: ['canary-7'] };
    const changes = told({ shown: {}, hidden: before }, { shown: {}, hidden: after });
    assert.deepEqual(changes, [
      'environment.OLD: ••• → nothing',
      'environment.KEY: ••• → •••',
      'arguments: ••• → •••',
      'environment.NEW: nothing → •••',
    ]);
  });

  it('has no value of what is hidden in it, whatever the values are', () => {
    const value = fc.string({ minLength: 4 }).map(text => `canary${text}`);
    const state = fc.dictionary(
      fc.constantFrom('A', 'B', 'C'),
      fc.oneof(value, fc.array(value), fc.record({ x: value })),
    );
    fc.assert(
      fc.property(state, state, (before, after) => {
        const changes = findChanges({ shown: {}, hidden: { all: before } }, { shown: {}, hidden: { all: after } });
        assert.ok(!JSON.stringify(changes).includes('canary'));
      }),
    );
  });

  it('is bounded, and shows no query of an address and no character that cannot be seen', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, index) => [`field-${index}`, index]));
    assert.equal(findChanges(null, { shown: many }).length, 51);
    assert.equal(describeChange(findChanges(null, { shown: many })[50] as never), 'more: nothing → 30 fields');
    const [url, long] = findChanges(null, {
      shown: { url: 'https://u:p@a.test/x?key=canary', text: '\u202e'.repeat(900) },
    });
    assert.equal(url?.after, 'https://a.test/x');
    assert.ok((long?.after?.length ?? 999) < 210 && !long?.after?.includes('\u202e'));
  });
});

/** What they change is named by the act itself and its fields, or it is the state of something outside that runs. */
const withoutState: Readonly<Record<string, string>> = {
  deleteSession: 'one’s own session ends',
  endMySession: 'one’s own session ends, and the path names it',
  deleteMcpSession: 'a session of a client ends, and the path names it',
  updateSavedCall:
    'a request that a person keeps for later; nothing hangs on it, and its arguments are nobody’s business',
  deleteSavedCall: 'the same',
};

describe('every act that replaces or removes something', () => {
  it('tells the audit log what it has changed, or is on the list of those that need not', () => {
    const replacing = operationIds.filter(id => ['put', 'patch', 'delete'].includes((routes[id] as Route).method));
    const told: readonly string[] = [...Object.keys(auditedChanges), ...toldByHandlers, ...Object.keys(withoutState)];
    assert.deepEqual(
      replacing.filter(id => !told.includes(id)),
      [],
    );
  });

  it('is looked at through an operation that changes nothing and takes the same parameters', () => {
    for (const [id, view] of Object.entries(auditedChanges)) {
      const read: Route = routes[view.read];
      const act: Route = routes[id as keyof typeof routes];
      assert.equal(read.method, 'get', id);
      assert.ok(act.audited, id);
      if (view.ofCaller) continue;
      for (const name of Object.keys(read.params?.shape ?? {})) assert.ok(name in (act.params?.shape ?? {}), id);
    }
  });
});
