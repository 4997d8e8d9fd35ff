import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { answerQuestion } from '../../../daemon/cli/answer-question.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Question, QuestionAnswer } from '../../../shared/api/questions.ts';

const toQuestion = (kind: Question['kind'], request: Record<string, unknown>): Question => ({
  ...{ id: 'q', callId: 'c', serverId: 'asks', kind, request },
  ...{ askedAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-01T00:05:00.000Z' },
});

const form = toQuestion('elicitation', {
  message: 'Who\u202e are you?',
  requestedSchema: {
    type: 'object',
    properties: {
      name: { type: 'string' },
      times: { type: 'integer', default: 2 },
      likes: { type: 'array', items: { type: 'string' } },
      ready: { type: 'boolean' },
    },
    required: ['name'],
  },
});

describe('a question of a server on the terminal', () => {
  /** What is sent for what is typed; `refuse`: so many answers are refused by the daemon first. */
  const answer = async (question: Question, typed: string[], isThere = true, refuse = 0) => {
    const sent: QuestionAnswer[] = [];
    const notices: string[] = [];
    let left = refuse;
    const context = {
      stdin: Readable.from(typed.map(line => `${line}\n`)),
      signal: new AbortController().signal,
      output: { notice: (text: string) => notices.push(text), progress: () => {} },
    };
    const api = {
      answerQuestion: async ({ body }: { body: QuestionAnswer }) => {
        sent.push(body);
        if (left > 0 && body.action === 'accept') {
          left -= 1;
          throw problem('REQUEST_001', { detail: 'It does not fit.' });
        }
        return {};
      },
    };
    const failure = await answerQuestion(context as never, api as never, question, isThere).then(
      () => undefined,
      error => error,
    );
    return { sent, notices, failure };
  };

  it('is a form, field by field, each of its type; what is left empty is the default, or absent', async () => {
    const { sent, notices } = await answer(form, ['Ada', '', 'tea, cake', 'true', '']);
    assert.deepEqual(sent, [
      { action: 'accept', content: { name: 'Ada', times: 2, likes: ['tea', 'cake'], ready: true } },
    ]);
    assert.ok(notices[0]?.includes('Who') && !notices[0].includes('\u202e'));
  });

  it('can be declined and cancelled', async () => {
    assert.deepEqual((await answer(form, ['Ada', '', '', '', 'n'])).sent, [{ action: 'decline' }]);
    assert.deepEqual((await answer(form, ['Ada', '', '', '', 'c'])).sent, [{ action: 'cancel' }]);
    assert.deepEqual((await answer(form, [], false)).sent, [{ action: 'decline' }]);
  });

  it('is asked again where the answer does not fit, and cancelled when nobody goes on', async () => {
    const again = await answer(form, ['Ada', 'x', 'Ada', '3', '', '', 'y'], true, 0);
    assert.deepEqual(again.sent, [{ action: 'accept', content: { name: 'Ada', times: 3 } }]);
    const refused = await answer(form, ['A', '', '', '', '', 'B', '', '', '', ''], true, 1);
    assert.deepEqual(
      refused.sent.map(({ content }) => content?.['name']),
      ['A', 'B'],
    );
    const gone = await answer(form, ['Ada']);
    assert.deepEqual(gone.sent, [{ action: 'cancel' }]);
    assert.ok(gone.failure instanceof Error);
  });

  it('opens no address by itself', async () => {
    const url = toQuestion('elicitation', { mode: 'url', message: 'Sign in', url: 'https://example.test/\u001b[2J' });
    const { sent, notices } = await answer(url, ['y']);
    assert.deepEqual(sent, [{ action: 'accept' }]);
    assert.ok(notices.some(text => text.includes('https://example.test/') && !text.includes('\u001b')));
  });

  it('may be for a model, or for folders, and is then declined by an empty line', async () => {
    const sampling = toQuestion('sampling', {
      systemPrompt: 'Be kind.',
      messages: [{ role: 'user', content: { type: 'text', text: 'What is up?' } }],
    });
    const { sent, notices } = await answer(sampling, ['All is well.']);
    assert.deepEqual(sent[0]?.content?.['content'], { type: 'text', text: 'All is well.' });
    assert.ok(notices.includes('user: What is up?'));
    assert.deepEqual((await answer(sampling, [''])).sent, [{ action: 'decline' }]);
    assert.deepEqual((await answer(toQuestion('roots', {}), [''])).sent, [{ action: 'decline' }]);
    const [roots] = (await answer(toQuestion('roots', {}), ['y'])).sent;
    assert.match(JSON.stringify(roots?.content), /file:\/\//);
  });
});
