import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRunPace } from '../../shared/api/run-pace.ts';

describe('the pace of tests that run for what their server says', () => {
  const at = () => {
    let now = 0;
    const pace = createRunPace(() => now);
    return {
      pace,
      pass: (milliseconds: number) => {
        now += milliseconds;
      },
    };
  };

  it('is at once, if nothing ran before', () => {
    assert.equal(at().pace.waitFor('tools'), 0);
    assert.equal(at().pace.waitFor('back'), 0);
  });

  it('takes what comes just after a run for the work of that run', () => {
    const { pace, pass } = at();
    pace.ended('file');
    pass(999);
    assert.equal(pace.waitFor('back'), undefined);
    pass(1);
    assert.equal(pace.waitFor('back'), 0);
    assert.equal(pace.waitFor('tools'), undefined);
    pass(1_500);
    assert.equal(pace.waitFor('tools'), 0);
  });

  it('is at once again for somebody who restarts the server every five seconds', () => {
    const { pace, pass } = at();
    for (let i = 0; i < 20; i++) {
      assert.equal(pace.waitFor('back'), 0);
      pace.ended('back');
      pass(5_000);
    }
  });

  it('slows down runs that come of runs, whatever the news takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), late => {
        const { pace, pass } = at();
        let runs = 0;
        for (let waited = 0; waited < 3_600_000; ) {
          pace.ended('tools');
          runs += 1;
          pass(late);
          const wait = pace.waitFor('tools');
          // Nothing more comes of it.
          if (wait === undefined) break;
          pass(wait);
          waited += late + wait;
        }
        assert.ok(runs <= 3_600_000 / 10_000 + 10, `${runs} runs in an hour`);
      }),
    );
  });

  it('is as at first after a file has changed', () => {
    const { pace, pass } = at();
    for (let i = 0; i < 5; i++) {
      pace.ended('tools');
      pass(3_000);
      pass(pace.waitFor('tools') ?? 0);
    }
    pace.ended('tools');
    pass(3_000);
    assert.equal(pace.waitFor('tools'), 57_000);
    pace.ended('file');
    pass(3_000);
    assert.equal(pace.waitFor('tools'), 0);
  });
});
