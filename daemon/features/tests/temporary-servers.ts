// Servers that were installed only to be compared, on record so that not even a kill leaves one.
import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { type Clock, toTimestamp } from '../../platform/clock.ts';

export interface TemporaryServersOptions {
  database: Database;
  clock: Clock;
  servers: {
    exists(id: string): boolean;
    stop(id: string): Promise<unknown>;
    remove(id: string): Promise<void>;
  };
  onFailure: (error: unknown) => void;
}

export interface TemporaryServers {
  /** Puts the name of a server that is yet to be installed on record. */
  add(serverId: string, comparison: string): string;
  has(serverId: string): boolean;
  /** Those of a comparison. Never rejects: what stays is on record. */
  remove(comparison: string): Promise<void>;
  /** All, when a daemon begins. */
  tidy(): Promise<void>;
}

export function createTemporaryServers(options: TemporaryServersOptions): TemporaryServers {
  const { database, clock, servers, onFailure } = options;
  const insert = database.prepare('insert into comparison_servers (server_id, made_at) values (?, ?)');
  const drop = database.prepare('delete from comparison_servers where server_id = ?');
  const all = () =>
    z
      .array(z.object({ server_id: z.string() }))
      .parse(database.prepare('select server_id from comparison_servers').all());
  const known = new Map<string, string>(all().map(({ server_id }) => [server_id, '']));
  const removeOne = async (id: string): Promise<void> => {
    try {
      if (servers.exists(id)) {
        await servers.stop(id).catch(() => {});
        await servers.remove(id);
      }
      drop.run(id);
      known.delete(id);
    } catch (error) {
      // It stays on record, and the next daemon tries again.
      onFailure(error);
    }
  };
  return {
    add(serverId: string, comparison: string): string {
      const id = `${serverId.slice(0, 48)}-compared-${randomUUID().slice(0, 6)}`;
      insert.run(id, toTimestamp(clock.now()));
      known.set(id, comparison);
      return id;
    },
    has: (serverId: string) => known.has(serverId),
    async remove(comparison: string): Promise<void> {
      for (const [id, of] of known) if (of === comparison) await removeOne(id);
    },
    async tidy(): Promise<void> {
      for (const id of known.keys()) await removeOne(id);
    },
  };
}
