// Users and keys with everything filled in, for tests that care about one field of them.
import { AccessKey } from '../../shared/api/keys.ts';
import { User } from '../../shared/api/users.ts';

const createdAt = '2026-01-01T00:00:00Z';

export const buildUser = (change: Partial<User> = {}): User =>
  User.parse({
    id: 'u1',
    name: 'ada',
    displayName: 'Ada L.',
    roles: ['admin'],
    disabled: false,
    hasPassword: true,
    secondFactor: false,
    recoveryCodesLeft: null,
    lockedUntil: null,
    lastSignInAt: null,
    sessions: 0,
    keys: [],
    createdAt,
    ...change,
  });

export const buildKey = (change: Partial<AccessKey> = {}): AccessKey =>
  AccessKey.parse({
    id: 'k1',
    name: 'cursor',
    kind: 'agent',
    roles: [],
    servers: ['files'],
    hint: 'qa_abcd',
    createdBy: 'owner (token)',
    suspended: false,
    createdAt,
    expiresAt: null,
    lastUsedAt: null,
    ...change,
  });
