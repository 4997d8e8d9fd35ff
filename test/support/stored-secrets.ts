// Which names in Docker's own store were set by us, as the database keeps them.
import type { StoredSecret, StoredSecretRecords } from '../../daemon/engines/docker-engine.ts';

/** In memory. */
export function rememberStored(): StoredSecretRecords {
  const rows = new Map<string, StoredSecret>();
  const keyOf = ({ name, serverId, variable }: StoredSecret) => JSON.stringify([name, serverId, variable]);
  return {
    all: () => [...rows.values()],
    save: row => void rows.set(keyOf(row), row),
    remove: row => void rows.delete(keyOf(row)),
  };
}
