import assert from 'node:assert/strict';
import type { Question } from '../../../shared/api/questions.ts';
import { createWatchedCall, type WatchedCall } from '../../../webviews/tool/watched-call.ts';
import { type CannedApp, createCannedApp, refuse, until } from '../canned-api.ts';

const question = (callId: string, id = '7b1c1a52-9f0e-4a55-8f3e-0e9e4b4d8f01'): Question => ({
  id,
  callId,
  serverId: 'asks',
  kind: 'elicitation',
  request: { message: 'Who are you?' },
  askedAt: '2026-05-01T10:00:00Z',
  expiresAt: '2026-05-01T10:02:00Z',
});

describe('a call that is watched', () => {
  let app: CannedApp;
  let call: WatchedCall;
  const of = (callId: string) => ({ callId, by: 'owner', serverId: 'asks' });
  const log = (callId: string, data: unknown) =>
    app.emit({ type: 'call.log', ...of(callId), level: 'info', logger: null, data });
  const ask = (asked: Question) => app.emit({ type: 'question.asked', by: 'owner', serverId: 'asks', question: asked });

  beforeEach(() => {
    app = createCannedApp({ answerQuestion: () => ({}) });
    app.live.start();
    call = createWatchedCall(app);
  });
  afterEach(() => {
    call.close();
    app.live.stop();
  });

  it('hears of its own call and of no other', async () => {
    log('another', 'before it began');
    const { callId, watch } = call.begin();
    assert.equal(watch, true);
    log('another', 'not ours');
    log(callId, 'ours');
    ask(question('another'));
    app.emit({ type: 'call.progress', ...of(callId), progress: 1, total: 2, message: null });
    await until(() => call.progress.value);
    assert.deepEqual(
      call.logs.value.map(({ data }) => data),
      ['ours'],
    );
    assert.deepEqual(call.questions.value, []);
  });

  it('keeps the last of many log messages', async () => {
    const { callId } = call.begin();
    for (let i = 0; i < 500; i++) log(callId, i);
    await until(() => call.logs.value.at(-1)?.data === 499);
    assert.equal(call.logs.value.length, 200);
  });

  it('sends an answer, and keeps the question when it was refused', async () => {
    const asked = question(call.begin().callId);
    ask(asked);
    await until(() => call.questions.value.length);
    app.answers.answerQuestion = () => refuse('CALL_003', { detail: 'No.', next: 'Look again.' });
    await call.answer(asked, { action: 'decline' });
    assert.equal(call.answering.problem.value?.code, 'CALL_003');
    assert.equal(call.questions.value.length, 1);
    app.answers.answerQuestion = () => ({});
    await call.answer(asked, { action: 'accept', content: { name: 'Ann' } });
    assert.deepEqual(app.askedFor('answerQuestion')[1]?.body, { action: 'accept', content: { name: 'Ann' } });
    assert.deepEqual(call.questions.value, []);
  });

  it('takes away a question that was settled elsewhere, or that the end of the call has settled', async () => {
    const { callId } = call.begin();
    const asked = question(callId);
    ask(asked);
    app.emit({ type: 'question.settled', ...of(callId), questionId: asked.id, action: 'expired' });
    ask(question(callId, '7b1c1a52-9f0e-4a55-8f3e-0e9e4b4d8f02'));
    log(callId, 'stays');
    await until(() => call.logs.value.length);
    assert.deepEqual(
      call.questions.value.map(({ id }) => id.at(-1)),
      ['2'],
    );
    call.end();
    assert.deepEqual([call.questions.value.length, call.logs.value.length], [0, 1]);
  });

  it('forgets the call before when another begins', async () => {
    log(call.begin().callId, 'old');
    await until(() => call.logs.value.length);
    call.begin();
    assert.deepEqual(call.logs.value, []);
  });
});
