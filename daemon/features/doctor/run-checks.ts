// Runs checks side by side, each and all of them within a time, and skips those that say nothing without another one.
import type { DoctorCheck } from '../../../shared/api/doctor.ts';
import { type Check, type Finding, fromFailure, skipped } from './check.ts';

export interface Limits {
  /** Milliseconds for one check, and for all. */
  each: number;
  all: number;
}

export const usualLimits: Limits = { each: 12_000, all: 15_000 };

export interface RunOptions {
  limits: Limits;
  /** Milliseconds on a clock that never jumps. */
  now: () => number;
  onFailure: (error: unknown, what: string) => void;
}

/** The rows in the order of the checks. Never rejects. */
export async function runChecks(checks: readonly Check[], options: RunOptions): Promise<DoctorCheck[]> {
  const { limits, now } = options;
  const end = now() + limits.all;
  const started = new Map<string, Promise<DoctorCheck[]>>();
  for (const check of checks) {
    const needed = (check.after ?? []).flatMap(id => started.get(id) ?? []);
    started.set(check.id, runOne(check, needed, end, options));
  }
  return (await Promise.all(started.values())).flat();
}

async function runOne(
  check: Check,
  needed: readonly Promise<DoctorCheck[]>[],
  end: number,
  options: RunOptions,
): Promise<DoctorCheck[]> {
  const before = (await Promise.all(needed)).flat();
  const failed = before.find(({ state }) => state === 'error') ?? before.find(({ state }) => state === 'skipped');
  const start = options.now();
  const findings = failed
    ? [skipped(`It needs this first: ${failed.title}.`)]
    : await look(check, Math.min(options.limits.each, end - start), options);
  const durationMs = Math.max(0, Math.round(options.now() - start));
  return findings.map(finding => toRow(check, finding, durationMs));
}

async function look(check: Check, milliseconds: number, { onFailure }: RunOptions): Promise<Finding[]> {
  if (milliseconds <= 0) return [tooLate];
  const control = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding[]>(resolve => {
    timer = setTimeout(() => {
      control.abort();
      resolve([tooLate]);
    }, milliseconds);
  });
  const found = (async (): Promise<Finding[]> => {
    try {
      return [await check.run(control.signal)].flat();
    } catch (error) {
      onFailure(error, check.id);
      return [fromFailure(error)];
    }
  })();
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}

const tooLate: Finding = {
  state: 'warning',
  detail: 'There was no answer in time.',
  cause: 'What was asked hangs, or this machine is very busy.',
};

const toRow = (check: Check, { state, detail, cause, fix, link, about }: Finding, durationMs: number): DoctorCheck => ({
  id: about ? `${check.id}:${about.id}` : check.id,
  title: about?.title ?? check.title,
  state,
  detail,
  cause: cause ?? null,
  fix: fix ?? null,
  link: link ?? null,
  durationMs,
});
