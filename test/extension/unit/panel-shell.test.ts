import assert from 'node:assert/strict';
import { findPlace, toolLocation } from '../../../extension/platform/panel-location.ts';
import { panelHtml } from '../../../extension/platform/panel-shell.ts';

describe('the HTML around a panel', () => {
  const html = panelHtml({
    scriptUri: 'https://host/app.js?a=1&b=2',
    styleUri: 'https://host/app.css',
    cspSource: 'https://host',
    nonce: 'abc123',
    location: 'tool/some/"><script>alert(1)</script>',
  });

  it('allows no script without the nonce, and no connection', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.match(policy, /^default-src &#39;none&#39;; script-src &#39;nonce-abc123&#39;;/);
    assert.match(policy, /connect-src &#39;none&#39;/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    assert.equal(scripts.length, 1);
    assert.match(scripts[0] ?? '', /nonce="abc123"/);
  });

  it('keeps a location inside its attribute', () => {
    assert.ok(html.includes('data-location="tool/some/&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"'));
  });
});

describe('places of panels', () => {
  it('are told apart by kind', () => {
    const kinds = ['dashboard', 'catalog', 'catalog/everything', 'server/everything', 'tool/everything/echo'].map(
      location => findPlace(location)?.kind,
    );
    assert.deepEqual(kinds, ['dashboard', 'catalog', 'catalog', 'server', 'tool']);
  });

  it('take a tool’s name with a slash in it', () => {
    const place = findPlace(toolLocation('everything', 'files/read'));
    assert.equal(place?.title, 'files/read (everything)');
  });

  it('are nothing else', () => {
    const strange = [
      '',
      'dashboard/x',
      'server',
      'server/',
      'server/../x',
      'server/A',
      'tool/everything',
      'tool/everything/a/b',
      'login',
      'server/%',
    ];
    assert.deepEqual(
      strange.filter(location => findPlace(location) !== undefined),
      [],
    );
  });
});
