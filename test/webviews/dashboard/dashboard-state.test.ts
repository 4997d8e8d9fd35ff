import assert from 'node:assert/strict';
import type { Operation } from '../../../shared/api/operations.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { clientSnippet, recentProblems, tokenPlace } from '../../../webviews/dashboard/dashboard.state.ts';

const now = Date.parse('2026-01-02T00:00:00Z');
const failed = (part: Partial<Operation>): Operation => ({
  id: 'o1',
  kind: 'install',
  serverId: 'memory',
  steps: [],
  transfer: null,
  canRetry: true,
  title: 'Install Memory',
  state: 'failed',
  step: '',
  progress: null,
  problem: toProblem('INSTALL_003', { detail: 'No network.' }),
  startedAt: '2026-01-01T23:00:00Z',
  endedAt: '2026-01-01T23:00:10Z',
  ...part,
});
const found = (operation: Operation) => recentProblems(undefined, [], [operation], now).map(({ about }) => about);

describe('what needs attention', () => {
  it('includes an installation that failed lately', () => assert.deepEqual(found(failed({})), ['Install Memory']));

  it('leaves out what is old, was cancelled by a person or went well', () => {
    assert.deepEqual(found(failed({ endedAt: '2025-12-30T00:00:00Z' })), []);
    assert.deepEqual(found(failed({ state: 'cancelled' })), []);
    assert.deepEqual(found(failed({ state: 'succeeded', problem: null })), []);
  });

  it('names the last failure of a server only once', () => {
    const twice = [failed({ id: 'o2' }), failed({ id: 'o1' })];
    assert.deepEqual(
      recentProblems(undefined, [], twice, now).map(({ key }) => key),
      ['operation-o2'],
    );
  });
});

describe('the configuration for a client', () => {
  it('is JSON in the form that the client reads', () => {
    const url = 'http://127.0.0.1:8083/mcp';
    const server = { type: 'http', url, headers: { Authorization: `Bearer ${tokenPlace}` } };
    assert.deepEqual(JSON.parse(clientSnippet('vscode', url, tokenPlace)), { servers: { quayside: server } });
    assert.deepEqual(JSON.parse(clientSnippet('mcpServers', url, tokenPlace)), { mcpServers: { quayside: server } });
  });
});
