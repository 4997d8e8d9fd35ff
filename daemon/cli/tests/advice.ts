// What to do next after a run, where its results alone do not say it.
import type { TestRun } from '../../../shared/api/tests.ts';
import { safeLine } from '../terminal/safe-text.ts';

export interface AskedFor {
  start?: boolean | undefined;
  filter?: string | undefined;
  tag?: string[] | undefined;
  updateSnapshots?: boolean | undefined;
}

export function adviceOn({ results, problems }: TestRun, { start, filter, tag, updateSnapshots }: AskedFor): string[] {
  const failures = results.flatMap(each => each.failures);
  const isStopped = failures.some(({ message }) => message.includes('(SERVER_003)'));
  if (isStopped && !start) return ['A server does not run: --start starts it first.'];
  const isOther = failures.some(({ assertion }) => assertion === 'snapshot');
  if (isOther && !updateSnapshots) return ['If what came is right, keep it with --update-snapshots.'];
  if (results.length > 0 || problems.length > 0) return [];
  const wanted = [
    ...(filter === undefined ? [] : [`"${safeLine(filter)}" in its name`]),
    ...(tag === undefined ? [] : [`the tag ${tag.map(each => safeLine(each)).join(' or ')}`]),
  ];
  return [`No test has ${wanted.join(' and ')}.`];
}
