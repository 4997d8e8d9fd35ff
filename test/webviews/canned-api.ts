// An API whose answers a test gives by hand. What it answers is checked against the contract, as what a daemon answers is.
import { signal } from '@preact/signals';
import type { CarrierRequest } from '../../shared/api/client.ts';
import { createApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { ProblemError, problem, toProblem } from '../../shared/api/problem.ts';
import type { OperationId } from '../../shared/api/routes.ts';
import type { App } from '../../webviews/kit/app.ts';
import { createLive } from '../../webviews/kit/live.ts';
import type { Location } from '../../webviews/kit/location.ts';

export interface Asked {
  operationId: OperationId;
  query: URLSearchParams;
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads the part that it is about
  body: any;
}
export type Answers = Partial<Record<OperationId, (asked: Asked) => unknown>>;

export interface CannedApp extends App {
  /** Everything that was asked for, in order. */
  readonly asked: readonly Asked[];
  askedFor(operationId: OperationId): Asked[];
  readonly answers: Answers;
  emit(event: DaemonEvent): void;
  /** Places that were opened as a step, and those that only replaced the one before. */
  readonly opened: readonly Location[];
  readonly replaced: readonly Location[];
  readonly saved: readonly { name: string; base64: string }[];
  readonly texts: readonly { name: string; text: string }[];
  go(location: Location): void;
}

export const noPage = { items: [], total: 0, page: 1, limit: 20 };
export const pageWith = (items: readonly unknown[]) => ({ items, total: items.length, page: 1, limit: 100 });
export const refuse = (...[code, input]: Parameters<typeof problem>): never => {
  throw problem(code, input);
};

export function createCannedApp(
  answers: Answers,
  { start = { view: 'dashboard' }, panel = false }: { start?: Location; panel?: boolean } = {},
): CannedApp {
  const asked: Asked[] = [];
  const opened: Location[] = [];
  const replaced: Location[] = [];
  const saved: { name: string; base64: string }[] = [];
  const texts: { name: string; text: string }[] = [];
  const location = signal<Location>(start);
  let onEvent: ((event: { id: string; event: DaemonEvent }) => void) | undefined;
  const carrier = {
    async send({ operationId, path, body, signal: abort }: CarrierRequest) {
      const [, query = ''] = path.split('?', 2);
      const request = { operationId, path, body, query: new URLSearchParams(query) };
      asked.push(request);
      await Promise.resolve();
      abort?.throwIfAborted();
      const answer = answers[operationId];
      if (!answer) return { status: 404, body: toProblem('REQUEST_003', { detail: operationId }) };
      try {
        return { status: 200, body: structuredClone(await answer(request)) };
      } catch (error) {
        if (error instanceof ProblemError) return { status: error.problem.status, body: error.problem };
        throw error;
      }
    },
    follow: ({ onEvent: listen, signal: abort }: Parameters<App['host']['carrier']['follow']>[0]) =>
      new Promise<void>(resolve => {
        onEvent = listen;
        abort.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const api = createApiClient(carrier);
  const live = createLive(api);
  return {
    api,
    live,
    host: {
      kind: panel ? 'panel' : 'page',
      carrier,
      location,
      linkTo: () => '#',
      open(target) {
        opened.push(target);
        location.value = target;
      },
      replace(target) {
        replaced.push(target);
        location.value = target;
      },
      copy: async () => {},
      openExternal: () => {},
      openText: (text, _language, name) => void texts.push({ name, text }),
      save: panel ? undefined : ({ name, base64 }) => void saved.push({ name, base64 }),
    },
    asked,
    askedFor: id => asked.filter(({ operationId }) => operationId === id),
    answers,
    emit: event => onEvent?.({ id: '1', event }),
    opened,
    replaced,
    saved,
    texts,
    go(target) {
      location.value = target;
    },
  };
}

/** Resolves to what the check says once it says something; rejects after some seconds. */
export async function until<T>(check: () => T, milliseconds = 5_000): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = check();
    if (value) return value as NonNullable<Exclude<T, false>>;
    if (Date.now() > end) throw new Error(`It did not come true within ${milliseconds} ms.`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
