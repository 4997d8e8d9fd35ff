// The recorded runs of docker and docker mcp that tests are made of: what was asked, what was answered, how it ended.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Beside the repository, as the build machines have it too. */
export const recordingsFolder = resolve(import.meta.dirname, '../../../shared/docker-mcp/transcripts');

/** "current": the profile dialect. "legacy": the older one. */
export type RecordedDialect = 'current' | 'legacy';
export const recordedDialects: readonly RecordedDialect[] = ['current', 'legacy'];

export interface RecordedRequest {
  label: string;
  tMs: number;
  request: { method: string; path: string; headers: Record<string, string>; body: string | null };
  response: { status: number; headers: Record<string, string>; body: string; ms: number };
}

export interface Recording {
  /** "current/profile-list-json". */
  name: string;
  dialect: RecordedDialect;
  file: string;
  /** After `docker`, or after `bin`. */
  argv: string[];
  bin?: string;
  env: Record<string, string>;
  stdin?: string;
  exitCode: number | null;
  signal?: NodeJS.Signals;
  stdout: string;
  stderr: string;
  durationMs: number;
  seq: number;
  note?: string;
  filesAfter?: Record<string, string>;
  sentSignal?: NodeJS.Signals;
  sentSignalAtMs?: number;
  kind?: 'gateway-http' | 'gateway-stdio';
  http?: RecordedRequest[];
  io?: { dir: 'in' | 'out'; tMs: number; line: string }[];
  healthyAtMs?: number;
  sseEvents?: string[];
  ended?: string;
}

let read: readonly Recording[] | undefined;

/** All of them, of both dialects, in the order in which they were made. */
export function readRecordings(): readonly Recording[] {
  read ??= recordedDialects.flatMap(dialect =>
    readdirSync(join(recordingsFolder, dialect))
      .filter(name => name.endsWith('.json'))
      .map((name): Recording => {
        const file = join(recordingsFolder, dialect, name);
        return { ...JSON.parse(readFileSync(file, 'utf8')), dialect, file, name: `${dialect}/${name.slice(0, -5)}` };
      })
      .toSorted((a, b) => a.seq - b.seq || a.name.localeCompare(b.name)),
  );
  return read;
}

/** One by its name, "current/profile-list-json". */
export function recordingOf(name: string): Recording {
  const found = readRecordings().find(recording => recording.name === name);
  if (!found) throw new Error(`There is no recording ${name}.`);
  return found;
}
