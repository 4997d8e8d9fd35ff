// Anchors of the audit log: now and then the number and hash of its last entry are written to a file outside of the
// database, so that a log whose end was cut off, or that was written anew as a whole, is found as well.
import { appendFileSync, chmodSync, existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { type Clock, toTimestamp } from '../../platform/clock.ts';

const Anchor = z.object({ entry: z.int().positive(), hash: z.string().regex(/^[a-f0-9]{64}$/), at: z.iso.datetime() });
type Anchor = z.infer<typeof Anchor>;

export interface Anchored {
  /** How many anchors there are. */
  anchors: number;
  /** The first entry that is not what its anchor says; null if all are. */
  brokenAt: number | null;
  detail: string;
}

export interface AuditAnchors {
  /** Told of each new entry: writes an anchor when enough have come or enough time has passed. */
  seen(entry: { id: number; hash: string }): void;
  /** Writes an anchor for the last entry that was seen, if it has none. To be called at the end. */
  flush(): void;
  /** Compares each anchor with the entry that the log has under its number. */
  check(hashOf: (entry: number) => string | undefined): Anchored;
}

export interface AuditAnchorsOptions {
  file: string;
  clock: Clock;
  everyEntries?: number;
  everyMs?: number;
  /** However many entries come, no more often than this. */
  leastMs?: number;
  /** Makes sure that what the log has is on the disk: an anchor must never outlive its entry when the power fails. */
  settle?: () => void;
  onFailure: (error: unknown) => void;
}

/** A failed write is told and tried again with the next entry: the log itself goes on. */
export function createAuditAnchors(options: AuditAnchorsOptions): AuditAnchors {
  const { file, clock, everyEntries = 100, everyMs = 600_000, leastMs = 0, onFailure } = options;
  let last: { id: number; hash: string } | undefined;
  let anchored = lastAnchor(file)?.entry ?? 0;
  let anchoredAt = clock.now();

  const write = (entry: { id: number; hash: string }) => {
    try {
      options.settle?.();
      const isNew = !existsSync(file);
      const line: Anchor = { entry: entry.id, hash: entry.hash, at: toTimestamp(clock.now()) };
      appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600, flush: true });
      if (isNew) chmodSync(file, 0o600);
      anchored = entry.id;
      anchoredAt = clock.now();
    } catch (error) {
      onFailure(error);
    }
  };

  return {
    seen(entry) {
      last = entry;
      const since = clock.now() - anchoredAt;
      if ((entry.id - anchored >= everyEntries && since >= leastMs) || since >= everyMs) write(entry);
    },
    flush() {
      if (last && last.id > anchored) write(last);
    },
    check(hashOf) {
      const lines = readLines(file);
      let anchors = 0;
      for (const [index, line] of lines.entries()) {
        const anchor = parse(line);
        // A crash may have left half of the last line.
        if (!anchor && index === lines.length - 1) continue;
        if (!anchor) return { anchors, brokenAt: 0, detail: `Line ${index + 1} of ${file} is no anchor any more.` };
        anchors += 1;
        const hash = hashOf(anchor.entry);
        if (hash === anchor.hash) continue;
        const what =
          hash === undefined ? 'is gone: the end of the log was cut off' : 'is not the one that was anchored';
        return { anchors, brokenAt: anchor.entry, detail: `Entry ${anchor.entry}, anchored ${anchor.at}, ${what}.` };
      }
      return { anchors, brokenAt: null, detail: `${anchors} anchors agree with it.` };
    },
  };
}

const readLines = (file: string): string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '')
    : [];

function parse(line: string): Anchor | undefined {
  try {
    return Anchor.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const lastAnchor = (file: string): Anchor | undefined =>
  readLines(file)
    .toReversed()
    .map(parse)
    .find(anchor => anchor !== undefined);
