import assert from 'node:assert/strict';
import { toolsVersion } from '../../../extension/features/agents/tools-version.ts';
import { statusText } from '../../../extension/features/status/status-text.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { buildServer } from '../../support/server-builder.ts';

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
  const running = buildServer({ state: 'running', toolCount: 2 });
  it('stays while the tools do', () => {
    assert.equal(toolsVersion([running, buildServer({ id: 'b' })]), toolsVersion([running]));
  });
  it('changes with a start, an end and another number of tools', () => {
    const versions = [
      [],
      [running],
      [buildServer({ state: 'running', toolCount: 3 })],
      [running, buildServer({ id: 'b', state: 'running' })],
    ];
    assert.equal(new Set(versions.map(toolsVersion)).size, 4);
  });
});
