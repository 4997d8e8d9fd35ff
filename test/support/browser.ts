// Headless Chromium with a fresh profile, and a record of what its console and its network said.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { createTemporaryFolder } from './temporary-folder.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  readonly page: Page;
  close(): Promise<void>;
}

export interface BrowserOptions {
  colorScheme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

/** Starts Chromium with one empty page. Fails if Chromium is not installed: `npm test` installs it. */
export async function launchBrowser({
  colorScheme = 'dark',
  width = 1280,
  height = 800,
}: BrowserOptions = {}): Promise<Browser> {
  const executablePath = places.find(existsSync);
  if (!executablePath) throw new Error('Chromium is not installed. Run "npm test" once, or install Chromium.');
  const profile = await createTemporaryFolder('browser');
  const context = await chromium.launchPersistentContext(profile.path, {
    executablePath,
    headless: true,
    colorScheme,
    viewport: { width, height },
    args: quiet,
    timeout: 60_000,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const close = async () => {
    await context.close();
    await profile.remove();
  };
  return { context, page, close, [Symbol.asyncDispose]: close };
}

/** Collects console errors, page errors and refusals by a content security policy that `isOurs` claims. */
export function recordComplaints(page: Page, isOurs: (text: string, url: string) => boolean): string[] {
  const complaints: string[] = [];
  page.on('console', message => {
    const text = message.text();
    const { url } = message.location();
    const isRefusal = /content security policy|refused to/i.test(text);
    if ((message.type() === 'error' || isRefusal) && isOurs(text, url)) complaints.push(`${text} (${url})`);
  });
  page.on('pageerror', error => {
    const text = error.stack ?? error.message;
    if (isOurs(text, '')) complaints.push(text);
  });
  return complaints;
}

export const artifactsFolder = join(import.meta.dirname, '..', '..', 'artifacts');

/** Keeps a picture of the page in artifacts/screenshots/, to be looked at. */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  const folder = join(artifactsFolder, 'screenshots');
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
}
