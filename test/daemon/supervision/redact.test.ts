import assert from 'node:assert/strict';
import { createRedactor } from '../../../daemon/supervision/redact.ts';

const stdio = (environment: Record<string, string>) =>
  createRedactor({ kind: 'stdio', command: '/bin/true', args: [], environment, workingDirectory: '/' });

describe('redacting', () => {
  it('hides values that came from the configuration', () => {
    const redact = stdio({ API_TOKEN: 'abcdef123', GREETING: 'good morning' });
    assert.equal(redact('token abcdef123 rejected, good morning'), 'token ••• rejected, •••');
  });

  it('hides the longest first, so that no part of a secret is left', () => {
    assert.equal(stdio({ A_KEY: 'secret', B_KEY: 'secret-and-more' })('secret-and-more'), '•••');
  });

  it('leaves what every program knows, folders, addresses and very short values', () => {
    const environment = {
      PATH: '/usr/bin:/bin',
      HOME: '/home/me',
      LANG: 'C.UTF-8',
      FILE: '/data/file',
      URL: 'http://host/path',
      MODE: 'on',
    };
    const line = '/usr/bin:/bin /home/me C.UTF-8 /data/file http://host/path on';
    assert.equal(stdio(environment)(line), line);
  });

  it('hides a path if its name says that it is secret', () => {
    assert.equal(stdio({ SECRET: '/abc/def+ghi=' })('got /abc/def+ghi='), 'got •••');
  });

  it('hides names and passwords in addresses, known or not', () => {
    assert.equal(stdio({})('proxy http://me:pass@host:1/ failed'), 'proxy http://•••@host:1/ failed');
  });

  it('hides a password with an at sign, and a token that stands for the user', () => {
    assert.equal(
      stdio({})('http://me:p@ss@host:1/x and ssh+git://token@host'),
      'http://•••@host:1/x and ssh+git://•••@host',
    );
  });

  it('takes time in proportion to the length of the line', () => {
    const started = Date.now();
    for (const part of ['a', 'a://x', '://', 'x:', 'a://x:y', '@']) stdio({})(part.repeat(300_000));
    assert.ok(Date.now() - started < 5_000);
  });

  it('hides header values, with and without their scheme', () => {
    const redact = createRedactor({ kind: 'http', url: 'http://host', headers: { Authorization: 'Bearer abc123def' } });
    assert.equal(redact('"abc123def" is not valid: Bearer abc123def'), '"•••" is not valid: •••');
  });

  it('hides each line of a secret with several', () => {
    assert.equal(stdio({ PRIVATE_KEY: 'line-one-x\nline-two-y' })('at line-two-y'), 'at •••');
  });
});
