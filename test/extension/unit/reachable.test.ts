import assert from 'node:assert/strict';
import { isReachable } from '../../../extension/features/access/reachable.ts';

describe('the page in the browser', () => {
  const asked = { path: '/' };
  it('opens on this machine, and through a port that is forwarded to it', () => {
    assert.equal(isReachable(asked, { authority: '127.0.0.1:8083', path: '/' }), true);
    assert.equal(isReachable(asked, { authority: 'localhost:50123', path: '/' }), true);
  });
  it('does not open below the address of an editor that runs elsewhere', () => {
    assert.equal(isReachable(asked, { authority: '127.0.0.1:8080', path: '/proxy/8083/' }), false);
    assert.equal(isReachable(asked, { authority: '8083.code.example', path: '/' }), false);
    assert.equal(isReachable(asked, { authority: 'localhost.example', path: '/' }), false);
  });
});
