import assert from 'node:assert/strict';
import { describeProgress } from '../../../extension/platform/operation-text.ts';
import { buildOperation } from '../../support/server-builder.ts';

const step = (state: 'waiting' | 'running' | 'done') => ({ id: state, title: state, state, detail: '' });

describe('what a notification says of an operation', () => {
  it('is what is being done, where it has one step', () => {
    assert.equal(describeProgress(buildOperation({ step: 'Fetching', steps: [] })), 'Fetching');
    assert.equal(describeProgress(buildOperation({ step: 'Fetching', steps: [step('running')] })), 'Fetching');
  });

  it('is the place among its steps, and none when all are done', () => {
    const steps = [step('done'), step('running'), step('waiting')];
    assert.equal(describeProgress(buildOperation({ step: 'Pulling', steps })), '2 of 3: Pulling');
    assert.equal(
      describeProgress(buildOperation({ step: 'Installed', steps: [step('done'), step('done')] })),
      'Installed',
    );
  });

  it('is how far an image has come and how fast, as far as that is known', () => {
    const transfer = { bytes: 48_234_496, totalBytes: 115_343_360, bytesPerSecond: 6_081_741, layers: [] };
    const operation = (change: object) =>
      buildOperation({ step: 'Pulling', steps: [], transfer: { ...transfer, ...change } });
    assert.equal(describeProgress(operation({})), 'Pulling, 46 of 110 MB, 5.8 MB/s');
    assert.equal(describeProgress(operation({ totalBytes: null, bytesPerSecond: 0 })), 'Pulling, 46 MB');
  });
});
