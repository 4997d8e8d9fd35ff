// What a gateway is to be started with, and which servers it ran last.
import type { Database } from 'better-sqlite3';
import * as z from 'zod';

export interface StoredGateway {
  profile: string;
  ownTools: boolean;
  /** Ids of servers. */
  lastServers: string[];
}

export interface GatewayRepository {
  all(): StoredGateway[];
  find(profile: string): StoredGateway | undefined;
  saveOwnTools(profile: string, on: boolean): void;
  saveLastServers(profile: string, servers: readonly string[]): void;
  /** Drops what is known of profiles that are not among these. */
  keep(profiles: readonly string[]): void;
}

const Row = z.object({ profile: z.string(), own_tools: z.int(), last_servers: z.string() }).transform(
  ({ profile, own_tools, last_servers }): StoredGateway => ({
    profile,
    ownTools: own_tools === 1,
    lastServers: z.array(z.string()).parse(JSON.parse(last_servers)),
  }),
);

export function createGatewayRepository(database: Database): GatewayRepository {
  const all = database.prepare('select * from gateways order by profile');
  const byProfile = database.prepare('select * from gateways where profile = ?');
  const saveOwnTools = database.prepare(`
    insert into gateways (profile, own_tools) values (@profile, @on)
    on conflict (profile) do update set own_tools = excluded.own_tools`);
  const saveLastServers = database.prepare(`
    insert into gateways (profile, last_servers) values (@profile, @servers)
    on conflict (profile) do update set last_servers = excluded.last_servers`);
  const keep = database.prepare('delete from gateways where profile not in (select value from json_each(?))');
  return {
    all: () => all.all().map(row => Row.parse(row)),
    find(profile) {
      const row = byProfile.get(profile);
      return row === undefined ? undefined : Row.parse(row);
    },
    saveOwnTools: (profile, on) => void saveOwnTools.run({ profile, on: Number(on) }),
    saveLastServers: (profile, servers) => void saveLastServers.run({ profile, servers: JSON.stringify(servers) }),
    keep: profiles => void keep.run(JSON.stringify(profiles)),
  };
}
