import assert from 'node:assert/strict';
import { withoutLogins } from '../../../daemon/engines/process/without-logins.ts';

describe('what an installer says', () => {
  const cases: [string, string][] = [
    ['http://user:canary@host/foo', 'a password in an address'],
    ['connect to https://canary@host:8080 failed', 'a token in an address'],
    ['http://user:can@canary@host/', 'a password with an at sign'],
    ['//host/:_authToken=canary', 'a token of an npmrc'],
    ['//host/:_password = "canary"', 'a password of an npmrc'],
    ["{ authorization: 'Bearer canary' }", 'a header'],
    ['{"_authToken":"canary"}', 'a token in JSON'],
    ['http://host/t.tgz?x=1&sig=canary&y=2', 'a signed address'],
    ['sent Bearer canary-0123', 'a bearer token'],
    ['npm_canaryABCDEFGHIJKLMNOPQRSTUVWXYZ0123 is not valid', 'a token by itself'],
  ];
  for (const [said, what] of cases) {
    it(`does not show ${what}`, () => assert.doesNotMatch(withoutLogins(said), /canary/));
  }

  it('is otherwise left as it is', () => {
    const said = 'Error: connect ECONNREFUSED 127.0.0.1:9\n    at file:///a/b@1.0.0/c.js:1:2 (author <me@example.com>)';
    assert.equal(withoutLogins(said), said);
  });

  it('takes time in proportion to its length', () => {
    const started = Date.now();
    for (const part of ['//', '//a', 'a', 'token=', '_auth', 'bearer ', 'npm_', '"', ' '])
      withoutLogins(part.repeat(200_000));
    assert.ok(Date.now() - started < 5_000);
  });
});
