// Things of the gateway, as the API tells them.
import type { Approval, ApprovalRules } from '../../../shared/api/approvals.ts';
import type { Call, CallDetail } from '../../../shared/api/calls.ts';
import type { LockedTool, ServerLock, ServerLockDetail } from '../../../shared/api/locks.ts';
import type { McpSession, ServerPath } from '../../../shared/api/mcp.ts';
import type { ToolClash } from '../../../shared/api/tool-clashes.ts';
import type { Tool } from '../../../shared/api/tools.ts';

export const digestOf = (letter: string): string => `sha256:${letter.repeat(64)}`;

export const buildApproval = (change: Partial<Approval> = {}): Approval => ({
  id: 'call-1',
  kind: 'call',
  state: 'waiting',
  serverId: 'files',
  tool: 'remove',
  arguments: '{\n  "path": "/tmp/a"\n}',
  besides: '',
  digest: digestOf('a'),
  caller: { id: 'k1', kind: 'agent', name: 'agent robin (key)' },
  session: 's1',
  client: 'careful-client 2.1.0',
  via: 'mcp',
  annotations: { readOnly: false, destructive: true, openWorld: false },
  ruleId: 'destructive',
  reason: 'The tool may destroy something.',
  askedAt: '2026-05-01T10:00:00Z',
  expiresAt: '2026-05-01T10:02:00Z',
  decidedAt: null,
  decidedBy: null,
  decision: null,
  usedBy: null,
  ...change,
});

export const buildRules = (change: Partial<ApprovalRules> = {}): ApprovalRules => ({
  version: 3,
  format: 1,
  preset: 'off',
  rules: [],
  otherwise: 'allow',
  askSeconds: 120,
  problem: null,
  changedAt: null,
  changedBy: null,
  presets: [{ name: 'off', title: 'Ask for nothing', detail: 'Every call passes.' }],
  ...change,
});

export const buildLock = (change: Partial<ServerLock> = {}): ServerLock => ({
  serverId: 'files',
  title: 'Files',
  mode: 'ask',
  state: 'approved',
  tools: 2,
  quarantined: 0,
  waiting: 0,
  approvedAt: '2026-05-01T09:00:00Z',
  approvedBy: 'owner (token)',
  changedAt: null,
  ...change,
});

export const buildLockedTool = (change: Partial<LockedTool> = {}): LockedTool => ({
  name: 'read',
  state: 'changed',
  formerName: null,
  quarantined: true,
  rejected: false,
  digest: digestOf('b'),
  approvedDigest: digestOf('c'),
  approvedAt: null,
  approvedBy: null,
  seenAt: null,
  before: '{}',
  after: '{"description": "other"}',
  ...change,
});

const asBefore = { changed: false, before: null, after: null };
export const buildLockDetail = (change: Partial<ServerLockDetail> = {}): ServerLockDetail => ({
  ...buildLock({ state: 'changed', waiting: 1, quarantined: 1 }),
  digest: digestOf('d'),
  source: asBefore,
  instructions: asBefore,
  factsRejected: false,
  items: [buildLockedTool()],
  ...change,
});

export const buildRecordedCall = (change: Partial<Call> = {}): Call => ({
  id: 'c1',
  number: 1,
  serverId: 'files',
  tool: 'read',
  caller: 'agent robin (key)',
  callerKind: 'agent',
  session: null,
  client: null,
  via: 'mcp',
  startedAt: '2026-05-01T10:00:00Z',
  durationMs: 12,
  outcome: 'ok',
  code: null,
  protocolError: null,
  requestBytes: 10,
  bytes: 100,
  sameAs: null,
  argumentsKept: true,
  resultKept: true,
  ...change,
});

export const buildCallDetail = (change: Partial<CallDetail> = {}): CallDetail => ({
  ...buildRecordedCall(),
  arguments: { path: '/tmp/a' },
  argumentsState: 'whole',
  result: { content: [] },
  resultState: 'whole',
  canReplay: true,
  ...change,
});

export const buildTool = (change: Partial<Tool> = {}): Tool => ({
  serverId: 'files',
  name: 'read',
  title: null,
  description: 'Reads.',
  inputSchema: { type: 'object' },
  outputSchema: null,
  annotations: { readOnly: true, destructive: null, idempotent: null, openWorld: null },
  enabled: true,
  quarantined: false,
  gatewayName: 'read',
  override: { name: null, title: null, description: null },
  tokens: 40,
  ...change,
});

const prefix = {
  kind: 'prefix',
  serverId: 'notes',
  tool: 'read',
  change: { name: 'notes__read' },
  detail: 'Call it notes__read.',
} as const;
export const buildClash = (change: Partial<ToolClash> = {}): ToolClash => ({
  name: 'read',
  open: true,
  answer: 'prefixed',
  decidedAt: null,
  decidedBy: null,
  tools: [
    { serverId: 'files', tool: 'read', gatewayName: 'read', answer: 'own', installed: true, fixes: [] },
    {
      ...{ serverId: 'notes', tool: 'read', gatewayName: 'notes__read', answer: 'prefixed', installed: true },
      fixes: [prefix],
    },
  ],
  ...change,
});

export const buildSession = (change: Partial<McpSession> = {}): McpSession => ({
  id: 'm1',
  client: 'careful-client 2.1.0',
  protocolVersion: '2025-11-25',
  path: '/mcp',
  principal: 'agent robin (key)',
  since: '2026-05-01T10:00:00Z',
  lastUsedAt: '2026-05-01T10:00:00Z',
  calls: 3,
  streams: 1,
  ...change,
});

export const buildPath = (serverId: string): ServerPath => ({
  serverId,
  running: true,
  protocolVersion: '2025-11-25',
  features: [{ feature: 'tools', offered: true, forwarded: true, clients: [] }],
  losses: [],
});
