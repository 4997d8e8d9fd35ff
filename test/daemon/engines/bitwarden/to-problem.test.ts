// What bw 2026.9.0 says, and what that means. The sentences are its own.
import assert from 'node:assert/strict';
import { problemOfMessage } from '../../../../daemon/engines/bitwarden/to-problem.ts';

const said: readonly (readonly [message: string, code: string])[] = [
  ['You are not logged in.', 'BITWARDEN_002'],
  ['No active account found', 'BITWARDEN_002'],
  ['Vault is locked.', 'BITWARDEN_003'],
  ['Code is required.', 'BITWARDEN_005'],
  ['Two-step token is invalid. Try again.', 'BITWARDEN_005'],
  ['Invalid New Device OTP. Try again.', 'BITWARDEN_005'],
  [
    'Invalid master password. Confirm your email is correct and your account was created on localhost.',
    'BITWARDEN_005',
  ],
  ['Username or password is incorrect. Try again.', 'BITWARDEN_005'],
  ['client_id or client_secret is incorrect. Try again.', 'BITWARDEN_005'],
  ['Invalid API Key; Organization API Key currently not supported', 'BITWARDEN_005'],
  ['request to https://localhost:1/api/sync failed, reason: connect ECONNREFUSED 127.0.0.1:1', 'BITWARDEN_004'],
  ['request to https://vault.test/identity failed, reason: getaddrinfo ENOTFOUND vault.test', 'BITWARDEN_004'],
  ['request to https://localhost:1/ failed, reason: self-signed certificate in certificate chain', 'BITWARDEN_004'],
  ['Insecure URL not allowed. All URLs must use HTTPS.', 'BITWARDEN_004'],
  ['Error: invalid_grant', 'BITWARDEN_002'],
  ['', 'BITWARDEN_006'],
  ['Something that nobody has thought of', 'BITWARDEN_006'],
];

describe('what bw says', () => {
  for (const [message, code] of said)
    it(`is ${code}: ${message || 'nothing'}`, () => assert.equal(problemOfMessage(message).code, code));

  it('goes no further: it may name what was typed', () => {
    for (const [message] of said) {
      const told = JSON.stringify(problemOfMessage(`${message} canary-address@example.test`).problem);
      assert.doesNotMatch(told, /canary/);
    }
  });

  it('tells a certificate that is not trusted from a server that is away', () => {
    const { next } = problemOfMessage('request failed, reason: unable to verify the first certificate').problem;
    assert.match(next ?? '', /NODE_EXTRA_CA_CERTS/);
  });
});
