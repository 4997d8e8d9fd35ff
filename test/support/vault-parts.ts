// A vault without a daemon: its parts on one database, opened again as often as a test likes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { createAuditRepository } from '../../daemon/features/audit/audit.repository.ts';
import { masterKeyPlaces } from '../../daemon/features/secrets/master-key.ts';
import { createRotation } from '../../daemon/features/secrets/rotation.ts';
import { createSecretRepository } from '../../daemon/features/secrets/secrets.repository.ts';
import { createSecretService } from '../../daemon/features/secrets/secrets.service.ts';
import { createUnsealer } from '../../daemon/features/secrets/tamper-alarm.ts';
import { createVaultRepository } from '../../daemon/features/secrets/vault.repository.ts';
import { createVault } from '../../daemon/features/secrets/vault.ts';
import { systemClock } from '../../daemon/platform/clock.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import type { AuditEntry } from '../../shared/api/audit.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

export interface Parts {
  database: Database;
  vault: ReturnType<typeof createVault>;
  repository: ReturnType<typeof createSecretRepository>;
  secrets: ReturnType<typeof createSecretService>;
  rotation: ReturnType<typeof createRotation>;
  audit: ReturnType<typeof createAuditRepository>;
  audited(action: string): AuditEntry[];
  /** A value by the secret’s id, as a server would get it. */
  read(id: string): string | undefined;
  close(): void;
}

/** The vault’s parts on one database, as the daemon puts them together. */
export function openParts(
  folder: string,
  environment: Record<string, string> = {},
  mountedFile = join(folder, 'mounted'),
): Parts {
  const database = openDatabase(join(folder, 'quayside.db'));
  const places = { ...masterKeyPlaces(environment, join(folder, 'master.key')), mountedFile };
  const vault = createVault({ repository: createVaultRepository(database), places, clock: systemClock });
  const repository = createSecretRepository(database);
  const audit = createAuditRepository(database, systemClock);
  const unseal = createUnsealer(vault.unseal, repository, audit);
  const secrets = createSecretService({ repository, vault, clock: systemClock, publish: () => {} });
  const rotation = createRotation({
    vault,
    repository,
    unseal,
    audit,
    onStep: () => {},
    onFailure: error => assert.fail(String(error)),
  });
  const read = (id: string): string | undefined => {
    const stored = repository.value(id);
    return stored && unseal(stored.context, stored.record).toString();
  };
  const audited = (action: string) =>
    audit
      .list({ page: 1, limit: 100, sort_by: 'id', sort_order: 'asc' })
      .items.filter(entry => entry.action === action);
  const close = () => {
    vault.close();
    database.close();
  };
  return { database, vault, repository, secrets, rotation, audit, audited, read, close };
}

/** Everything that is stored, to show that nothing was touched. */
export const dump = (database: Database): string =>
  JSON.stringify(['vault', 'vault_keys', 'secrets'].map(table => database.prepare(`select * from ${table}`).all()));

/** Stores a value; answers its id. */
export const add = ({ secrets }: Parts, key: string, value = `value of ${key}`): string =>
  secrets.create({ name: `test.${key}`, serverId: null, value }).id;

type Opening = Parameters<typeof openParts> extends [string, ...infer Rest] ? Rest : never;

export interface VaultFolder {
  readonly path: string;
  start(...opening: Opening): Parts;
  /** After the last that was started has ended. */
  reopen(...opening: Opening): Parts;
  /** Ends the last that was started. */
  close(): void;
  remove(): Promise<void>;
}

/** Where a vault lies, and those that have it open. */
export async function createVaultFolder(): Promise<VaultFolder> {
  const folder = await createTemporaryFolder('vault');
  const open: Parts[] = [];
  const start = (...opening: Opening): Parts => {
    const parts = openParts(folder.path, ...opening);
    open.push(parts);
    return parts;
  };
  const close = () => open.pop()?.close();
  return {
    path: folder.path,
    start,
    reopen(...opening) {
      close();
      return start(...opening);
    },
    close,
    async remove() {
      while (open.length > 0) close();
      await folder.remove();
    },
  };
}
