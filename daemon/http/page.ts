// The page at the daemon's address: the same web app as in the editor's panels, with a strict content security policy.
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { AppEnvironment } from './app-environment.ts';

/** The built web app: beside the bundle, or in dist/ when the daemon runs from its sources. */
export function findAssets(): string {
  const beside = join(import.meta.dirname, 'webviews');
  return existsSync(join(beside, 'app.js')) ? beside : join(import.meta.dirname, '..', '..', 'dist', 'webviews');
}

const assets: Record<string, string> = {
  'app.js': 'text/javascript; charset=utf-8',
  'app.css': 'text/css; charset=utf-8',
  'codicon.ttf': 'font/ttf',
};

/** Serves the page and its assets. Neither holds anything private: all data comes through the API. */
export function servePage(app: Hono<AppEnvironment>, folder: string, version: string): void {
  app.get('/', c => {
    const nonce = newNonce();
    return c.html(shell(nonce, buildMark(folder, version)), 200, {
      'content-security-policy': policy(nonce),
      'cache-control': 'no-store',
    });
  });
  app.get('/assets/:file', async c => {
    const file = c.req.param('file');
    const type = assets[file];
    if (!type) return c.notFound();
    try {
      const content = await readFile(join(folder, file));
      // The address carries the build, so a page never meets the files of another one.
      const caching = c.req.query('v') === buildMark(folder, version) ? 'private, max-age=86400' : 'no-cache';
      return c.body(content, 200, { 'content-type': type, 'cache-control': caching });
    } catch {
      return c.notFound();
    }
  });
  app.get('/favicon.ico', c => c.body(null, 204));
}

/** Another one for each build of the web app, also of the same version. */
function buildMark(folder: string, version: string): string {
  try {
    return `${version}-${Math.trunc(statSync(join(folder, 'app.js')).mtimeMs).toString(36)}`;
  } catch {
    return version;
  }
}

export const newNonce = (): string => randomBytes(16).toString('base64');

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "font-src 'self'",
    "img-src 'self' data:",
    // Sounds of results, which are played only when somebody presses the button.
    'media-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const shell = (nonce: string, build: string) => html`${raw('<!DOCTYPE html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Quayside</title>
<link rel="stylesheet" href="/assets/app.css?v=${build}" nonce="${nonce}">
<script type="module" src="/assets/app.js?v=${build}" nonce="${nonce}"></script>
</head>
<body>
<div id="app" data-host="page" data-location="dashboard"></div>
<noscript>This page needs JavaScript. The command "quayside" does the same in a terminal.</noscript>
</body>
</html>`;
