import assert from 'node:assert/strict';
import { type ApprovalsState, createApprovalsState, rulesText } from '../../../webviews/gateway/approvals.state.ts';
import { type CannedApp, createCannedApp, pageWith, refuse, until } from '../canned-api.ts';
import { buildApproval, buildRules } from './gateway-facts.ts';

describe('approvals on the page', () => {
  let app: CannedApp;
  let state: ApprovalsState;
  const later = buildApproval({ id: 'late', expiresAt: '2026-05-01T10:09:00Z' });
  const soon = buildApproval({ id: 'soon' });
  const denied = buildApproval({ id: 'over', state: 'denied', decision: 'No.' });
  let waiting = [later, soon];

  beforeEach(async () => {
    waiting = [later, soon];
    app = createCannedApp({
      listApprovals: ({ query }) => pageWith(query.get('state') === 'waiting' ? waiting : [...waiting, denied]),
      getApprovalRules: () => buildRules(),
      approveCall: () => buildApproval({ state: 'approved' }),
      denyCall: () => buildApproval({ state: 'denied' }),
      replaceApprovalRules: ({ body }) => buildRules({ version: body.version + 1, preset: body.preset ?? null }),
    });
    app.live.start();
    state = createApprovalsState(app);
    await until(() => state.waiting.value.value && state.decided.value.value && state.rules.value.value);
  });
  afterEach(() => {
    state.close();
    app.live.stop();
  });
  const ids = () => state.waiting.value.value?.map(({ id }) => id);

  it('lists first what ends first, and what was decided apart from it', () => {
    assert.deepEqual(ids(), ['soon', 'late']);
    assert.deepEqual(
      state.decided.value.value?.map(({ id }) => id),
      ['over'],
    );
  });

  it('allows exactly the call that was shown, once or for longer', async () => {
    await state.approve(soon);
    await state.approve(soon, 'session');
    const asked = app.askedFor('approveCall');
    assert.ok(asked.every(({ path }) => path.endsWith('/approvals/soon/approve')));
    assert.deepEqual(
      asked.map(({ body }) => body),
      [{ digest: soon.digest }, { digest: soon.digest, remember: 'session' }],
    );
  });

  it('denies with the reason that was given', async () => {
    await state.deny(later, 'not now');
    assert.deepEqual(app.askedFor('denyCall')[0]?.body, { reason: 'not now' });
  });

  it('follows what others decide, and says so where a decision came too late', async () => {
    waiting = [later];
    app.answers.approveCall = () => refuse('APPROVAL_003', { detail: 'No.', next: 'Look again.' });
    await state.approve(soon);
    assert.equal(state.deciding.problem.value?.code, 'APPROVAL_003');
    await until(() => ids()?.length === 1);
    waiting = [];
    const { id: approvalId, serverId, tool, expiresAt } = later;
    app.emit({ type: 'approval.changed', approvalId, serverId, tool, state: 'used', expiresAt });
    await until(() => ids()?.length === 0);
  });

  it('puts a preset in force, for the rules that were shown', async () => {
    await state.choosePreset('read-only');
    assert.deepEqual(app.askedFor('replaceApprovalRules')[0]?.body, { version: 3, preset: 'read-only' });
    assert.deepEqual([state.rules.value.value?.preset, state.rules.value.value?.version], ['read-only', 4]);
  });

  it('takes written rules, and says what is wrong with a text that is none', async () => {
    assert.match((await state.writeRules('{"rules": [')) ?? '', /This is not JSON/);
    assert.match((await state.writeRules('[]')) ?? '', /must be an object, and it is a list/);
    assert.match((await state.writeRules('{"rules": [{"id": "a", "when": {"tol": "x"}}]}')) ?? '', /^rules\/0\//);
    assert.equal(app.askedFor('replaceApprovalRules').length, 0);
    const rule = { id: 'no-writes', when: { tool: 'write*' }, verdict: 'deny', reason: 'Nothing is written here.' };
    assert.equal(await state.writeRules(JSON.stringify({ rules: [rule] })), undefined);
    assert.deepEqual(app.askedFor('replaceApprovalRules')[0]?.body, { version: 3, rules: [rule] });
    app.answers.replaceApprovalRules = () =>
      refuse('APPROVAL_004', { detail: 'Somebody else was quicker.', next: 'Look again.' });
    assert.equal(await state.writeRules('{"rules": []}'), 'Somebody else was quicker.');
  });

  it('gives the rules as a text that it takes back', async () => {
    const text = rulesText(buildRules({ otherwise: 'ask' }));
    assert.equal(await state.writeRules(text), undefined);
    const { body } = app.askedFor('replaceApprovalRules')[0] ?? {};
    assert.deepEqual(body, { version: 3, rules: [], otherwise: 'ask', askSeconds: 120 });
  });
});
