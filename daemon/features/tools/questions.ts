// What servers ask in the middle of a watched call, until a person has answered, the call is over or the time is up.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { type FieldError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Question, QuestionAnswer } from '../../../shared/api/questions.ts';
import { JSONSchema } from '../../../shared/domain/json-schema.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { WireError, type WireObject, type WireRequest } from '../../supervision/upstream.ts';
import { findArgumentErrors } from './argument-check.ts';
import type { WatchedCall } from './call-watch.ts';

export interface Questions {
  /** Resolves with the result that the server gets. Errors: WireError if nobody answers or a person declines what cannot be declined otherwise. */
  ask(request: WireRequest, call: WatchedCall, signal: AbortSignal): Promise<WireObject>;
  list(by: string | null): Question[];
  /** `by` null: of anybody. Errors: CALL_003, REQUEST_001 if the answer has not the shape that the protocol or the server asks for. */
  answer(id: string, by: string | null, answer: QuestionAnswer): void;
}

type Kind = Question['kind'];
type Settled = QuestionAnswer['action'] | 'expired';

interface Waiting {
  question: Question;
  call: WatchedCall;
  settle(action: Settled, result: WireObject | WireError): void;
}

const kinds: Readonly<Record<string, Kind>> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
};

const mostWaiting = 20;
const mostRequestBytes = 1_048_576;
export const questionSeconds = 300;

/** JSON-RPC's "method not found", and what the protocol's examples use for a user who says no. */
const notFound = -32_601;
const refused = -1;

export interface QuestionsOptions {
  clock: Clock;
  publish(event: DaemonEvent): void;
}

export function createQuestions({ clock, publish }: QuestionsOptions): Questions {
  const waiting = new Map<string, Waiting>();

  return {
    async ask({ method, params = {} }, call, signal) {
      const kind = kinds[method];
      if (!kind) throw new WireError(notFound, `Quayside does not answer ${method.slice(0, 100)}.`);
      refuseTooMuch(params, [...waiting.values()].filter(each => each.call === call).length);
      const now = clock.now();
      const { callId, serverId, by } = call;
      const id = randomUUID();
      const times = { askedAt: toTimestamp(now), expiresAt: toTimestamp(now + questionSeconds * 1_000) };
      const question: Question = { id, callId, serverId, kind, request: params, ...times };
      const ends = AbortSignal.any([signal, call.signal]);
      return await new Promise<WireObject>((resolve, reject) => {
        const expire = () => settle('expired', withoutAnswer(kind, 'Nobody has answered.'));
        const timer = setTimeout(expire, questionSeconds * 1_000).unref();
        const settle: Waiting['settle'] = (action, result) => {
          if (!waiting.delete(id)) return;
          clearTimeout(timer);
          ends.removeEventListener('abort', expire);
          publish({ type: 'question.settled', callId, by, serverId, questionId: id, action });
          if (result instanceof WireError) reject(result);
          else resolve(result);
        };
        waiting.set(id, { question, call, settle });
        publish({ type: 'question.asked', by, serverId, question });
        if (ends.aborted) expire();
        else ends.addEventListener('abort', expire, { once: true });
      });
    },
    list: by =>
      [...waiting.values()].filter(({ call }) => by === null || call.by === by).map(({ question }) => question),
    answer(id, by, answer) {
      const found = waiting.get(id);
      if (!found || (by !== null && found.call.by !== by)) throw nobodyAsks();
      const { question, settle } = found;
      if (answer.action === 'accept') settle('accept', toResult(question, answer.content ?? {}));
      else settle(answer.action, declined(question.kind, answer.action));
    },
  };
}

function refuseTooMuch(params: WireObject, count: number): void {
  if (count >= mostWaiting) throw new WireError(refused, 'Too many questions wait for an answer.');
  if (JSON.stringify(params).length > mostRequestBytes) throw new WireError(refused, 'The question is too large.');
}

/** An elicitation can be declined in the protocol's own words; the others end with an error. */
const declined = (kind: Kind, action: 'decline' | 'cancel'): WireObject | WireError =>
  kind === 'elicitation' ? { action } : new WireError(refused, 'The user declined this.');

const withoutAnswer = (kind: Kind, why: string): WireObject | WireError =>
  kind === 'elicitation' ? { action: 'cancel' } : new WireError(refused, why);

const content = z.looseObject({ type: z.string() });
const SamplingResult = z.looseObject({
  role: z.enum(['user', 'assistant']),
  content: z.union([content, z.array(content).min(1)]),
  model: z.string().min(1),
  stopReason: z.string().optional(),
});
const RootsResult = z.looseObject({
  roots: z.array(
    z.looseObject({
      uri: z.string().startsWith('file://', 'A root is a file:// address.'),
      name: z.string().optional(),
    }),
  ),
});
/** Of an elicitation's form the protocol allows flat values only. */
const FormValues = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]));

/** Errors: REQUEST_001. */
function toResult({ kind, request }: Question, given: Record<string, unknown>): WireObject {
  if (kind === 'elicitation' && request['mode'] === 'url') return { action: 'accept' };
  if (kind === 'elicitation') {
    const values = parse(FormValues, given);
    const schema = JSONSchema.safeParse(request['requestedSchema']);
    const errors = schema.success ? findArgumentErrors(schema.data, values) : [];
    if (errors.length > 0)
      throw unfit(errors.map(error => ({ ...error, path: error.path.replace(/^\/arguments/, '/body/content') })));
    return { action: 'accept', content: values };
  }
  return parse(kind === 'sampling' ? SamplingResult : RootsResult, given);
}

function parse<T extends z.ZodType>(schema: T, given: unknown): z.output<T> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw unfit(
    parsed.error.issues.map(({ path, message }) => ({ path: ['/body/content', ...path].join('/'), message })),
  );
}

const unfit = (errors: FieldError[]): ProblemError =>
  problem('REQUEST_001', {
    detail: `${errors[0]?.path}: ${errors[0]?.message}`,
    next: 'Correct the answer; the server still waits for it.',
    errors,
  });

const nobodyAsks = (): ProblemError =>
  problem('CALL_003', {
    detail: 'No server waits for an answer to this: it was answered, its call is over, or it has expired.',
    next: 'The list of questions shows what waits.',
  });
