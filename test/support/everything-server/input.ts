// Tools of revision 2026-07-28 that need something of the client before they can answer.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { inputRequired, ProtocolError, type ServerContext } from '@modelcontextprotocol/server';
import type { Act } from './acts.ts';

export type Questions = Parameters<typeof inputRequired>[0]['inputRequests'] & {};
type Result = Record<string, unknown>;

const text = (words: string): Result => ({ content: [{ type: 'text', text: words }] });
const key = 'of a test server';

const seal = (state: string): string => `${state}.${createHmac('sha256', key).update(state).digest('base64url')}`;

/** Throws unless the state is as it was given out. */
export function checkState(sealed: string): string {
  const state = sealed.slice(0, sealed.lastIndexOf('.'));
  const [given, expected] = [Buffer.from(sealed), Buffer.from(seal(state))];
  if (given.length === expected.length && timingSafeEqual(given, expected)) return state;
  throw new ProtocolError(-32_602, 'The state was changed on its way');
}

/** The answer once everything was answered, and the questions again until then. */
export function withInput(
  { mcpReq }: ServerContext,
  inputRequests: Questions,
  done: (told: Record<string, unknown>, state: string | undefined) => Result,
  requestState?: string,
): Result {
  const told = mcpReq.inputResponses ?? {};
  const missing = Object.keys(inputRequests).some(name => typeof told[name] !== 'object' || told[name] === null);
  if (missing) {
    return inputRequired({
      inputRequests,
      ...(requestState === undefined ? {} : { requestState: seal(requestState) }),
    }) as unknown as Result;
  }
  return done(told, mcpReq.requestState<string>());
}

export const elicitation = (message: string, name: string, type = 'string') =>
  inputRequired.elicit({
    message,
    requestedSchema: { type: 'object', properties: { [name]: { type } }, required: [name] },
  } as never);

const sampling = (words: string, maxTokens: number) =>
  inputRequired.createMessage({ messages: [{ role: 'user', content: { type: 'text', text: words } }], maxTokens });

const contentOf = (answer: unknown): Record<string, unknown> =>
  (answer as { content?: Record<string, unknown> }).content ?? {};

const needsState = (act: Act, words: string): Result => {
  const questions = { confirm: elicitation('Please confirm', 'ok', 'boolean') };
  return withInput(
    act.context,
    questions,
    (_, state) => text(state === words ? 'state-ok' : 'There is no state'),
    words,
  );
};

export const inputActs: Record<string, (act: Act) => Result> = {
  test_input_required_result_elicitation: ({ context }) =>
    withInput(context, { user_name: elicitation('What is your name?', 'name') }, told =>
      text(`Hello, ${String(contentOf(told['user_name'])['name'])}!`),
    ),
  test_input_required_result_sampling: ({ context }) =>
    withInput(context, { capital_question: sampling('What is the capital of France?', 100) }, told =>
      text(`The model says: ${String(contentOf(told['capital_question'])['text'])}`),
    ),
  test_input_required_result_list_roots: ({ context }) =>
    withInput(context, { client_roots: inputRequired.listRoots() }, told =>
      text(`Roots: ${JSON.stringify(told['client_roots'])}`),
    ),
  test_input_required_result_request_state: act => needsState(act, 'the-state'),
  test_input_required_result_tampered_state: act => needsState(act, 'a-signed-state'),
  test_input_required_result_multiple_inputs: ({ context }) =>
    withInput(
      context,
      {
        user_name: elicitation('What is your name?', 'name'),
        greeting: sampling('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      told => text(`All told: ${Object.keys(told).join(', ')}`),
      'three-things',
    ),
  test_input_required_result_multi_round({ context }) {
    const state = context.mcpReq.requestState<string>();
    if (state === undefined)
      return withInput(
        context,
        { step1: elicitation('Step 1: What is your name?', 'name') },
        () => text('Too early'),
        'round-1',
      );
    const first = state.startsWith('round-2:')
      ? state.slice(8)
      : String(contentOf(context.mcpReq.inputResponses?.['step1'])['name']);
    return withInput(
      context,
      { step2: elicitation('Step 2: What is your favorite color?', 'color') },
      told => text(`${first} likes ${String(contentOf(told['step2'])['color'])}`),
      `round-2:${first}`,
    );
  },
  test_input_required_result_capabilities({ context, capabilities }) {
    const questions: Questions = {
      ...(capabilities['elicitation'] === undefined ? {} : { user_name: elicitation('What is your name?', 'name') }),
      ...(capabilities['sampling'] === undefined ? {} : { greeting: sampling('Generate a greeting', 50) }),
    };
    return Object.keys(questions).length === 0
      ? text('The client offers nothing')
      : withInput(context, questions, told => text(JSON.stringify(told)));
  },
};
