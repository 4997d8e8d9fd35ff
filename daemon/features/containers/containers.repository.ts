// Which containers our gateways are proven to have started: what the next daemon needs to know its orphans.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { type Clock, toTimestamp } from '../../platform/clock.ts';

const Row = z
  .object({
    container_id: z.string(),
    profile: z.string(),
    server: z.string(),
    gateway_pid: z.int(),
    gateway_started: z.string(),
  })
  .transform(row => ({
    containerId: row.container_id,
    profile: row.profile,
    server: row.server,
    gatewayPid: row.gateway_pid,
    gatewayStarted: row.gateway_started,
  }));
export type ContainerOwnerRow = z.infer<typeof Row>;

export interface ContainerOwnerRepository {
  all(): ContainerOwnerRow[];
  save(row: ContainerOwnerRow): void;
  remove(containerId: string): void;
}

/** A container of that age that was never seen again is on no engine of this user any more. */
const keptDays = 90;

export function createContainerOwnerRepository(database: Database, clock: Clock): ContainerOwnerRepository {
  const all = database.prepare('select * from container_owners order by seen_at, container_id');
  const save = database.prepare(
    `insert into container_owners (container_id, profile, server, gateway_pid, gateway_started, seen_at)
     values (@containerId, @profile, @server, @gatewayPid, @gatewayStarted, @seenAt)
     on conflict (container_id) do update set profile = excluded.profile, server = excluded.server,
       gateway_pid = excluded.gateway_pid, gateway_started = excluded.gateway_started, seen_at = excluded.seen_at`,
  );
  const remove = database.prepare('delete from container_owners where container_id = ?');
  database
    .prepare('delete from container_owners where seen_at < ?')
    .run(toTimestamp(clock.now() - keptDays * 24 * 3_600_000));

  return {
    all: () => all.all().map(row => Row.parse(row)),
    save: row => void save.run({ ...row, seenAt: toTimestamp(clock.now()) }),
    remove: containerId => void remove.run(containerId),
  };
}
