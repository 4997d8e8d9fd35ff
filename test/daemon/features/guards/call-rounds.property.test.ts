// Rounds of approved calls against a model: whatever is tried in whatever order, only what was approved goes on.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createCallRounds } from '../../../../daemon/features/approvals/call-rounds.ts';
import type { ToolCall } from '../../../../daemon/supervision/tool-call.ts';
import { buildCall } from '../../../support/guards-app.ts';
import { hasCode } from '../../../support/problems.ts';

const tenMinutes = 600_000;

interface Made {
  caller: string;
  tool: string;
  argument: number;
  meta: number;
}
const made = fc.record({
  caller: fc.constantFrom('key-1', 'key-2'),
  tool: fc.constantFrom('delete', 'move'),
  argument: fc.nat(1),
  meta: fc.nat(1),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('ask' as const), made, anyMeta: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('return' as const),
      which: fc.nat(20),
      change: fc.oneof(
        { weight: 2, arbitrary: fc.constant({}) },
        fc.record({ made }).map(change => change.made),
      ),
      tail: fc.constantFrom('', '', '', 'x'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('wait' as const), ms: fc.nat(tenMinutes) }),
  },
);

const callOf = ({ caller, tool, argument, meta }: Made, more: object = {}): ToolCall =>
  buildCall({
    tool,
    arguments: { argument },
    caller: { ...buildCall().caller, id: caller, sessionId: null },
    params: { _meta: { 'example/meta': meta }, ...more },
  });

interface Outstanding {
  state: string;
  made: Made;
  anyMeta: boolean;
  at: number;
  round: number;
}

describe('rounds of approved calls', () => {
  it('go on for the same caller, tool and arguments, in time, once for each state, and for nobody else', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        let now = 0;
        let refusals = 0;
        const rounds = createCallRounds(
          () => now,
          act => {
            refusals += act === 'approvalRefused' ? 1 : 0;
          },
        );
        const handed: Outstanding[] = [];
        const used = new Set<string>();
        const ask = (call: ToolCall, one: Omit<Outstanding, 'state' | 'at'>) => {
          rounds.approved(call, { approvalId: 'approval', anyMeta: one.anyMeta, round: one.round });
          const { requestState } = rounds.handOut(call, {
            resultType: 'input_required',
            requestState: `s${handed.length}`,
          });
          if (rounds.isOurs(requestState)) handed.push({ ...one, state: String(requestState), at: now });
        };
        for (const each of steps) {
          if (each.act === 'wait') {
            now += each.ms;
          } else if (each.act === 'ask') {
            ask(callOf(each.made), { made: each.made, anyMeta: each.anyMeta, round: 1 });
          } else {
            const one = handed[each.which % Math.max(1, handed.length)];
            if (!one) continue;
            const again = { ...one.made, ...each.change };
            const call = callOf(again, { requestState: one.state + each.tail, inputResponses: {} });
            const isSame = (['caller', 'tool', 'argument'] as const).every(key => again[key] === one.made[key]);
            const isInTime = now >= one.at && now < one.at + tenMinutes;
            if (!isSame || !isInTime || used.has(one.state) || each.tail !== '') {
              const before = refusals;
              assert.throws(() => rounds.takeUp(call), hasCode('APPROVAL_003'));
              assert.equal(refusals, before + 1);
              assert.equal(rounds.of(call), undefined);
              continue;
            }
            const params = rounds.takeUp(call);
            used.add(one.state);
            assert.equal(params['requestState'], `s${handed.indexOf(one)}`);
            const goesOn = one.anyMeta || again.meta === one.made.meta;
            assert.equal(rounds.of(call)?.round, goesOn ? one.round + 1 : undefined);
            if (goesOn) ask(call, { made: again, anyMeta: one.anyMeta, round: one.round + 1 });
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('give the server its own state back as it was, whatever stands in it, and take no other', () => {
    const unit = fc.constantFrom('a', '.', '-', '\n', '\u2028', '\0', '\ud800', '\u{1f600}', '7');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 40 }), fc.string({ maxLength: 60 }), (serverState, other) => {
        const rounds = createCallRounds(
          () => 0,
          () => {},
        );
        const first = buildCall();
        rounds.approved(first, { approvalId: 'approval', anyMeta: false, round: 1 });
        const told = rounds.handOut(first, { resultType: 'input_required', requestState: serverState });
        const next = (requestState: unknown) => buildCall({ params: { requestState } });
        fc.pre(other !== told['requestState']);
        assert.throws(() => rounds.takeUp(next(other)), hasCode('APPROVAL_003'));
        assert.throws(
          () => rounds.takeUp(next(`${String(told['requestState'])}${other || '.'}`)),
          hasCode('APPROVAL_003'),
        );
        const again = next(told['requestState']);
        assert.deepEqual(rounds.takeUp(again), { requestState: serverState });
        assert.equal(rounds.of(again)?.round, 2);
        assert.throws(() => rounds.takeUp(again), hasCode('APPROVAL_003'));
      }),
      { numRuns: 50 },
    );
  });
});
