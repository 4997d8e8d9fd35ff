// fetch whose only time limit is the caller's signal. Node's own gives up when five minutes pass without an answer, which is
// less than a call may be allowed to take, and offers no other way to say so than an agent of its own kind.

/** Where Node keeps the agent of its fetch, for libraries to find. */
const globalAgent = Symbol.for('undici.globalDispatcher.1');

type Agent = NonNullable<RequestInit['dispatcher']>;

/** Milliseconds; 0 for no limit. */
export interface AgentLimits {
  headersTimeout: number;
  bodyTimeout: number;
}

/** `fetch` with its own limits for silence; with Node's if this Node keeps its agent elsewhere. */
export function createPatientFetch(limits: AgentLimits = { headersTimeout: 0, bodyTimeout: 0 }): typeof fetch {
  let agent: Agent | undefined;
  return async (input, init = {}) => {
    agent ??= createAgent(limits);
    return await fetch(input, agent === undefined ? init : { ...init, dispatcher: agent });
  };
}

function createAgent(limits: AgentLimits): Agent | undefined {
  // The agent is there once anything of fetch was used.
  void Response;
  const existing: unknown = Reflect.get(globalThis, globalAgent);
  if (typeof existing !== 'object' || existing === null) return undefined;
  try {
    const made: unknown = Reflect.construct(existing.constructor, [limits]);
    return isAgent(made) ? made : undefined;
  } catch {
    return undefined;
  }
}

const isAgent = (value: unknown): value is Agent =>
  typeof value === 'object' && value !== null && 'dispatch' in value && typeof value.dispatch === 'function';
