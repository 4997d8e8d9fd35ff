// One panel's end of the channel in the host: checks every message, carries what is allowed, hands events on.
import type { Carrier } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import {
  type HostAct,
  type HostMessage,
  isHonestRequest,
  PanelMessage,
  relayedOperations,
} from '../../shared/api/panel.ts';
import { isProblemError, type Problem, toProblem } from '../../shared/api/problem.ts';
import { limits } from '../../shared/domain/limits.ts';
import { HostProblem } from './host-problem.ts';
import type { Signal } from './signal.ts';

export interface PanelRelayOptions {
  carrier: Carrier;
  onEvent: Signal<DaemonEvent>;
  post: (message: HostMessage) => void;
  act: (act: HostAct) => void;
  log: (message: string) => void;
}

export interface PanelRelay {
  /** Takes anything that the webview sent. What is no message of the contract is passed over, and logged. */
  receive(raw: unknown): void;
  /** Cancels what is under way. */
  dispose(): void;
}

/** Requests of one panel at the same time; more is a mistake or an attack. */
const mostPending = 64;

type Request = Extract<PanelMessage, { type: 'request' }>;

export function createPanelRelay({ carrier, onEvent, post, act, log }: PanelRelayOptions): PanelRelay {
  const pending = new Map<number, AbortController>();
  let following: { dispose(): void } | undefined;
  let lastEvent = 0;

  const hand = (event: DaemonEvent) => post({ type: 'event', id: String(++lastEvent), data: JSON.stringify(event) });

  const relay = async (request: Request): Promise<void> => {
    const { id, operationId, method, path, body } = request;
    const refusal = refuse(request, pending);
    if (refusal) return post({ type: 'failure', id, problem: refusal });
    const controller = new AbortController();
    pending.set(id, controller);
    try {
      const reply = await carrier.send({ operationId, method, path, body, signal: controller.signal });
      if (!controller.signal.aborted) post({ type: 'response', id, ...reply });
    } catch (error) {
      if (!controller.signal.aborted) post({ type: 'failure', id, problem: toPanelProblem(error) });
    } finally {
      pending.delete(id);
    }
  };

  return {
    receive(raw) {
      const parsed = PanelMessage.safeParse(raw);
      if (!parsed.success) return log('A panel sent something that is no message.');
      const message = parsed.data;
      if (message.type === 'request') void relay(message);
      else if (message.type === 'cancel') pending.get(message.id)?.abort();
      else if (message.type === 'host') act(message.act);
      else {
        following ??= onEvent(hand);
        // As at the start of every stream: what was before is not known, so read everything.
        hand({ type: 'reset' });
      }
    },
    dispose() {
      following?.dispose();
      for (const controller of pending.values()) controller.abort();
      pending.clear();
    },
  };
}

function refuse(request: Request, pending: ReadonlyMap<number, unknown>): Problem | undefined {
  if (!relayedOperations.has(request.operationId) || !isHonestRequest(request)) {
    return toProblem('ACCESS_002', { detail: `A panel may not ask for ${request.operationId} in this way.` });
  }
  if (pending.has(request.id)) return toProblem('REQUEST_001', { detail: 'The request’s number is in use.' });
  if (pending.size >= mostPending) {
    return toProblem('REQUEST_004', {
      detail: 'The panel has too many open requests.',
      next: 'Close it and open it again.',
    });
  }
  if (request.body !== undefined && Buffer.byteLength(JSON.stringify(request.body) ?? '') > limits.requestBody) {
    return toProblem('REQUEST_004', { detail: `A request may have ${limits.requestBody} bytes.` });
  }
  return undefined;
}

/** Only what is of the contract leaves the host: no stack, no cause. */
function toPanelProblem(error: unknown): Problem {
  if (isProblemError(error)) return error.problem;
  if (error instanceof HostProblem) return toProblem('ACCESS_002', { detail: error.message, next: error.next });
  return toProblem('DAEMON_002', { detail: 'The daemon cannot be reached.', next: 'The log says more.' });
}
