// What comes of a call while it runs: progress, log messages, and questions that the server asks in the middle of it.
import { batch, type ReadonlySignal, signal } from '@preact/signals';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Question, QuestionAnswer } from '../../shared/api/questions.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct } from '../kit/load.ts';

export type CallProgress = Extract<DaemonEvent, { type: 'call.progress' }>;
export type CallLog = Extract<DaemonEvent, { type: 'call.log' }>;

export interface WatchedCall {
  readonly progress: ReadonlySignal<CallProgress | undefined>;
  /** The last ones. */
  readonly logs: ReadonlySignal<readonly CallLog[]>;
  readonly questions: ReadonlySignal<readonly Question[]>;
  readonly answering: Act;
  /** Begins another call and forgets the one before; the members go into the request's body. */
  begin(): { watch: true; callId: string };
  /** The call has ended: nothing is asked any more. What was logged stays. */
  end(): void;
  answer(question: Question, answer: QuestionAnswer): Promise<void>;
  close(): void;
}

const keptLogs = 200;

export function createWatchedCall({ api, live }: Pick<App, 'api' | 'live'>): WatchedCall {
  const progress = signal<CallProgress | undefined>(undefined);
  const logs = signal<readonly CallLog[]>([]);
  const questions = signal<readonly Question[]>([]);
  const answering = createAct();
  let callId: string | undefined;
  const stop = live.onEvent(event => {
    if (callId === undefined) return;
    if (event.type === 'call.progress' && event.callId === callId) progress.value = event;
    else if (event.type === 'call.log' && event.callId === callId) logs.value = [...logs.value, event].slice(-keptLogs);
    else if (event.type === 'question.asked' && event.question.callId === callId)
      questions.value = [...questions.value, event.question];
    else if (event.type === 'question.settled' && event.callId === callId)
      questions.value = questions.value.filter(({ id }) => id !== event.questionId);
  });
  return {
    progress,
    logs,
    questions,
    answering,
    begin() {
      callId = crypto.randomUUID();
      batch(() => {
        progress.value = undefined;
        logs.value = [];
        questions.value = [];
      });
      return { watch: true, callId };
    },
    end() {
      callId = undefined;
      progress.value = undefined;
      questions.value = [];
    },
    async answer({ id }, answer) {
      const done = await answering.run(id, () => api.answerQuestion({ params: { id }, body: answer }));
      if (done) questions.value = questions.value.filter(question => question.id !== id);
    },
    close: () => stop(),
  };
}
