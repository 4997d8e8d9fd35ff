// Puts the slice together: the daemon's own account, what is taken over from it, and the proof for those who sign in with theirs.
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Bitwarden } from '../../engines/bitwarden-account.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import type { Clock } from '../../platform/clock.ts';
import { createAccount } from './account.ts';
import { createBitwardenRepository } from './bitwarden.repository.ts';
import { bitwardenHandlers } from './bitwarden.routes.ts';
import { createBitwardenService } from './bitwarden.service.ts';
import { createLinkRepository } from './links.repository.ts';
import { createProof, type Prove } from './proof.ts';
import type { SealedValues } from './sealed-state.ts';
import type { SynchronisedSecrets } from './sync.ts';
import { createWorkFolders, type WorkPlaces } from './work-folders.ts';

export interface BitwardenFeatureOptions {
  database: Database;
  bitwarden: Bitwarden;
  places: WorkPlaces;
  /** The vault, for the key of what bw keeps. */
  sealed: SealedValues;
  /** The vault, for the secrets that come from Bitwarden. */
  secrets: SynchronisedSecrets;
  clock: Clock;
  audit: AuditSink;
  publish: (event: DaemonEvent) => void;
  onFailure: (error: unknown, what: string) => void;
  /** How long somebody waits whose address is not linked. */
  unlinkedPauseMs?: number | undefined;
}

export interface BitwardenFeature {
  handlers: ReturnType<typeof bitwardenHandlers>;
  prove: Prove;
  /** Whether somebody may sign in with it at all. */
  hasLinks(): boolean;
  /** Looks now whether it is time to lock or to synchronise; otherwise that is done twice a minute. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

const tickMs = 30_000;

export function createBitwardenFeature(options: BitwardenFeatureOptions): BitwardenFeature {
  const { database, bitwarden, places, sealed, secrets, clock, audit, publish, onFailure } = options;
  const { unlinkedPauseMs = 4_000 } = options;
  const repository = createBitwardenRepository(database);
  const links = createLinkRepository(database);
  const folders = createWorkFolders(places);
  const onChanged = () => publish({ type: 'bitwarden.changed' });
  const account = createAccount({ bitwarden, repository, folders, sealed, clock, onChanged });
  const service = createBitwardenService({
    account,
    repository,
    secrets,
    audit,
    clock,
    onChanged,
    onFailure: error => onFailure(error, 'bitwarden'),
  });
  const timer = setInterval(() => void service.tick(), tickMs).unref();
  return {
    handlers: bitwardenHandlers({
      service,
      links,
      clock,
      onLinksChanged: () => publish({ type: 'access.changed' }),
    }),
    prove: createProof({
      bitwarden,
      links,
      folders,
      clock,
      pause: () => pause(unlinkedPauseMs, undefined, { ref: false }),
    }),
    hasLinks: links.any,
    tick: service.tick,
    async close() {
      clearInterval(timer);
      // Ends what runs first, so that nothing waits for it.
      await bitwarden.close();
      await account.close();
      folders.close();
    },
  };
}
