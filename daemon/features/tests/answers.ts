// Answers questions of servers with what a test file says: a form filled in, a text of a model, or a refusal.
import type { TestAnswer } from '../../../shared/domain/mcptest-answers.ts';
import { WireError, type WireObject, type WireRequest } from '../../supervision/upstream.ts';
import { textOf } from './observed.ts';
import { asText, UnknownVariable } from './variables.ts';

/** Those of one call. */
export interface Answers {
  /** Errors: WireError, which the server is told. */
  to(request: WireRequest): WireObject;
  /** What nobody has answered, for a person. */
  readonly unanswered: readonly string[];
  /** Indices of the call's own answers that nobody asked for and that are not optional. */
  unused(): number[];
}

/** `own`: each is given once, in order. `usual`: where none of those fits, as often as need be. Variables are filled in late. */
export function createAnswers(
  own: readonly TestAnswer[],
  usual: readonly TestAnswer[],
  fill: (value: unknown) => unknown,
): Answers {
  const used = new Set<number>();
  const unanswered: string[] = [];
  const find = (question: Question): TestAnswer | undefined => {
    const index = own.findIndex((answer, at) => !used.has(at) && fits(answer, question, fill));
    if (index >= 0) used.add(index);
    return own[index] ?? usual.find(answer => fits(answer, question, fill));
  };
  const refuse = (message: string): never => {
    if (unanswered.length < mostUnanswered) unanswered.push(message);
    // "Internal error": the client can answer such questions, but nobody has told it what.
    throw new WireError(-32603, 'The test has no answer to this.');
  };
  return {
    to(request) {
      const question = toQuestion(request);
      if (!question) throw new WireError(-32601, `A test does not answer ${request.method}.`);
      try {
        const answer = find(question);
        return answer ? toResult(answer, question, fill) : refuse(`${described(question)} ${adviceOf(own, usual)}`);
      } catch (error) {
        if (error instanceof UnknownVariable) return refuse(error.message);
        throw error;
      }
    },
    unanswered,
    unused: () => own.flatMap((answer, index) => (used.has(index) || answer.optional ? [] : [index])),
  };
}

const mostUnanswered = 5;
const longest = 300;

interface Question {
  kind: 'elicitation' | 'sampling';
  /** What a person would read, or what a model would be sent. */
  text: string;
  /** Of a page that shall be opened. */
  url: string | undefined;
}

function toQuestion({ method, params = {} }: WireRequest): Question | undefined {
  if (method === 'elicitation/create') {
    const url = params['mode'] === 'url' ? asText(params['url'] ?? '') : undefined;
    return { kind: 'elicitation', text: asText(params['message'] ?? ''), url };
  }
  if (method !== 'sampling/createMessage') return undefined;
  const system = params['systemPrompt'];
  const texts = [...(typeof system === 'string' ? [system] : []), textOf({ messages: params['messages'] })];
  return { kind: 'sampling', text: texts.join('\n'), url: undefined };
}

function fits(answer: TestAnswer, { kind, text }: Question, fill: (value: unknown) => unknown): boolean {
  const wanted = answer[kind];
  return wanted === true || (wanted !== undefined && text.includes(asText(fill(wanted))));
}

function toResult(answer: TestAnswer, { kind, url }: Question, fill: (value: unknown) => unknown): WireObject {
  const action = answer.action ?? 'accept';
  if (kind === 'sampling') {
    // As a person who looks at it first says no (2025-11-25, sampling, error handling).
    if (action !== 'accept') throw new WireError(-1, 'User rejected sampling request');
    const text = asText(fill(answer.text ?? ''));
    return { role: 'assistant', content: { type: 'text', text }, model: 'quayside-test', stopReason: 'endTurn' };
  }
  if (action !== 'accept' || url !== undefined) return { action };
  return { action, content: fill(answer.content ?? {}) };
}

function described({ kind, text, url }: Question): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}…` : text;
  if (kind === 'sampling') return `The server asked a model "${shown}" (sampling), and`;
  return `The server asked "${shown}"${url === undefined ? '' : `, with the page ${url.slice(0, longest)},`} (elicitation), and`;
}

const adviceOf = (own: readonly TestAnswer[], usual: readonly TestAnswer[]): string =>
  own.length + usual.length === 0
    ? 'the file has no answer: write one under "answers".'
    : 'no answer that is left fits: write one under "answers".';
