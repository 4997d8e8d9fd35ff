import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { NewOperation, Operation, type OperationState, OperationStep } from '../../../shared/api/operations.ts';
import { Problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { readPage } from '../../storage/page.ts';

/** What is kept of a request, to try it again. */
export interface KeptRequest {
  /** Null: it came from a route of its own, and only this daemon knows how it is done. */
  input: NewOperation | null;
  /** True once the server is in place and stored: what is left is its start. */
  installed: boolean;
  /** True once it has been tried again: then that one is the one to retry. */
  retried: boolean;
}

export interface OperationRepository {
  list(query: PageQuery & { state?: OperationState | undefined }): Page<Operation>;
  find(id: string): Operation | undefined;
  request(id: string): KeptRequest | undefined;
  save(operation: Operation): void;
  insert(operation: Operation, request: KeptRequest): void;
  saveRequest(id: string, request: KeptRequest): void;
  /** Marks what an earlier daemon left unfinished. Returns how many there were. */
  interruptUnfinished(at: string): number;
}

const Kept = z.object({
  input: NewOperation.nullable(),
  installed: z.boolean(),
  retried: z.boolean(),
});
/** What earlier versions kept cannot be tried again. */
const nothingKept: KeptRequest = { input: null, installed: false, retried: true };

const Row = z.object({
  id: z.string(),
  kind: z.string(),
  server_id: z.string().nullable(),
  title: z.string(),
  state: z.string(),
  step: z.string(),
  progress: z.number().nullable(),
  steps: z.string(),
  problem: z.string().nullable(),
  request: z.string(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
});

const toRequest = (text: string): KeptRequest => Kept.safeParse(JSON.parse(text)).data ?? nothingKept;

const toOperation = (row: unknown): Operation => {
  const { server_id, started_at, ended_at, problem, steps, request, ...rest } = Row.parse(row);
  const { input, retried } = toRequest(request);
  return Operation.parse({
    ...rest,
    serverId: server_id,
    steps: z.array(OperationStep).parse(JSON.parse(steps)),
    transfer: null,
    canRetry: ['failed', 'cancelled', 'interrupted'].includes(rest.state) && input !== null && !retried,
    startedAt: started_at,
    endedAt: ended_at,
    problem: problem === null ? null : Problem.parse(JSON.parse(problem)),
  });
};

const toParameters = ({ transfer, canRetry, ...operation }: Operation) => ({
  ...operation,
  steps: JSON.stringify(operation.steps),
  problem: operation.problem && JSON.stringify(operation.problem),
});

const mostRows = 500;

export function createOperationRepository(database: Database): OperationRepository {
  const byId = database.prepare('select * from operations where id = ?');
  const requestOf = database.prepare('select request from operations where id = ?').pluck();
  const insert = database.prepare(`
    insert into operations (id, kind, server_id, title, state, step, progress, steps, problem, request, started_at, ended_at)
    values (@id, @kind, @serverId, @title, @state, @step, @progress, @steps, @problem, @request, @startedAt, @endedAt)`);
  const trim = database.prepare(`delete from operations where ended_at is not null
    and id not in (select id from operations order by started_at desc limit ${mostRows})`);
  const save = database.prepare(`
    update operations set state = @state, step = @step, progress = @progress, steps = @steps, problem = @problem, ended_at = @endedAt where id = @id`);
  const saveRequest = database.prepare('update operations set request = ? where id = ?');
  const interrupt = database.prepare(`
    update operations set state = 'interrupted', step = 'Interrupted: the daemon ended', ended_at = ?
    where state in ('running', 'cancelling')`);
  return {
    list: ({ state, ...query }) =>
      readPage(database, query, {
        table: 'operations',
        columns: { started_at: 'started_at', state: 'state' },
        where: state ? [{ sql: 'state = ?', value: state }] : [],
        tieBreaker: 'id',
        toItem: toOperation,
      }),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : toOperation(row);
    },
    request(id) {
      const text = requestOf.get(id);
      return typeof text === 'string' ? toRequest(text) : undefined;
    },
    save: operation => {
      save.run(toParameters(operation));
    },
    insert: database.transaction((operation, request) => {
      insert.run({ ...toParameters(operation), request: JSON.stringify(request) });
      trim.run();
    }),
    saveRequest: (id, request) => {
      saveRequest.run(JSON.stringify(request), id);
    },
    interruptUnfinished: at => interrupt.run(at).changes,
  };
}
