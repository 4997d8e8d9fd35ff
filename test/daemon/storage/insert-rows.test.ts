import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { createCallRepository, type NewCall } from '../../../daemon/features/calls/calls.repository.ts';
import { openDatabase } from '../../../daemon/storage/database.ts';

const none = { text: null, state: 'none' } as const;
const callOf = (id: string, tool: string): NewCall => ({
  ...{
    id,
    serverId: 'one',
    tool,
    caller: 'owner',
    callerKind: 'owner',
    callerId: 'owner',
    session: null,
    client: null,
  },
  ...{ via: 'mcp', requestId: 'r', startedAt: '2026-01-01T00:00:00.000Z', durationMs: 1, outcome: 'ok', code: null },
  ...{ requestBytes: 1, bytes: 1, sameAs: null },
  arguments: tool.length % 2 === 0 ? none : { text: `{"of":"${tool}"}`, state: 'whole' },
  result: none,
});

describe('calls that are inserted together', () => {
  it('get the numbers and the values that they are read with later, also where some are there already', () => {
    const batch = fc.array(fc.record({ known: fc.boolean(), tool: fc.string({ minLength: 1, maxLength: 6 }) }), {
      maxLength: 50,
    });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 4 }), batches => {
        const database = openDatabase(':memory:');
        const repository = createCallRepository(database);
        const ids: string[] = [];
        for (const each of batches) {
          const calls = each.map(({ known, tool }, index) => callOf((known && ids[index]) || randomUUID(), tool));
          const fresh = calls.filter(({ id }) => !ids.includes(id));
          const inserted = repository.insert(calls);
          assert.deepEqual(
            inserted.map(({ id }) => id),
            fresh.map(({ id }) => id),
          );
          for (const call of inserted) {
            const { arguments: given, result: _result, ...kept } = repository.find(call.id) ?? assert.fail(call.id);
            assert.deepEqual(kept, call);
            assert.deepEqual(given, calls.find(({ id }) => id === call.id)?.arguments);
          }
          ids.push(...fresh.map(({ id }) => id));
        }
        assert.equal(repository.size().calls, ids.length);
        database.close();
      }),
      { numRuns: 40 },
    );
  });
});
