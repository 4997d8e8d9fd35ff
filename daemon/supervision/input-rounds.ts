// Results of revision 2026-07-28 that ask for something first, answered for a client that does not take such results.
import { type DownstreamClient, WireError, type WireObject, type WireRequest } from './upstream.ts';
import { isObject, rpcCodes } from './wire-message.ts';

export const needsInput = (result: WireObject): boolean => result['resultType'] === 'input_required';

/** Rounds of questions for one request, and questions in one round. */
const most = { rounds: 16, questions: 32 } as const;

export interface InputRounds {
  send(params: WireObject | undefined): Promise<WireObject>;
  ask(request: WireRequest): ReturnType<DownstreamClient['ask']>;
}

/**
 * Answers the questions of `result` and sends the request again with the answers, until there is a result.
 * Errors: WireError of the client or of the server, and those of `send`.
 */
export async function answerInput(
  first: WireObject,
  params: WireObject | undefined,
  rounds: InputRounds,
): Promise<WireObject> {
  let result = first;
  for (let round = 1; needsInput(result); round++) {
    if (round > most.rounds)
      throw new WireError(rpcCodes.internal, `The server asked again after ${most.rounds} rounds of questions.`);
    const { inputRequests, requestState } = result;
    const inputResponses = await answers(isObject(inputRequests) ? inputRequests : {}, rounds.ask);
    result = await rounds.send({ ...params, inputResponses, ...(requestState === undefined ? {} : { requestState }) });
  }
  return result;
}

async function answers(requests: WireObject, ask: InputRounds['ask']): Promise<WireObject> {
  const named = Object.entries(requests);
  if (named.length > most.questions) throw new WireError(rpcCodes.internal, 'The server asks too many things at once.');
  const told = await Promise.all(
    named.map(async ([name, request]) => {
      if (!isObject(request) || typeof request['method'] !== 'string')
        throw new WireError(rpcCodes.internal, `What the server asks for as "${name.slice(0, 100)}" is no request.`);
      const { method, params } = request;
      return [name, await ask(isObject(params) ? { method, params } : { method })] as const;
    }),
  );
  return Object.fromEntries(told);
}
