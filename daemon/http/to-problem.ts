// The only place that turns an error into an answer.
import { isProblemError, type Problem, problem } from '../../shared/api/problem.ts';
import { isStorageError, toStorageProblem } from '../storage/database.ts';

/** Every error as a problem. What is unknown becomes DAEMON_001 and tells the caller nothing of the inside. */
export function errorToProblem(error: unknown): Problem {
  if (isProblemError(error)) return error.problem;
  if (isStorageError(error)) return toStorageProblem(error).problem;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return problem('DAEMON_009', {
      detail: 'There is no room left on the disk. Nothing of this change was kept.',
      next: 'Free some disk space and try again.',
    }).problem;
  }
  return problem('DAEMON_001', {
    detail: 'The daemon met an error that it did not expect.',
    next: 'Try again; the daemon’s log has the details under the request’s id.',
  }).problem;
}
