import assert from 'node:assert/strict';
import { createWaiting, type Waiting } from '../../../webviews/gateway/waiting.state.ts';
import { type CannedApp, createCannedApp, pageWith, until } from '../canned-api.ts';
import { buildApproval, buildLock } from './gateway-facts.ts';

const principal = {
  kind: 'user',
  id: 'ada',
  name: 'ada',
  roles: [],
  via: 'session',
  secondFactor: { enrolled: false, at: null },
};
const decided = {
  type: 'approval.changed',
  approvalId: '1',
  state: 'denied',
  serverId: 'files',
  tool: 'read',
  expiresAt: '2026-05-01T10:09:00Z',
} as const;

describe('how much waits for a person', () => {
  let app: CannedApp;
  let waiting: Waiting;
  let calls = 2;
  let permissions = ['approvals:read'];
  const open = async () => {
    app = createCannedApp({
      getSession: () => ({ permissions, principal, expiresAt: null, mcpUrl: null }),
      listApprovals: () => pageWith(Array.from({ length: calls }, (_, index) => buildApproval({ id: `${index}` }))),
      listLocks: () => pageWith([3, 0, 1].map(waiting => buildLock({ waiting }))),
    });
    app.live.start();
    await until(() => app.live.session.value.value);
    waiting = createWaiting(app);
  };
  afterEach(() => {
    waiting.close();
    app.live.stop();
    permissions = ['approvals:read'];
    calls = 2;
  });

  it('is counted, and counted anew when it changes', async () => {
    await open();
    await until(() => waiting.approvals.value === 2 && waiting.changes.value === 4);
    calls = 1;
    app.emit(decided);
    await until(() => waiting.approvals.value === 1);
  });

  it('is not asked for by those who may not see it', async () => {
    permissions = [];
    await open();
    app.emit(decided);
    await new Promise(resolve => setTimeout(resolve, 20));
    assert.deepEqual([app.askedFor('listApprovals').length, app.askedFor('listLocks').length], [0, 0]);
    assert.deepEqual([waiting.approvals.value, waiting.changes.value], [0, 0]);
  });
});
