// What a check is: a title, what it needs to have passed, and a function that looks and tells.
import type { DoctorCheck } from '../../../shared/api/doctor.ts';
import { isProblemError, type Problem } from '../../../shared/api/problem.ts';

export interface Finding {
  state: 'ok' | 'warning' | 'error' | 'skipped';
  /** What was found. */
  detail: string;
  /** Why that is a problem, or why it was skipped. */
  cause?: string;
  fix?: DoctorCheck['fix'] | undefined;
  link?: string;
  /** Of a check with several rows: what this one is about. */
  about?: { id: string; title: string };
}

export interface Check {
  id: string;
  /** What should be so, as a short statement. */
  title: string;
  /** Checks that must not have failed: without them this one says nothing. */
  after?: readonly string[];
  run(signal: AbortSignal): Promise<Finding | Finding[]> | Finding | Finding[];
}

export const ok = (detail: string): Finding => ({ state: 'ok', detail });
export const skipped = (cause: string): Finding => ({ state: 'skipped', detail: 'Not looked at.', cause });

/** A step that the person has to do. */
export const byHand = (label: string, command: string | null = null): DoctorCheck['fix'] => ({
  label,
  id: null,
  command,
});
/** A step that the daemon does when it is asked to. */
export const byDaemon = (label: string, id: string): DoctorCheck['fix'] => ({ label, id, command: null });

/** A problem as a finding: its own words, and its way out as the step to take. */
export const fromProblem = (state: 'warning' | 'error', { detail, next, title }: Problem): Finding => ({
  state,
  detail,
  cause: `${title}.`,
  ...(next === undefined ? {} : { fix: byHand(next) }),
});

/** What a check that went wrong itself says. */
export const fromFailure = (error: unknown): Finding =>
  isProblemError(error)
    ? fromProblem('warning', error.problem)
    : {
        state: 'warning',
        detail: 'This could not be found out.',
        cause: 'The check itself failed; the daemon’s log has the details.',
      };

/** "a, b and 3 more" */
export function enumerate(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}
