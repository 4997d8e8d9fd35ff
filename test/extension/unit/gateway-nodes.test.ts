import assert from 'node:assert/strict';
import {
  costRows,
  type GatewayFacts,
  gatewayRows,
  toGatewayNode,
  waitingIn,
} from '../../../extension/features/gateway/gateway.nodes.ts';
import {
  buildApproval,
  buildClash,
  buildLock,
  buildLockedTool,
  buildSession,
} from '../../webviews/gateway/gateway-facts.ts';

const costs = {
  countedWith: 'o200k_base',
  total: 12_345,
  waiting: 0,
  servers: [
    { serverId: 'files', running: true, tools: 2, tokens: 12_345 },
    { serverId: 'notes', running: false, tools: 1, tokens: 40_000 },
  ],
  profiles: [{ profile: 'dev', tools: 3, tokens: 52_345 }],
};
const nothing: GatewayFacts = { approvals: [], locks: [], clashes: [], costs: undefined, sessions: [] };
const labels = (facts: Partial<GatewayFacts>) =>
  gatewayRows({ ...nothing, ...facts })
    .map(toGatewayNode)
    .map(({ label, description }) => `${label}: ${description}`);

describe('the Gateway tree', () => {
  it('has no row where there is nothing to tell', () => {
    assert.deepEqual(gatewayRows(nothing), []);
    assert.deepEqual(labels({ locks: [buildLock()] }), [], 'a server that is as it was approved says nothing');
  });

  it('begins with what waits for a person, and of that with what ends first', () => {
    const late = buildApproval({ id: 'late', tool: 'late', expiresAt: '2026-05-01T10:09:00Z' });
    const approvals = [late, buildApproval()];
    const locks = [buildLock({ waiting: 1 }), buildLock({ serverId: 'notes', quarantined: 1 })];
    const clashes = [buildClash()];
    assert.deepEqual(labels({ approvals, locks, clashes, costs, sessions: [buildSession()] }), [
      'remove: of files, waits for you',
      'late: of files, waits for you',
      'files: 1 change to look at',
      'notes: in quarantine',
      '1 name clashes: of files, notes',
      '12,345 tokens: for the tools at /mcp',
      'careful-client 2.1.0: /mcp · 3 requests',
    ]);
  });

  it('shows what each server and each profile costs, the most costly first, and which of them is stopped', () => {
    assert.equal(toGatewayNode({ kind: 'costs', costs }).expandable, true);
    assert.deepEqual(
      costRows(costs).map(row => `${toGatewayNode(row).label}: ${toGatewayNode(row).description}`),
      [
        'notes: 40,000 tokens for 1 tool, stopped',
        'files: 12,345 tokens for 2 tools',
        'dev: profile, 52,345 tokens for 3 tools',
      ],
    );
    assert.equal(toGatewayNode({ kind: 'costs', costs: { ...costs, servers: [], profiles: [] } }).expandable, false);
  });

  it('shows what the tools that share a name are called', () => {
    const group = toGatewayNode({ kind: 'clashes', clashes: [buildClash(), buildClash({ name: 'write' })] });
    assert.deepEqual([group.label, group.description, group.expandable], ['2 names clash', 'of files, notes', true]);
    const { tooltip, marks } = toGatewayNode({ kind: 'clash', clash: buildClash() });
    assert.match(JSON.stringify(tooltip), /called notes__read at \/mcp/);
    assert.deepEqual(marks, ['clash']);
  });

  it('counts what waits, and not what was rejected', () => {
    const locks = [buildLock({ waiting: 3 }), buildLock({ quarantined: 2 })];
    assert.equal(waitingIn({ approvals: [buildApproval()], locks }), 2);
  });

  it('marks what can be done to a row', () => {
    const marks = (row: Parameters<typeof toGatewayNode>[0]) => toGatewayNode(row).marks;
    assert.deepEqual(marks({ kind: 'lock', lock: buildLock({ waiting: 2 }) }), ['lock', 'waiting']);
    assert.deepEqual(marks({ kind: 'lock', lock: buildLock({ quarantined: 2 }) }), ['lock', 'rejected']);
    const change = buildLockedTool({ rejected: true });
    assert.deepEqual(marks({ kind: 'change', serverId: 'files', change }), [
      'change',
      'changed',
      'quarantined',
      'rejected',
    ]);
  });

  it('says what a tool was called before', () => {
    const change = buildLockedTool({ name: 'peek', state: 'renamed', formerName: 'read' });
    const node = toGatewayNode({ kind: 'change', serverId: 'files', change });
    assert.deepEqual([node.label, node.description, node.icon.id], ['peek', 'was read', 'diff-renamed']);
  });

  it('shows the exact arguments of a call that waits, cut where they are long', () => {
    const { tooltip } = toGatewayNode({ kind: 'approval', approval: buildApproval({ arguments: 'x'.repeat(5_000) }) });
    const text = JSON.stringify(tooltip);
    assert.ok(text.includes('x'.repeat(900)) && text.length < 2_000);
  });

  it('has an id of its own for each row', () => {
    const facts = {
      ...nothing,
      approvals: [buildApproval()],
      locks: [buildLock({ waiting: 1 })],
      clashes: [buildClash()],
      sessions: [buildSession()],
    };
    const ids = [...gatewayRows({ ...facts, costs }), ...costRows(costs)].map(row => toGatewayNode(row).id);
    assert.equal(new Set(ids).size, ids.length);
  });
});
