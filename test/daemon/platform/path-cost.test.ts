import assert from 'node:assert/strict';
import { compileArgumentTest } from '../../../daemon/features/approvals/argument-test.ts';
import { branchesOf } from '../../../daemon/platform/path-cost.ts';

describe('the cost of a JSONPath', () => {
  it('is the product of what stands side by side, texts and arguments of functions left out', () => {
    const costs: [path: string, branches: number][] = [
      ['$.a.b[0]', 1],
      ['$[0, 1, 2]', 3],
      ['$[*,*][*,*][*,*]', 8],
      [`$['a,b', "c\\",d"]`, 2],
      [`$[?match(@.a, 'x,y') && @[0,1] == 2]`, 2],
      ['$]', 1],
    ];
    for (const [path, branches] of costs) assert.equal(branchesOf(path), branches, path);
  });

  it('is bounded in rules of approvals', () => {
    assert.throws(() => compileArgumentTest({ jsonPath: `$${'[*,*]'.repeat(30)}.x`, exists: true }), RangeError);
    assert.ok(compileArgumentTest({ jsonPath: "$['path','file']", exists: true })({ path: '/a' }, true, { left: 100 }));
  });
});
