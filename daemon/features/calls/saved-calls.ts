import { randomUUID } from 'node:crypto';
import type { SavedCall } from '../../../shared/api/calls.ts';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Handlers } from '../../http/context.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { SavedCallRepository } from './saved-calls.repository.ts';

export interface SavedCallParts {
  repository: SavedCallRepository;
  clock: Clock;
  /** Errors: SERVER_001. */
  requireServer(serverId: string): void;
  /** The text without any value of the vault. */
  hideValues(text: string): string;
}

type SavedCallOperations = 'listSavedCalls' | 'createSavedCall' | 'updateSavedCall' | 'deleteSavedCall';

const mostBytes = 262_144;

export function savedCallHandlers({
  repository,
  clock,
  requireServer,
  hideValues,
}: SavedCallParts): Pick<Handlers, SavedCallOperations> {
  const now = () => toTimestamp(clock.now());
  const get = (id: string): SavedCall => {
    const found = repository.find(id);
    if (found) return found;
    throw notSaved();
  };
  const store = (call: SavedCall): SavedCall => {
    const text = JSON.stringify(call.arguments);
    if (Buffer.byteLength(text) > mostBytes) throw tooLarge();
    if (hideValues(text) !== text) throw holdsSecret();
    repository.save(call);
    return call;
  };
  return {
    listSavedCalls: ({ query }) => repository.list(query),
    createSavedCall({ body }) {
      requireServer(body.serverId);
      const at = now();
      return store({ ...body, id: randomUUID(), createdAt: at, updatedAt: at });
    },
    updateSavedCall({ params, body }) {
      const call = get(params.id);
      return store({
        ...call,
        title: body.title ?? call.title,
        arguments: body.arguments ?? call.arguments,
        updatedAt: now(),
      });
    },
    deleteSavedCall({ params }) {
      if (!repository.remove(params.id)) throw notSaved();
      return {};
    },
  };
}

const notSaved = (): ProblemError =>
  problem('CALL_001', { detail: 'There is no saved call of this id.', next: 'The list of saved calls shows them.' });

const tooLarge = (): ProblemError =>
  problem('REQUEST_001', {
    detail: 'The arguments are larger than 256 KiB.',
    next: 'Save a smaller call.',
    errors: [{ path: '/body/arguments', message: 'This is too large.' }],
  });

const holdsSecret = (): ProblemError =>
  problem('REQUEST_001', {
    detail: 'The arguments hold a value of the vault, and a saved call is stored as it is.',
    next: 'Take the value out. What a server needs to know of a secret is given to it by a reference in its configuration.',
    errors: [{ path: '/body/arguments', message: 'This holds a value of the vault.' }],
  });
