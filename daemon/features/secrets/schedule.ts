// Rotates the vault's key when its newest one has become old enough. It looks now and then, and when the vault is opened.
import type { AuditSink } from '../../http/bind-routes.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Rotation } from './rotation.ts';
import type { VaultRepository } from './vault.repository.ts';
import type { Vault } from './vault.ts';

export interface RotationSchedule {
  /** Begins a rotation if one is due. Also called by itself every hour from now on. */
  check(): void;
  /** When the next one is due, in epoch milliseconds; null: never. */
  nextAt(): number | null;
  stop(): void;
}

export interface ScheduleOptions {
  vault: Vault;
  repository: VaultRepository;
  rotation: Rotation;
  audit: AuditSink;
  clock: Clock;
  onFailure: (error: unknown) => void;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export function createRotationSchedule(options: ScheduleOptions): RotationSchedule {
  const { vault, repository, rotation, audit, clock, onFailure } = options;
  let timer: NodeJS.Timeout | undefined;

  const nextAt = (): number | null => {
    const everyDays = repository.rotationDays();
    const newest = repository.keys().at(-1);
    return everyDays === null || !newest ? null : Date.parse(newest.createdAt) + everyDays * dayMs;
  };
  const beginIfDue = (): void => {
    const due = nextAt();
    if (due === null || due > clock.now() || vault.state !== 'open' || rotation.progress() !== null) return;
    const row = { principal: 'daemon', action: 'rotateVaultKey', resource: 'by schedule', requestId: null };
    audit.record({ ...row, outcome: 'allowed', code: null });
    rotation.begin();
  };
  const check = (): void => {
    try {
      beginIfDue();
    } catch (error) {
      onFailure(error);
    }
  };
  return {
    check() {
      timer ??= setInterval(check, hourMs).unref();
      check();
    },
    nextAt,
    stop: () => clearInterval(timer),
  };
}
