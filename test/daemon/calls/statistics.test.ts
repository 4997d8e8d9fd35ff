import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createCallRecorder } from '../../../daemon/features/calls/call-recorder.ts';
import { readStatistics, type StatisticsBy } from '../../../daemon/features/calls/call-statistics.ts';
import { createCallRepository, type NewCall } from '../../../daemon/features/calls/calls.repository.ts';
import { createKeyedHash } from '../../../daemon/features/calls/keyed-hash.ts';
import { trimOnce } from '../../../daemon/features/calls/retention.ts';
import { createSecretScanner } from '../../../daemon/features/calls/secret-scanner.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';
import type { FinishedCall } from '../../../daemon/supervision/tool-call.ts';
import { CallOutcome } from '../../../shared/api/calls.ts';

const day = 86_400_000;
const start = Date.parse('2026-06-01T00:00:00.000Z');
const none = { text: null, state: 'none' } as const;

const toNew = (change: Partial<NewCall>): NewCall => ({
  ...{
    id: randomUUID(),
    serverId: 'one',
    tool: 'echo',
    caller: 'owner (token)',
    callerKind: 'owner',
    callerId: 'owner',
  },
  ...{
    session: null,
    client: null,
    via: 'mcp',
    requestId: 'r',
    startedAt: new Date(start).toISOString(),
    durationMs: 1,
  },
  ...{ outcome: 'ok', code: null, requestBytes: 1, bytes: 1, sameAs: null, arguments: none, result: none },
  ...change,
});

const call = fc.record({
  serverId: fc.constantFrom('one', 'two'),
  tool: fc.constantFrom('echo', 'add', 'fail'),
  caller: fc.constantFrom('owner (token)', 'agent cursor (key)'),
  durationMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
  outcome: fc.constantFrom(...CallOutcome.options),
  bytes: fc.nat({ max: 1_000_000 }),
  requestBytes: fc.nat({ max: 1_000 }),
  startedAt: fc.integer({ min: 0, max: 20 }).map(days => new Date(start + days * day).toISOString()),
});

