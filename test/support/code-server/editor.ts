// Handles for what a person sees in the editor. Names of classes are the editor's own.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { type Browser, type BrowserOptions, launchBrowser } from '../browser.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { endDaemon } from './host-suite.ts';
import { installExtension, offlineGallery, quietSettings, type RunningCodeServer, startCodeServer } from './server.ts';

export interface Editor {
  readonly page: Page;
  readonly home: string;
  /** The folder that is open. */
  readonly workspace: string;
  /** The body of a view in the side bar, by its title. */
  view(title: string): Locator;
  /** A row of a view's tree by its words. */
  row(view: string, text: string | RegExp): Locator;
  runCommand(title: string): Promise<void>;
  /** The panel that is in front. */
  panel(): FrameLocator;
  /** The same panel's frame, for tools that need one. */
  panelFrame(): Promise<Frame>;
  closeAllEditors(): Promise<void>;
  /** Reloads the window with another theme; what was open comes back. */
  setTheme(name: EditorTheme): Promise<void>;
  /** Ends everything; answers with the processes that stayed. */
  close(): Promise<string[]>;
}

const themes = {
  dark: { 'workbench.colorTheme': 'Dark Modern', '.': 'vs-dark' },
  light: { 'workbench.colorTheme': 'Light Modern', '.': 'vs' },
  contrast: { 'workbench.colorTheme': 'Default High Contrast', '.': 'hc-black' },
} as const;

export type EditorTheme = keyof typeof themes;

const settings = {
  'workbench.colorTheme': 'Dark Modern',
  'window.autoDetectColorScheme': false,
  'security.workspace.trust.enabled': false,
  'quayside.daemon.port': 0,
};

export interface EditorOptions extends BrowserOptions {
  /** For the editor, and so for the daemon that it starts. */
  environment?: Record<string, string>;
}

/** code-server with the packed extension, opened in a browser on a small folder. */
export async function openEditor(vsix: string, options: EditorOptions = {}): Promise<Editor> {
  const folder = await createTemporaryFolder('editor');
  const place = join(folder.path, 'code-server');
  const home = join(folder.path, 'home');
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, 'hello.txt'), 'hello\n');
  await installExtension(vsix, place);
  // Else it would take PATH from a login shell.
  const asGiven = options.environment ? { ...options.environment, VSCODE_CLI: '1' } : {};
  const environment = { ...asGiven, QUAYSIDE_HOME: home, ...offlineGallery };
  const server = await startCodeServer({ folder: place, environment, settings });
  const browser = await launchBrowser(options);
  const close = () => closeAll(folder, server, browser);
  try {
    const { page } = browser;
    await page.goto(`${server.origin}/?folder=${encodeURIComponent(workspace)}`);
    await page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'hello.txt' })
      .waitFor({ timeout: 60_000 });
    return { ...createHandles(page, join(place, 'data', 'User', 'settings.json')), page, home, workspace, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function closeAll(
  folder: { path: string; remove(): Promise<void> },
  server: RunningCodeServer,
  browser: Browser,
) {
  await browser.close();
  await server.stop();
  const left = await endDaemon(folder.path);
  await folder.remove();
  return left;
}

const attempts = 5;
const patience = 6_000;

function createHandles(page: Page, settingsFile: string): Omit<Editor, 'page' | 'home' | 'workspace' | 'close'> {
  const view = (title: string) =>
    page.locator('.pane', { has: page.locator(`.pane-header[aria-label^="${title}"][aria-label*="Section"]`) });
  const findCommand = async (title: string) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').fill(`>${title}`, { timeout: patience });
    await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().waitFor({ timeout: patience });
  };
  // A window that was just loaded does not hear its keys yet, and a panel that opens takes the focus: as a person would,
  // we press again.
  const runCommand = async (title: string) => {
    for (let attempt = 1; ; attempt++) {
      try {
        await findCommand(title);
        break;
      } catch (error) {
        if (attempt === attempts) throw error;
        await page.keyboard.press('Escape');
      }
    }
    await page.keyboard.press('Enter');
  };
  const frameOfPanel = () =>
    page.frameLocator('iframe.webview.ready:visible').first().frameLocator('iframe#active-frame');
  return {
    view,
    row: (title, text) => view(title).locator('.monaco-list-row', { hasText: text }).first(),
    runCommand,
    panel: frameOfPanel,
    async panelFrame() {
      const element = await frameOfPanel().owner().elementHandle();
      const frame = await element?.contentFrame();
      if (!frame) throw new Error('No panel is open.');
      return frame;
    },
    closeAllEditors: () => runCommand('View: Close All Editors'),
    async setTheme(name) {
      const { '.': kind, ...theme } = themes[name];
      // code-server reads the file when a window opens.
      await writeFile(settingsFile, JSON.stringify({ ...quietSettings, ...settings, ...theme }));
      await page.reload();
      await page.locator(`.monaco-workbench.${kind}`).first().waitFor({ timeout: 60_000 });
    },
  };
}
