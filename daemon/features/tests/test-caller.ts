// Makes the calls of tests: each passes the guard and is recorded, as every other call, and is told step by step.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import type { TraceEntry } from '../../../shared/api/tests.ts';
import type { TestOffer } from '../../../shared/domain/mcptest-answers.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { type OnRead, sendHeard } from '../../supervision/contents.ts';
import type { Caller, CallGuard, CallRecorder, FinishedCall, ToolCall } from '../../supervision/tool-call.ts';
import {
  type DownstreamClient,
  type Upstreams,
  WireError,
  type WireNotification,
  type WireObject,
  type WireRequest,
} from '../../supervision/upstream.ts';
import type { Answers } from './answers.ts';
import { createFolders } from './folders.ts';
import type { Observed } from './observed.ts';
import type { Root } from './roots.ts';

export interface CallPorts {
  upstreams: Pick<Upstreams, 'of' | 'left'>;
  guard: CallGuard;
  recorder: CallRecorder;
  onRead: OnRead;
  /** A run is over: to guards it is a session. */
  onLeft(callerId: string, sessionId: string): void;
  clock: Clock;
  /** Of Quayside, for the servers. */
  version: string;
}

/** A call with its variables filled in. */
export interface FilledCall {
  tool?: string | undefined;
  prompt?: string | undefined;
  resource?: string | undefined;
  arguments?: Record<string, unknown> | undefined;
}

export interface TestCaller {
  /** A call that fails is observed as well. Errors: the signal's reason. */
  call(call: FilledCall, options: Limits & { answers?: Answers; roots?: readonly Root[] }): Promise<Observed>;
  /** All tools with their definitions as the server sends them. Errors: those of Upstream.request. */
  listTools(options: {
    signal: AbortSignal;
    timeoutMs: number;
    mostPages: number;
    mostTools: number;
  }): Promise<ToolOfList[]>;
  /** What was said since the last time this was asked. */
  takeTrace(): TraceEntry[];
  /** The session of the test ends. */
  close(): void;
}

export interface ToolOfList {
  name: string;
  [member: string]: unknown;
}

export interface TestCallerOptions {
  ports: CallPorts;
  serverId: string;
  caller: Caller;
  requestId: string;
  /** What the server may ask while a call is under way. */
  offers?: readonly TestOffer[] | undefined;
  /** Makes of any value one that may be shown. */
  present: (value: unknown) => unknown;
}

const ToolPage = z.looseObject({
  tools: z.array(z.looseObject({ name: z.string() })),
  nextCursor: z.string().optional().catch(undefined),
});

const mostEntries = 200;
interface Limits {
  signal: AbortSignal;
  timeoutMs: number;
}

/** What a call may take beyond its own time: to wait for its turn and to be told that it is over. */
const graceMs = 2_000;

