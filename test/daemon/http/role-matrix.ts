// Who may use which route, made from the routes and the policy. node test/daemon/http/role-matrix.ts writes the reviewed copy anew.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decide } from '../../../daemon/http/policy.ts';
import { ownerPrincipal, type Principal } from '../../../daemon/http/principal.ts';
import { isFiltered, serverOf } from '../../../daemon/http/scope.ts';
import type { Permission, Route } from '../../../shared/api/route.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';
import { type Role, roles } from '../../../shared/domain/roles.ts';

const now = Date.parse('2026-01-01T10:00:00Z');
const somebody = (parts: Partial<Principal>): Principal => ({ ...ownerPrincipal('session'), id: 'x', ...parts });
const user = (role: Role, factor?: 'old') =>
  somebody({ kind: 'user', roles: [role], ...(factor ? { secondFactor: { enrolled: true, at: null } } : {}) });

interface Column {
  who: Principal | null;
  from?: 'this-machine' | 'elsewhere';
}
export const columns: Record<string, Column> = {
  nobody: { who: null },
  ...Object.fromEntries(roles.map(role => [role, { who: user(role) }])),
  'admin, old factor': { who: user('admin', 'old') },
  'admin, elsewhere': { who: user('admin'), from: 'elsewhere' },
  'admin key for one server': { who: somebody({ kind: 'key', roles: ['admin'], servers: ['one'] }) },
  agent: { who: somebody({ kind: 'agent' }) },
  owner: { who: ownerPrincipal() },
};

/** The two doors besides the API. */
const others: [operation: string, permission: Permission][] = [
  ['mcp', 'tools:call'],
  ['readApiDocument', 'daemon:read'],
];
const words = { ACCESS_001: '401', ACCESS_002: '', ACCESS_007: 'factor' } as const;

function cell(
  { who, from = 'this-machine' }: Column,
  operation: string,
  permission: Route['permission'],
  route?: Route,
) {
  const server = route && serverOf(route, { id: 'one' });
  const decision = decide(who, permission, { server, isFiltered: isFiltered(operation), from, now });
  return decision.allowed ? 'yes' : words[decision.code];
}

/** Columns of one width, as the formatter has them. */
function toTable(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(3, ...rows.map(row => row[at]?.length ?? 0)));
  const line = (row: string[]) => `| ${row.map((text, at) => text.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...body.map(line)];
}

export function makeMatrix(): string {
  const row = (operation: string, permission: Route['permission'], route?: Route) => [
    operation,
    permission,
    ...Object.values(columns).map(column => cell(column, operation, permission, route)),
  ];
  return [
    '# Who may use which route',
    '',
    'Made by `node test/daemon/http/role-matrix.ts`; read every change of it. Empty: 403. "factor": a fresh second factor first.',
    'A key for one server is asked of that server.',
    '',
    ...toTable([
      ['route', 'permission', ...Object.keys(columns)],
      ...operationIds.map(id => row(id, routes[id].permission, routes[id])),
      ...others.map(([operation, permission]) => row(operation, permission)),
    ]),
    '',
  ].join('\n');
}

export const matrixFile = fileURLToPath(new URL('./role-matrix.snapshot.md', import.meta.url));
if (import.meta.main) writeFileSync(matrixFile, makeMatrix());
