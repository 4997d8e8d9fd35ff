import assert from 'node:assert/strict';
import { findBorderProblem } from '../../../daemon/http/border.ts';

const good = {
  host: '127.0.0.1:8083',
  origin: undefined,
  fetchSite: undefined,
  isNavigation: false,
  method: 'GET',
  contentType: undefined,
  hasBody: false,
  overSocket: false,
  port: 8083,
};
const codeFor = (change: Partial<typeof good> | Record<string, unknown>) =>
  findBorderProblem({ ...good, ...change } as never)?.code;

describe('the border', () => {
  it('lets programs and the daemon’s own page in', () => {
    assert.equal(codeFor({}), undefined);
    assert.equal(codeFor({ host: 'localhost:8083', origin: 'http://localhost:8083' }), undefined);
    assert.equal(codeFor({ origin: 'http://127.0.0.1:8083', fetchSite: 'same-origin' }), undefined);
    assert.equal(codeFor({ fetchSite: 'none', isNavigation: true }), undefined);
    assert.equal(codeFor({ overSocket: true, host: 'localhost', port: undefined }), undefined);
  });

  it('refuses names that were bound to our address by others', () => {
    for (const host of [
      'evil.test',
      'evil.test:8083',
      '127.0.0.1',
      '127.0.0.1:9999',
      '127.0.0.1:8083.evil.test',
      '',
      undefined,
    ]) {
      assert.equal(codeFor({ host }), 'ACCESS_003', String(host));
    }
    assert.equal(codeFor({ overSocket: true, host: 'evil.test', port: undefined }), 'ACCESS_003');
  });

  it('refuses requests from other pages, also of this machine', () => {
    for (const origin of [
      'http://evil.test',
      'http://localhost:8083',
      'http://127.0.0.1:3000',
      'https://127.0.0.1:8083',
      'null',
      'vscode-webview://x',
    ]) {
      assert.equal(codeFor({ origin }), 'ACCESS_004', origin);
    }
    assert.equal(codeFor({ fetchSite: 'same-site' }), 'ACCESS_004');
    assert.equal(codeFor({ fetchSite: 'cross-site' }), 'ACCESS_004');
    assert.equal(
      codeFor({ origin: 'http://127.0.0.1:8083', overSocket: true, host: 'localhost', port: undefined }),
      'ACCESS_004',
    );
  });

  it('lets a link be followed from elsewhere, but no form be sent', () => {
    assert.equal(codeFor({ fetchSite: 'cross-site', isNavigation: true }), undefined);
    assert.equal(
      codeFor({
        fetchSite: 'cross-site',
        isNavigation: true,
        method: 'POST',
        hasBody: true,
        contentType: 'application/json',
      }),
      'ACCESS_004',
    );
  });

  it('takes bodies as JSON only', () => {
    const post = { method: 'POST', hasBody: true };
    assert.equal(codeFor({ ...post, contentType: 'application/json; charset=utf-8' }), undefined);
    for (const contentType of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      undefined,
    ]) {
      assert.equal(codeFor({ ...post, contentType }), 'REQUEST_002', contentType);
    }
    assert.equal(codeFor({ method: 'POST' }), undefined);
  });
});
