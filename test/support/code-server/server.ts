// Runs code-server with fresh folders on a free port of 127.0.0.1.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endWithUs, stopProcessGroup } from '../processes.ts';
import { type CodeServer, findCodeServer } from './install.ts';

export interface RunningCodeServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface CodeServerOptions {
  /** A folder of this run's own: settings, extensions and state go below it. */
  folder: string;
  /** 0: any free one. */
  port?: number;
  environment?: Record<string, string>;
  settings?: Record<string, unknown>;
  /** Lets a page run tests inside the extension host; toasts and modal questions are not shown then. */
  testDriver?: boolean;
  trustWorkspaces?: boolean;
  /** Leaves the settings that a person made. */
  keepSettings?: boolean;
}

const startMilliseconds = 60_000;

export const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'git.enabled': false,
};

/** Keeps code-server from asking its extension gallery on the internet. */
export const offlineGallery = { EXTENSIONS_GALLERY: '{}' };

/** The environment of this process without what an editor or npm around it would impose on another one. */
const outsideEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(VSCODE_|npm_|ELECTRON_|QUAYSIDE_)/i.test(key)));

const foldersOf = (folder: string): string[] => [
  '--config',
  join(folder, 'config.yaml'),
  '--user-data-dir',
  join(folder, 'data'),
  '--extensions-dir',
  join(folder, 'extensions'),
];

function requireCodeServer(): CodeServer {
  const found = findCodeServer();
  if (!found) throw new Error('code-server is not installed. "node test/setup.mjs setup" installs it.');
  return found;
}

/** Installs a packed extension into the folder that a later start with the same `folder` uses. */
export async function installExtension(vsix: string, folder: string): Promise<void> {
  const { node, entry } = requireCodeServer();
  await mkdir(folder, { recursive: true });
  const child = spawn(node, [entry, ...foldersOf(folder), '--install-extension', vsix], {
    env: outsideEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: startMilliseconds,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      output += piece;
    });
  }
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  if (code !== 0) throw new Error(`The extension could not be installed in code-server: ${output.slice(-2_000)}`);
}

/** Starts code-server and waits until it listens. */
export async function startCodeServer(options: CodeServerOptions): Promise<RunningCodeServer> {
  const { node, entry } = requireCodeServer();
  const {
    folder,
    port = 0,
    environment = {},
    settings = {},
    testDriver = false,
    trustWorkspaces = true,
    keepSettings = false,
  } = options;
  await mkdir(join(folder, 'data', 'User'), { recursive: true });
  const file = join(folder, 'data', 'User', 'settings.json');
  const all = { ...quietSettings, 'security.workspace.trust.enabled': !trustWorkspaces, ...settings };
  if (!keepSettings || !existsSync(file)) await writeFile(file, JSON.stringify(all, null, 2));
  const child = endWithUs(
    spawn(
      node,
      [
        entry,
        '--auth',
        'none',
        '--bind-addr',
        `127.0.0.1:${port}`,
        ...foldersOf(folder),
        '--disable-telemetry',
        '--disable-update-check',
        '--disable-getting-started-override',
        '--ignore-last-opened',
        ...(trustWorkspaces ? ['--disable-workspace-trust'] : []),
        ...(testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
      ],
      { env: { ...outsideEnvironment(), ...environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    ),
  );
  const stop = () => stopProcessGroup(child);
  try {
    const listening = await waitForPort(child);
    const pid = child.pid ?? 0;
    return { origin: `http://127.0.0.1:${listening}`, port: listening, pid, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function waitForPort(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => fail('did not listen within a minute'), startMilliseconds);
    const fail = (what: string) => {
      clearTimeout(timer);
      reject(new Error(`code-server ${what}: ${output.slice(-2_000)}`));
    };
    const read = (piece: string) => {
      output = (output + piece).slice(-20_000);
      const port = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (!port) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('error', error => fail(`could not be started (${error.message})`));
    child.once('exit', code => fail(`ended with ${code}`));
  });
}
