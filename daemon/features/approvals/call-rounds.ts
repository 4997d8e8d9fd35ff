// Calls that somebody approved and whose server asks something back before it answers (revision 2026-07-28, "Multi
// Round-Trip Requests"). The client makes the same call again with the answers. That round belongs to what was approved if it
// brings the state that was handed out here, once and in time, and is otherwise the very call.
import { hash, randomBytes } from 'node:crypto';
import { problem } from '../../../shared/api/problem.ts';
import { needsInput } from '../../supervision/input-rounds.ts';
import type { CallRounds, ToolCall } from '../../supervision/tool-call.ts';
import type { RecordAct } from './approval-records.ts';
import { digestOfRound } from './call-digest.ts';

export interface ApprovedCall {
  /** The first of its calls, or the grant. */
  approvalId: string;
  /** Whatever the client writes into `_meta`, as in the grant. */
  anyMeta: boolean;
  /** 1: the call that was approved itself. */
  round: number;
}

export interface ApprovedRounds extends CallRounds {
  /** Notes that the call passes because somebody approved it. */
  approved(call: ToolCall, by: ApprovedCall): void;
  /** What a call that was taken up is the next round of; undefined: of nothing. */
  of(call: ToolCall): ApprovedCall | undefined;
}

interface Open extends ApprovedCall {
  callerId: string;
  digest: string;
  /** Of the same call whatever its `_meta`. */
  looseDigest: string;
  /** Of what the server itself sent as its state. */
  state: string;
  asked: ReadonlySet<string>;
  /** Epoch milliseconds. */
  handedOutAt: number;
}

const most = { open: 256, ofCaller: 32, rounds: 16, questions: 32 };
/** Milliseconds for a person to answer. */
const openMs = 600_000;
const token = /^(quayside-call\.[\w-]{32})(?:\.(.*))?$/s;
const prefix = 'quayside-call.';

export function createCallRounds(now: () => number, record: RecordAct): ApprovedRounds {
  const open = new Map<string, Open>();
  const approved = new WeakMap<ToolCall, ApprovedCall>();
  const continued = new WeakMap<ToolCall, ApprovedCall>();

  const isOver = ({ handedOutAt }: Open): boolean => {
    const age = now() - handedOutAt;
    // Before it was handed out: the clock was set back, and how long it is good is not known any more.
    return age < 0 || age >= openMs;
  };
  const hasRoomFor = (callerId: string): boolean => {
    for (const [key, one] of open) if (isOver(one)) open.delete(key);
    if (open.size < most.open)
      return [...open.values()].filter(one => one.callerId === callerId).length < most.ofCaller;
    return false;
  };
  const refuse = ({ serverId, tool, caller, requestId }: ToolCall, digest: string, why: string) => {
    record('approvalRefused', caller.name, { serverId, tool, digest }, { requestId, why });
    return problem('APPROVAL_003', {
      detail: `What "${tool}" of "${serverId}" was answered belongs to no call of this caller that waits for answers: ${why}.`,
      next: 'Make the call anew, without requestState and inputResponses.',
    });
  };

  return {
    approved: (call, by) => void approved.set(call, by),
    of: call => continued.get(call),
    isOurs: state => typeof state === 'string' && state.startsWith(prefix),
    takeUp(call) {
      const { params = {}, caller } = call;
      const [, key = '', state] = token.exec(String(params['requestState'])) ?? [];
      const one = open.get(key);
      const digest = digestOfRound(call);
      if (!one || one.callerId !== caller.id) throw refuse(call, digest, 'its state is of none, or was used');
      if (isOver(one)) throw refuse(call, digest, 'its time is over');
      const loose = digestOfRound(call, true);
      if (loose !== one.looseDigest) throw refuse(call, digest, 'it is another call than the one that was approved');
      if (markOf(state) !== one.state) throw refuse(call, digest, 'its state was changed');
      open.delete(key);
      // With something else in `_meta` it is no round of what was approved. It may be one of what is approved next.
      if ((one.anyMeta ? loose : digest) === (one.anyMeta ? one.looseDigest : one.digest)) {
        const { approvalId, anyMeta, round } = one;
        continued.set(call, { approvalId, anyMeta, round: round + 1 });
      }
      return toServer(params, state, one.asked);
    },
    handOut(call, result) {
      const by = approved.get(call);
      const { requestState: state, inputRequests = {} } = result;
      if (!by || by.round >= most.rounds || !needsInput(result) || !hasRoomFor(call.caller.id)) return result;
      if ((state !== undefined && typeof state !== 'string') || !isMembers(inputRequests)) return result;
      const asked = Object.keys(inputRequests);
      if (asked.length > most.questions) return result;
      const key = `${prefix}${randomBytes(24).toString('base64url')}`;
      open.set(key, {
        ...by,
        callerId: call.caller.id,
        digest: digestOfRound(call),
        looseDigest: digestOfRound(call, true),
        state: markOf(state),
        asked: new Set(asked),
        handedOutAt: now(),
      });
      return { ...result, requestState: state === undefined ? key : `${key}.${state}` };
    },
  };
}

/** The state itself goes with the client, however long it is; kept is only how to know it again. */
const markOf = (state: string | undefined): string => (state === undefined ? '' : hash('sha256', state));

function toServer(
  { requestState: _, inputResponses: responses, ...params }: Record<string, unknown>,
  state: string | undefined,
  asked: ReadonlySet<string>,
): Record<string, unknown> {
  // What nobody asked for was part of no question that belongs to the approved call.
  const answers = isMembers(responses)
    ? Object.fromEntries(Object.entries(responses).filter(([name]) => asked.has(name)))
    : undefined;
  return {
    ...params,
    ...(answers === undefined ? {} : { inputResponses: answers }),
    ...(state === undefined ? {} : { requestState: state }),
  };
}

const isMembers = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
