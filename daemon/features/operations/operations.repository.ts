import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { Operation, type OperationState } from '../../../shared/api/operations.ts';
import { Problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import { readPage } from '../../storage/page.ts';

export interface OperationRepository {
  list(query: PageQuery & { state?: OperationState | undefined }): Page<Operation>;
  find(id: string): Operation | undefined;
  save(operation: Operation): void;
  insert(operation: Operation, request: unknown): void;
  /** Marks what an earlier daemon left unfinished. Returns how many there were. */
  interruptUnfinished(at: string): number;
}

const Row = z.object({
  id: z.string(),
  kind: z.string(),
  server_id: z.string(),
  title: z.string(),
  state: z.string(),
  step: z.string(),
  progress: z.number().nullable(),
  problem: z.string().nullable(),
  started_at: z.string(),
  ended_at: z.string().nullable(),
});

const toOperation = (row: unknown): Operation => {
  const { server_id, started_at, ended_at, problem, ...rest } = Row.parse(row);
  return Operation.parse({
    ...rest,
    serverId: server_id,
    startedAt: started_at,
    endedAt: ended_at,
    problem: problem === null ? null : Problem.parse(JSON.parse(problem)),
  });
};

const toParameters = (operation: Operation) => ({
  ...operation,
  problem: operation.problem && JSON.stringify(operation.problem),
});

const mostRows = 500;

export function createOperationRepository(database: Database): OperationRepository {
  const byId = database.prepare('select * from operations where id = ?');
  const insert = database.prepare(`
    insert into operations (id, kind, server_id, title, state, step, progress, problem, request, started_at, ended_at)
    values (@id, @kind, @serverId, @title, @state, @step, @progress, @problem, @request, @startedAt, @endedAt)`);
  const trim = database.prepare(`delete from operations where ended_at is not null
    and id not in (select id from operations order by started_at desc limit ${mostRows})`);
  const save = database.prepare(`
    update operations set state = @state, step = @step, progress = @progress, problem = @problem, ended_at = @endedAt where id = @id`);
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
    save: operation => {
      save.run(toParameters(operation));
    },
    insert: database.transaction((operation, request) => {
      insert.run({ ...toParameters(operation), request: JSON.stringify(request) });
      trim.run();
    }),
    interruptUnfinished: at => interrupt.run(at).changes,
  };
}