export function createTestCaller(options: TestCallerOptions): TestCaller {
  const { ports, serverId, caller, requestId, present } = options;
  const { upstreams, guard, recorder, clock, onRead } = ports;
  let trace: TraceEntry[] = [];
  const tell = (kind: TraceEntry['kind'], title: string, detail: unknown, durationMs: number | null = null) => {
    if (trace.length < mostEntries)
      trace.push({ at: toTimestamp(clock.now()), kind, title, durationMs, detail: present(detail) });
  };
  const onNotification = ({ method, params }: WireNotification) => tell('notification', method, params ?? {});
  /** Of the call that is under way: there is one at a time. */
  let answers: Answers | undefined;
  const folders = createFolders(options.offers ?? []);
  const ask = async (request: WireRequest): Promise<WireObject> => {
    tell('question', request.method, request.params ?? {});
    try {
      const answer = folders.to(request) ?? answerWith(answers, request);
      tell('answer', request.method, answer);
      return answer;
    } catch (error) {
      tell('answer', request.method, toError(error));
      throw error;
    }
  };
  const client = createTestClient(ports.version, options.offers ?? [], { ask, tell: onNotification });

  /** `sent`: when the wait for a session was over. What came before it is not the server's time. */
  const send = async (
    request: WireRequest,
    { signal, timeoutMs }: Limits,
    sent: (at: number) => void = () => {},
  ): Promise<WireObject> => {
    const upstream = await upstreams.of(serverId, client);
    const limit = AbortSignal.timeout(timeoutMs + graceMs);
    try {
      const both = AbortSignal.any([signal, limit]);
      const call = { client, signal: both, timeoutSeconds: timeoutMs / 1_000, onNotification };
      await folders.announce(upstream, call);
      sent(performance.now());
      return await sendHeard(
        request.method,
        () => upstream.request(request, call),
        () => onRead(serverId, caller),
      );
    } catch (error) {
      // That of the server's side is told in whole seconds.
      const isLate = limit.aborted || (isProblemError(error) && error.code === 'TOOL_003');
      throw isLate && !signal.aborted ? tooLate(timeoutMs) : error;
    }
  };

  const sendTool = async (
    request: WireRequest,
    call: ToolCall,
    timeoutMs: number,
    sent: (at: number) => void,
  ): Promise<WireObject> => {
    const startedAt = clock.now();
    const begin = performance.now();
    const record = (outcome: FinishedCall['outcome'], code: string | null, result?: WireObject) => {
      const bytes = result ? Buffer.byteLength(JSON.stringify(result)) : 0;
      recorder.finished({ call, outcome, code, startedAt, durationMs: performance.now() - begin, bytes, result });
    };
    let admitted = false;
    try {
      await guard.admit(call);
      admitted = true;
      const result = await send(request, { signal: call.signal, timeoutMs }, sent);
      record(result['isError'] === true ? 'tool-error' : 'ok', null, result);
      return result;
    } catch (error) {
      const code = error instanceof WireError ? `rpc:${error.code}` : errorToProblem(error).code;
      record(admitted ? (call.signal.aborted ? 'cancelled' : 'failed') : 'denied', code);
      throw error;
    }
  };

  return {
    async call(filled, { signal, timeoutMs, answers: given, roots = [] }) {
      folders.set(roots);
      const request = toRequest(filled);
      const kind = filled.tool !== undefined ? 'tool' : filled.prompt !== undefined ? 'prompt' : 'resource';
      answers = given;
      tell('request', request.method, request.params);
      let begin = performance.now();
      const sent = (at: number): void => {
        begin = at;
      };
      try {
        const work =
          filled.tool === undefined
            ? send(request, { signal, timeoutMs }, sent)
            : sendTool(request, toToolCall(filled, { serverId, caller, requestId, signal }), timeoutMs, sent);
        const result = await work;
        const durationMs = performance.now() - begin;
        tell('result', request.method, result, durationMs);
        return { kind, result, error: undefined, durationMs };
      } catch (failure) {
        if (signal.aborted) throw signal.reason;
        const error = toError(failure);
        const durationMs = performance.now() - begin;
        tell('error', request.method, error, durationMs);
        return { kind, result: undefined, error, durationMs };
      } finally {
        answers = undefined;
      }
    },
    async listTools({ signal, timeoutMs, mostPages, mostTools }) {
      const found: ToolOfList[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < mostPages && found.length < mostTools; page++) {
        const params = cursor === undefined ? {} : { cursor };
        const result = ToolPage.parse(await send({ method: 'tools/list', params }, { signal, timeoutMs }));
        found.push(...result.tools);
        cursor = result.nextCursor;
        if (cursor === undefined) break;
      }
      return found;
    },
    takeTrace() {
      const taken = trace;
      trace = [];
      return taken;
    },
    close() {
      upstreams.left(client);
      folders.leave();
    },
  };
}

function toToolCall(
  { tool = '', arguments: args = {} }: FilledCall,
  rest: Pick<ToolCall, 'serverId' | 'caller' | 'requestId' | 'signal'>,
): ToolCall {
  return { id: randomUUID(), tool, arguments: args, via: 'test', ...rest };
}

function toRequest({ tool, prompt, resource, arguments: args = {} }: FilledCall): WireRequest {
  if (tool !== undefined) return { method: 'tools/call', params: { name: tool, arguments: args } };
  // Arguments of prompts are texts (2025-11-25, prompts/get).
  if (prompt !== undefined) return { method: 'prompts/get', params: { name: prompt, arguments: textsOf(args) } };
  return { method: 'resources/read', params: { uri: resource } };
}

const textsOf = (args: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );

const tooLate = (timeoutMs: number) =>
  problem('TOOL_003', {
    detail: `There was no answer within ${timeoutMs} ms (timeout).`,
    next: 'Give the test more time.',
  });

function toError(failure: unknown): NonNullable<Observed['error']> {
  if (failure instanceof WireError) return { code: failure.code, message: failure.message };
  const { code, detail, title } = errorToProblem(failure);
  return { code, message: detail ?? title };
}

const capabilities: Record<TestOffer, WireObject> = {
  elicitation: { form: {}, url: {} },
  sampling: {},
  roots: { listChanged: true },
};

function answerWith(answers: Answers | undefined, request: WireRequest): WireObject {
  if (answers) return answers.to(request);
  throw new WireError(-32601, `A test does not answer ${request.method}.`);
}

/** What a file says is answered stands for the person and the model behind other clients. */
function createTestClient(
  version: string,
  offers: readonly TestOffer[],
  parts: Pick<DownstreamClient, 'ask' | 'tell'>,
): DownstreamClient {
  return {
    id: `test-${randomUUID()}`,
    info: { name: 'quayside-test', version },
    capabilities: Object.fromEntries(offers.map(offer => [offer, capabilities[offer]])),
    ...parts,
  };
}
