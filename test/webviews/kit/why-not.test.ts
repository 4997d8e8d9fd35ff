import assert from 'node:assert/strict';
import type { Session } from '../../../shared/api/access.ts';
import { permissionsOfRole, type Role } from '../../../shared/domain/roles.ts';
import { whyNot } from '../../../webviews/kit/why-not.ts';

const as = (...roles: Role[]) => ({
  principal: { roles } as Session['principal'],
  permissions: roles.flatMap(role => [...permissionsOfRole[role]]),
});

describe('why something is greyed', () => {
  it('is nothing for who may do it, and as long as nothing is known', () => {
    assert.equal(whyNot(as('admin'), 'access:manage'), undefined);
    assert.equal(whyNot(undefined, 'access:manage'), undefined);
  });

  it('names the roles that it takes, and those that one has', () => {
    assert.equal(whyNot(as('viewer'), 'access:manage'), 'This takes the role admin. You have the role viewer.');
    assert.match(
      whyNot(as('viewer', 'operator'), 'audit:read') ?? '',
      /role auditor or admin\. You have the role viewer and operator\./,
    );
    assert.equal(whyNot(as('admin'), 'access:token'), 'Only the owner may do this. You have the role admin.');
    assert.match(whyNot(as(), 'servers:read') ?? '', /You have no role\.$/);
  });
});
