// Takes calls that have ended and writes them later: in batches, off the call's path, and bounded in all that it keeps.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Call, KeptValues } from '../../../shared/api/calls.ts';
import { toCanonicalJson } from '../../platform/canonical.ts';
import { toTimestamp } from '../../platform/clock.ts';
import type { CallRecorder, FinishedCall } from '../../supervision/tool-call.ts';
import type { NewCall } from './calls.repository.ts';
import { createKeyedHash, type KeyedHash } from './keyed-hash.ts';
import { type Redacted, type RedactorParts, redactValues } from './redact-value.ts';

export interface BatchedRecorder extends CallRecorder {
  /** Writes all that waits, at once: for the end. */
  flush(): void;
  /** Resolves when all that has ended until now is written; a turn at a time. */
  written(): Promise<void>;
  /** Calls that were not written, because there were too many or the disk was full. */
  readonly lost: number;
}

export interface RecorderOptions extends RedactorParts {
  insert(calls: NewCall[]): Call[];
  keepFor(serverId: string, tool: string): KeptValues;
  valueBytes(): number;
  /** Known to this installation alone, so that arguments cannot be guessed from their hash. */
  key: Uint8Array;
  onWritten(calls: Call[]): void;
  onFailure(error: unknown): void;
}

const batchMs = 200;
/** So many calls, and so many bytes of arguments and results of them, wait at most. */
const mostWaiting = 5_000;
const mostWaitingBytes = 33_554_432;
/** Of calls in one transaction; it is also how often the time is looked at. */
const slice = 150;
const turnMs = 4;
/** Arguments beyond this are not compared. */
const mostCompared = 65_536;

interface Waiting {
  finished: FinishedCall;
  keep: KeptValues;
}

const nothing: Redacted = { text: null, state: 'none' };

export function createCallRecorder(options: RecorderOptions): BatchedRecorder {
  const hash = createKeyedHash(options.key);
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let lost = 0;
  let taken = 0;
  let done = 0;

  const writeSlice = (): void => {
    const batch = waiting.slice(0, slice);
    waiting = waiting.slice(slice);
    for (const { keep, finished } of batch) if (keep === 'everything') waitingBytes -= finished.bytes;
    try {
      options.onWritten(options.insert(toRows(batch, hash, options)));
    } catch (error) {
      // A full disk must end neither the daemon nor a call.
      lost += batch.length;
      options.onFailure(error);
    }
    done += batch.length;
  };
  const writeSome = (): void => {
    const begin = performance.now();
    while (waiting.length > 0 && performance.now() - begin < turnMs) writeSlice();
  };
  const drain = (): void => {
    timer = undefined;
    writeSome();
    if (waiting.length > 0) schedule(0);
  };
  const schedule = (milliseconds: number): void => {
    timer ??= setTimeout(drain, milliseconds).unref();
  };

  return {
    finished(call) {
      if (waiting.length >= mostWaiting) {
        lost += 1;
        return;
      }
      const wanted = options.keepFor(call.call.serverId, call.call.tool);
      // What is not kept is not held on to either.
      const keep = wanted === 'everything' && waitingBytes + call.bytes > mostWaitingBytes ? 'arguments' : wanted;
      if (keep === 'everything') waitingBytes += call.bytes;
      waiting.push({ finished: withoutRequest(call, keep), keep });
      taken += 1;
      schedule(batchMs);
    },
    async written() {
      for (const until = taken; done < until; ) {
        writeSome();
        if (done < until) await nextTurn();
      }
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      while (waiting.length > 0) writeSlice();
    },
    get lost() {
      return lost;
    },
  };
}

const noSignal = new AbortController().signal;

/** What waits must not hold on to the request that it came with: its signal does, and with it the whole exchange. */
const withoutRequest = ({ call, result, ...rest }: FinishedCall, keep: KeptValues): FinishedCall => ({
  ...rest,
  call: { ...call, signal: noSignal },
  result: keep === 'everything' ? result : undefined,
});

function toRows(
  batch: readonly Waiting[],
  hash: KeyedHash,
  { valueBytes, scanner, hideValues }: RecorderOptions,
): NewCall[] {
  const kept = batch.filter(({ keep }) => keep !== 'nothing');
  // Arguments first, then results, in one look at the vault.
  const values = [
    ...kept.map(({ finished }) => finished.call.arguments),
    ...kept.map(({ keep, finished }) => (keep === 'everything' ? finished.result : undefined)),
  ];
  const redacted = kept.length === 0 ? [] : redactValues(values, valueBytes(), { scanner, hideValues });
  const places = new Map(kept.map((each, index) => [each, index]));
  return batch.map(each => {
    const place = places.get(each);
    return toRow(each.finished, hash, {
      arguments: place === undefined ? nothing : (redacted[place] ?? nothing),
      result: place === undefined ? nothing : (redacted[kept.length + place] ?? nothing),
    });
  });
}

function toRow(finished: FinishedCall, hash: KeyedHash, kept: Pick<NewCall, 'arguments' | 'result'>): NewCall {
  const { call, startedAt, durationMs, outcome, code, bytes } = finished;
  const { id, serverId, tool, caller, via, requestId } = call;
  const { requestBytes, sameAs } = compare(finished, hash);
  return {
    ...{ id, serverId, tool, via, requestId, durationMs, outcome, code, bytes, requestBytes, sameAs },
    caller: caller.name,
    callerKind: caller.kind,
    callerId: caller.id,
    session: caller.sessionId,
    // It comes from outside, and is shown in lists.
    client: caller.client?.slice(0, 200) ?? null,
    startedAt: toTimestamp(startedAt),
    ...kept,
  };
}

/** HMAC-SHA-256 over server, tool and the arguments' canonical JSON (RFC 8785), cut to 128 bits. */
function compare({ call }: FinishedCall, hash: KeyedHash): { requestBytes: number; sameAs: string | null } {
  try {
    const requestBytes = Buffer.byteLength(JSON.stringify(call.arguments) ?? '');
    if (requestBytes > mostCompared) return { requestBytes, sameAs: null };
    const text = toCanonicalJson([call.serverId, call.tool, call.arguments]);
    return { requestBytes, sameAs: hash(text).slice(0, 22) };
  } catch {
    // Nested beyond what can be written.
    return { requestBytes: 0, sameAs: null };
  }
}
