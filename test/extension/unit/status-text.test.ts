import assert from 'node:assert/strict';
import { toolsVersion } from '../../../extension/features/agents/tools-version.ts';
import { statusText } from '../../../extension/features/status/status-text.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { buildServer, buildTool } from '../../support/server-builder.ts';

const connected = {
  kind: 'connected',
  daemon: {
    version: '1.0.0',
    apiVersion: 1,
    pid: 1,
    socket: '/s',
    url: null,
    token: 't',
    persistent: false,
    startedAt: '',
  },
} as const;

describe('the status bar', () => {
  it('counts the running servers', () => {
    const servers = [
      buildServer({ id: 'a', state: 'running' }),
      buildServer({ id: 'b', state: 'running' }),
      buildServer(),
    ];
    assert.equal(statusText(connected, servers).text, '$(server-process) Quayside: 2 running');
    assert.match(statusText(connected, servers).tooltip, /^2 of 3 servers run\./);
  });
  it('says what failed, and why', () => {
    const problem = toProblem('SERVER_006', { detail: 'It ended with code 3.' });
    const status = statusText(connected, [
      buildServer({ state: 'failed', problem }),
      buildServer({ id: 'b', state: 'running' }),
    ]);
    assert.equal(status.text, '$(error) Quayside: 1 failed, 1 running');
    assert.equal(status.isError, true);
    assert.match(status.tooltip, /Some server: It ended with code 3\./);
  });
  it('says when the daemon does not run', () => {
    const problem = toProblem('DAEMON_006', { detail: 'The folder cannot be written.', next: 'Make it writable.' });
    const status = statusText({ kind: 'failed', problem }, []);
    assert.deepEqual([status.isError, status.tooltip], [true, 'The folder cannot be written. Make it writable.']);
  });
  it('raises no alarm before anything was needed', () => {
    for (const kind of ['idle', 'restricted'] as const) assert.equal(statusText({ kind }, []).isError, false);
    assert.equal(statusText({ kind: 'stopped', reason: 'asked' }, []).isError, false);
  });
});

describe('the version that agents see', () => {
  const tools = [buildTool(), buildTool({ name: 'add' })];
  it('stays while the tools do, in whatever order they come', () => {
    assert.equal(toolsVersion(tools), toolsVersion([...tools].reverse()));
    assert.equal(toolsVersion(tools), toolsVersion([...tools, buildTool({ name: 'off', enabled: false })]));
  });
  it('changes with a tool that comes, goes or says something else', () => {
    const lists = [[], tools, tools.slice(1), [buildTool({ description: 'Does another thing.' }), ...tools.slice(1)]];
    assert.equal(new Set(lists.map(toolsVersion)).size, 4);
  });
});
