// Why somebody may do something, or may not: whom one can ask about, what for, and the answer.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { explainAccess } from '../../shared/api/roles.ts';
import type { Permission, RouteOutput } from '../../shared/api/route.ts';
import { type OperationId, operationIds, routes } from '../../shared/api/routes.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export type Who = { kind: 'owner' | 'user' | 'key' | 'agent'; id: string };
export type Answer = RouteOutput<typeof explainAccess>;

/** Somebody to ask about; `value` is what a choice holds. */
export interface Somebody extends Who {
  value: string;
  label: string;
}

export interface Operation {
  id: OperationId;
  label: string;
  permission: Permission;
}

/** What needs a permission, by its own words. */
export const askableOperations: readonly Operation[] = operationIds
  .flatMap((id): Operation[] => {
    const { permission, summary } = routes[id];
    return permission === 'public' ? [] : [{ id, label: summary, permission }];
  })
  .sort((a, b) => a.label.localeCompare(b.label));

export interface Question {
  who: Who;
  permission: Permission;
  /** Empty: in general. */
  server: string;
  elsewhere: boolean;
  oldFactor: boolean;
}

export interface ExplainState {
  readonly people: Load<Somebody[]>;
  readonly answer: ReadonlySignal<Answer | undefined>;
  readonly asking: Act;
  ask(question: Question): Promise<void>;
  /** The question has changed, so the answer is none of it. */
  forget(): void;
  close(): void;
}

export function createExplainState({ api, live }: Pick<App, 'api' | 'live'>): ExplainState {
  const people = createLoad(async (abort): Promise<Somebody[]> => {
    const users = await readAllPages(query => api.listUsers({ query }, { signal: abort }));
    const keys = await readAllPages(query => api.listKeys({ query }, { signal: abort }));
    return [
      { kind: 'owner', id: 'owner', value: 'owner', label: 'the owner' },
      ...users.map(({ id, name }) => toSomebody('user', id, name)),
      ...keys.map(({ kind, id, name }) => toSomebody(kind, id, name)),
    ];
  });
  const answer = signal<Answer | undefined>(undefined);
  const asking = createAct();
  void people.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'access.changed') void people.reload();
  });
  return {
    people,
    answer,
    asking,
    async ask({ who, permission, server, elsewhere, oldFactor }) {
      answer.value = undefined;
      const body = {
        who: { kind: who.kind, id: who.id },
        permission,
        ...(server === '' ? {} : { server }),
        from: elsewhere ? 'elsewhere' : 'this-machine',
        freshFactor: !oldFactor,
      } as const;
      answer.value = await asking.run('explain', () => api.explainAccess({ body }));
    },
    forget() {
      answer.value = undefined;
      asking.dismiss();
    },
    close() {
      stopListening();
      people.close();
    },
  };
}

const toSomebody = (kind: 'user' | 'key' | 'agent', id: string, name: string): Somebody => ({
  kind,
  id,
  value: `${kind} ${id}`,
  label: `${name} (${kind})`,
});
