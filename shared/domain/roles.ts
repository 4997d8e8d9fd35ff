// What each role may do, as data. What is not named here is not allowed (rule D7).

export const roles = ['viewer', 'operator', 'auditor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Everybody who may come in at all: they see what there is, and change nothing. */
const viewer = [
  'daemon:read',
  'servers:read',
  'tools:read',
  'catalog:read',
  'operations:read',
  'events:read',
  'access:read',
] as const;

/** `access:token` is in none: the owner's own token is for the owner alone. */
export const permissionsOfRole = {
  viewer,
  operator: [
    ...viewer,
    'servers:operate',
    'tools:call',
    'operations:manage',
    'secrets:read',
    'approvals:read',
    'approvals:decide',
    'calls:read',
  ],
  auditor: [...viewer, 'calls:read', 'audit:read', 'secrets:read', 'access:list'],
  admin: [
    ...viewer,
    'servers:operate',
    'servers:manage',
    'tools:call',
    'operations:manage',
    'secrets:read',
    'secrets:manage',
    'vault:manage',
    'audit:read',
    'access:list',
    'access:manage',
    'daemon:manage',
    'approvals:read',
    'approvals:decide',
    'approvals:manage',
    'calls:read',
    'calls:manage',
  ],
} as const satisfies Record<Role, readonly string[]>;

/** What an agent's key may do, whatever roles it has: it lists and calls tools. */
export const permissionsOfAgents = ['tools:read', 'tools:call', 'servers:read', 'access:read'] as const;

/** What asks for a second factor that was given a short while ago, if the user has one. */
export const needsFreshFactor = ['access:manage', 'vault:manage', 'daemon:manage', 'approvals:manage'] as const;
export const freshFactorMinutes = 15;

/** What a user or key may do only from this machine. */
export const onlyFromThisMachine = ['daemon:manage', 'vault:manage'] as const;

const sentences: Record<Role, string> = {
  viewer: 'Sees servers, tools and the catalog, and changes nothing.',
  operator:
    'Starts and stops servers, calls tools, reads the history of calls, and approves calls that wait for a person.',
  auditor: 'Sees what a viewer sees, the audit log, that calls were made but not with what, and who has access.',
  admin: 'Does everything but read the owner’s token.',
};
/** The role as a person reads it. */
export const describeRole = (role: Role): string => sentences[role];