describe('the statistics of calls', () => {
  it('are those of a plain count over the calls in the range', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { maxLength: 80 }),
        fc.constantFrom<StatisticsBy>('server', 'tool', 'caller', 'all'),
        fc.integer({ min: 0, max: 20 }),
        async (calls, by, days) => {
          const database = openDatabase(':memory:');
          createCallRepository(database).insert(calls.map(toNew));
          const since = new Date(start + days * day).toISOString();
          const found = await readStatistics(database, by, [{ sql: 'started_at >= ?', value: since }]);
          database.close();
          const keyOf = (each: { serverId: string | null; tool: string | null; caller: string | null }) =>
            ({ server: each.serverId, tool: `${each.serverId}/${each.tool}`, caller: each.caller, all: '' })[by];
          const groups = Map.groupBy(
            calls.filter(({ startedAt }) => startedAt >= since),
            keyOf,
          );
          assert.deepEqual(
            found
              .map(each => [
                keyOf(each),
                each.count,
                each.errors,
                each.errorRate,
                each.p50Ms,
                each.p95Ms,
                each.bytes,
                each.requestBytes,
              ])
              .toSorted(),
            [...groups]
              .map(([key, some]) => {
                const times = some.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
                const rank = (part: number) => times[Math.ceil(times.length * part) - 1];
                const errors = some.filter(({ outcome }) => outcome !== 'ok').length;
                const sum = (size: 'bytes' | 'requestBytes') => some.reduce((total, each) => total + each[size], 0);
                return [
                  key,
                  some.length,
                  errors,
                  errors / some.length,
                  rank(0.5),
                  rank(0.95),
                  sum('bytes'),
                  sum('requestBytes'),
                ];
              })
              .toSorted(),
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the retention of calls', () => {
  const open = () => {
    const database = openDatabase(':memory:');
    return { database, repository: createCallRepository(database) };
  };
  const trimAll = (
    repository: ReturnType<typeof createCallRepository>,
    days: number,
    megabytes: number,
    now: number,
  ) => {
    let steps = 0;
    while (trimOnce({ repository, limits: () => ({ days, megabytes }), now: () => now })) steps += 1;
    return steps;
  };

  it('lets what is too old go, a little at a time', () => {
    const { database, repository } = open();
    const at = (days: number) => new Date(start + days * day).toISOString();
    repository.insert(Array.from({ length: 1_200 }, () => toNew({ startedAt: at(0) })));
    repository.insert([toNew({ startedAt: at(9) })]);
    assert.equal(trimAll(repository, 5, 100, start + 10 * day), 3);
    assert.equal(repository.size().calls, 1);
    database.close();
  });

  it('lets the oldest go while all of them take too much room', () => {
    const { database, repository } = open();
    const result = { text: JSON.stringify('x'.repeat(9_000)), state: 'whole' } as const;
    for (let made = 0; made < 300; made += 1) repository.insert([toNew({ result, tool: `t${made}` })]);
    trimAll(repository, 30, 1, start);
    const { calls, bytes } = repository.size();
    assert.ok(bytes <= 1_000_000 && calls > 50, `${calls} calls, ${bytes} bytes`);
    const rest = repository.after(0, 1_000, []);
    assert.equal(rest.at(-1)?.tool, 't299');
    assert.equal(rest[0]?.tool, `t${300 - calls}`);
    database.close();
  });
});

describe('the recorder of calls', () => {
  const finished = (change: Partial<FinishedCall> = {}): FinishedCall => ({
    call: {
      ...{ id: randomUUID(), serverId: 'one', tool: 'echo', arguments: {}, via: 'mcp', requestId: 'r' },
      caller: { name: 'owner', kind: 'owner', id: 'owner', sessionId: 's', client: 'c'.repeat(5_000) },
      signal: new AbortController().signal,
    },
    ...{ outcome: 'ok', code: null, startedAt: start, durationMs: 1, bytes: 10, result: { content: [] } },
    ...change,
  });
  const create = (change: Partial<Parameters<typeof createCallRecorder>[0]> = {}) => {
    const written: NewCall[][] = [];
    const failures: unknown[] = [];
    const recorder = createCallRecorder({
      scanner: createSecretScanner(),
      hideValues: text => text,
      insert: calls => {
        written.push(calls);
        return [];
      },
      keepFor: () => 'everything',
      valueBytes: () => 1_000,
      key: new Uint8Array(32),
      onWritten: () => {},
      onFailure: error => failures.push(error),
      ...change,
    });
    return { recorder, written, failures };
  };

  it('holds so many calls and no more, and counts what it could not take', () => {
    const { recorder, written } = create();
    for (let made = 0; made < 6_000; made += 1) recorder.finished(finished());
    recorder.flush();
    assert.equal(written.flat().length + recorder.lost, 6_000);
    assert.equal(recorder.lost, 1_000);
    assert.equal(written.flat()[0]?.client?.length, 200);
  });

  it('lets go of results when too many of them wait', () => {
    const { recorder, written } = create();
    for (let made = 0; made < 40; made += 1) recorder.finished(finished({ bytes: 1_000_000 }));
    recorder.flush();
    assert.deepEqual(
      [...Map.groupBy(written.flat(), ({ result }) => result.state)].map(([state, some]) => [state, some.length]),
      [
        ['whole', 33],
        ['none', 7],
      ],
    );
  });

  it('goes on after a full disk', () => {
    let isFull = true;
    const { recorder, failures } = create({
      insert: () => {
        if (isFull) throw new Error('full');
        return [];
      },
    });
    recorder.finished(finished());
    recorder.flush();
    assert.deepEqual([recorder.lost, failures.length], [1, 1]);
    isFull = false;
    recorder.finished(finished());
    recorder.flush();
    assert.equal(recorder.lost, 1);
  });

  it('writes by itself a moment later', async () => {
    const { recorder, written } = create();
    recorder.finished(finished());
    assert.equal(written.length, 0);
    await new Promise(resolve => setTimeout(resolve, 400));
    assert.equal(written.flat().length, 1);
  });
});

describe('the hash of calls', () => {
  it('is HMAC-SHA-256', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string({ maxLength: 200 }), (key, text) => {
        assert.equal(createKeyedHash(key)(text), createHmac('sha256', key).update(text).digest('base64url'));
      }),
    );
    assert.throws(() => createKeyedHash(new Uint8Array(65)), RangeError);
  });
});
