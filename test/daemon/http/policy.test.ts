import assert from 'node:assert/strict';
import { type AccessContext, decide, explain } from '../../../daemon/http/policy.ts';
import { describePrincipal, ownerPrincipal, type Principal } from '../../../daemon/http/principal.ts';
import { permissions } from '../../../shared/api/route.ts';
import { permissionsOfAgents, permissionsOfRole } from '../../../shared/domain/roles.ts';

const now = Date.parse('2026-01-01T10:00:00Z');
const here: AccessContext = { from: 'this-machine', isFiltered: true, now };
const principal = (parts: Partial<Principal>): Principal => ({
  ...ownerPrincipal('session'),
  kind: 'user',
  id: 'u1',
  name: 'ada',
  ...parts,
});
const codeOf = (who: Principal | null, permission: Parameters<typeof decide>[1], context = here) => {
  const decision = decide(who, permission, context);
  return decision.allowed ? 'allowed' : decision.code;
};

describe('the policy', () => {
  it('gives each role exactly what its list names', () => {
    for (const role of ['viewer', 'operator', 'auditor', 'admin'] as const) {
      for (const permission of permissions) {
        const isNamed = (permissionsOfRole[role] as readonly string[]).includes(permission);
        assert.equal(codeOf(principal({ roles: [role] }), permission), isNamed ? 'allowed' : 'ACCESS_002', permission);
      }
    }
  });

  it('gives the owner everything, and nobody anything but what is public', () => {
    for (const permission of permissions) {
      assert.equal(codeOf(ownerPrincipal(), permission, { ...here, from: 'elsewhere' }), 'allowed');
      assert.equal(codeOf(null, permission), 'ACCESS_001');
    }
    assert.equal(codeOf(null, 'public'), 'allowed');
  });

  it('gives agents their fixed permissions, whatever roles they have', () => {
    const agent = principal({ kind: 'agent', via: 'key', roles: ['admin'] });
    for (const permission of permissions) {
      const isFixed = (permissionsOfAgents as readonly string[]).includes(permission);
      assert.equal(codeOf(agent, permission), isFixed ? 'allowed' : 'ACCESS_002', permission);
    }
  });

  it('denies somebody of a kind that it does not know, of no role, and who is disabled', () => {
    assert.equal(codeOf({ kind: 'stranger' } as never, 'servers:read'), 'ACCESS_002');
    assert.equal(codeOf(principal({ roles: [] }), 'servers:read'), 'ACCESS_002');
    assert.equal(codeOf(principal({ roles: ['admin'], disabled: true }), 'servers:read'), 'ACCESS_001');
  });

  it('keeps a key to its servers, and to what leaves the others out', () => {
    const key = principal({ kind: 'key', via: 'key', roles: ['admin'], servers: ['mine'] });
    assert.equal(codeOf(key, 'servers:operate', { ...here, server: 'mine' }), 'allowed');
    assert.equal(codeOf(key, 'servers:operate', { ...here, server: 'other' }), 'ACCESS_002');
    assert.equal(codeOf(key, 'servers:read', { ...here, isFiltered: true }), 'allowed');
    assert.equal(codeOf(key, 'servers:manage', { ...here, isFiltered: false }), 'ACCESS_002');
  });

  it('lets only the owner end the daemon or change the vault from another machine', () => {
    const admin = principal({ roles: ['admin'] });
    assert.equal(codeOf(admin, 'daemon:manage', { ...here, from: 'elsewhere' }), 'ACCESS_002');
    assert.equal(codeOf(admin, 'vault:manage', { ...here, from: 'elsewhere' }), 'ACCESS_002');
    assert.equal(codeOf(admin, 'servers:manage', { ...here, from: 'elsewhere' }), 'allowed');
  });

  it('asks for a fresh second factor where it matters, if there is one', () => {
    const admin = (at: string | null) => principal({ roles: ['admin'], secondFactor: { enrolled: true, at } });
    assert.equal(codeOf(admin('2026-01-01T09:50:00Z'), 'access:manage'), 'allowed');
    assert.equal(codeOf(admin('2026-01-01T09:45:00Z'), 'access:manage'), 'ACCESS_007');
    assert.equal(codeOf(admin(null), 'vault:manage'), 'ACCESS_007');
    assert.equal(codeOf(admin(null), 'servers:manage'), 'allowed');
    assert.equal(codeOf(principal({ roles: ['admin'] }), 'access:manage'), 'allowed');
  });

  it('explains a decision by the rules that were looked at, in order', () => {
    const admin = principal({ roles: ['viewer', 'admin'], secondFactor: { enrolled: true, at: null } });
    assert.deepEqual(explain(admin, 'vault:manage', here), {
      allowed: false,
      reasons: [
        'The role admin has the permission vault:manage.',
        'The request comes from this machine, as it must.',
        'The second factor was not given in the last 15 minutes.',
      ],
    });
    assert.deepEqual(explain(ownerPrincipal(), 'access:token', here), {
      allowed: true,
      reasons: ['The owner may do everything.'],
    });
  });

  it('never explains another decision than it makes', () => {
    const kinds = ['owner', 'user', 'key', 'agent'] as const;
    for (const kind of kinds)
      for (const servers of [null, ['mine']])
        for (const permission of permissions) {
          const who = principal({ kind, servers, roles: ['operator'] });
          for (const server of [undefined, 'mine', 'other']) {
            const context = { ...here, server };
            assert.equal(explain(who, permission, context).allowed, decide(who, permission, context).allowed);
          }
        }
  });

  it('names who acts by kind, name and proof, and shows what is hidden in a name', () => {
    assert.equal(describePrincipal(null), 'anonymous');
    assert.equal(describePrincipal(ownerPrincipal()), 'owner (token)');
    assert.equal(describePrincipal(principal({ via: 'jwt' })), 'user ada (jwt)');
    assert.equal(
      describePrincipal(principal({ kind: 'agent', via: 'key', name: 'x\n\u202e' })),
      'agent x\\u{a}\\u{202e} (key)',
    );
  });
});
