// More test files than one request may bring along: they are sent in parts, which run one after the other and are told as one run.
import { limits } from '../domain/limits.ts';
import { testFileLimits } from '../domain/mcptest.ts';
import type { NewTestRun, TestRun } from './tests.ts';

export interface TestParts {
  /** Each fits into a request; together they have all files in their order. */
  parts: NewTestRun[];
  /** Paths of files that are too large even alone, with their snapshots. They are in no part. */
  tooLarge: string[];
}

/** For the commas between files, and the request's own braces. */
const marginBytes = 1_024;

/** `casesIn`: how many cases a file has at most, if that is known. */
export function toParts(run: NewTestRun, casesIn: (path: string) => number): TestParts {
  const most = limits.documentBody - marginBytes - jsonBytes({ ...run, files: [] });
  const parts: NewTestRun['files'][] = [];
  const tooLarge: string[] = [];
  let bytes = 0;
  let cases = 0;
  for (const file of run.files) {
    const size = jsonBytes(file) + 1;
    if (size > most) {
      tooLarge.push(file.path);
      continue;
    }
    const count = casesIn(file.path);
    const last = parts.at(-1);
    const fits =
      bytes + size <= most &&
      cases + count <= testFileLimits.casesOfRun &&
      (last?.length ?? 0) < testFileLimits.filesOfRun;
    if (last && fits) last.push(file);
    else parts.push([file]);
    bytes = last && fits ? bytes + size : size;
    cases = last && fits ? cases + count : count;
  }
  return { parts: parts.map(files => ({ ...run, files })), tooLarge };
}

/** Runs of parts as one, under the id of the first. `files`: all that were to run. Its time is that of all. */
export function joinRuns(first: TestRun, others: readonly TestRun[], files: readonly string[]): TestRun {
  const runs = [first, ...others];
  const sum = (of: (run: TestRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
  return {
    ...first,
    state: worst.find(state => runs.some(run => run.state === state)) ?? first.state,
    reason: runs.find(({ reason }) => reason !== null)?.reason ?? null,
    files: [...files],
    servers: [...new Set(runs.flatMap(({ servers }) => servers))],
    endedAt: runs.at(-1)?.endedAt ?? null,
    durationMs: sum(({ durationMs }) => durationMs),
    counts: {
      total: sum(({ counts }) => counts.total),
      passed: sum(({ counts }) => counts.passed),
      failed: sum(({ counts }) => counts.failed),
      skipped: sum(({ counts }) => counts.skipped),
      cancelled: sum(({ counts }) => counts.cancelled),
    },
    results: runs.flatMap(({ results }) => results),
    problems: runs.flatMap(({ problems }) => problems),
    snapshots: runs.flatMap(({ snapshots }) => snapshots),
  };
}

const worst: readonly TestRun['state'][] = ['running', 'cancelled', 'interrupted', 'failed', 'passed'];

/** Why a file cannot be sent, and what to do. */
export const tooLargeToSend = (path: string): string =>
  `${path} and its snapshots are too large for one request (${limits.documentBody / 1_048_576} MiB). Split the file, or keep less in its snapshots: "redact" leaves parts out.`;

/** As UTF-8. */
function jsonBytes(value: unknown): number {
  const text = JSON.stringify(value);
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Each half of a pair is two of its four bytes; JSON has no half alone.
    if (unit > 0x7f) bytes += unit > 0x7_ff && (unit < 0xd8_00 || unit > 0xdf_ff) ? 2 : 1;
  }
  return bytes;
}
