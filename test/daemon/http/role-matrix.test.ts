import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { makeMatrix, matrixFile } from './role-matrix.ts';

describe('the matrix of roles and routes', () => {
  it('is the one that was reviewed', () => {
    const reviewed = readFileSync(matrixFile, 'utf8').split('\n');
    // Line by line, so that a failure shows the route. After a look at it: node test/daemon/http/role-matrix.ts
    for (const [at, line] of makeMatrix().split('\n').entries()) assert.equal(line, reviewed[at]);
    assert.equal(makeMatrix(), reviewed.join('\n'));
  });
});
