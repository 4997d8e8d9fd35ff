// Runs the install scripts of packages whose user has allowed it, as npm would.
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import runScript from '@npmcli/run-script';
import { problem } from '../../../shared/api/problem.ts';
import type { ProgressCounter } from './install-progress.ts';
import { type PackageWithScripts, scriptEvents } from './install-scripts.ts';
import type { NpmSettings } from './npm-settings.ts';
import { withoutLogins } from './without-logins.ts';

/** Errors: INSTALL_008 with what the script said. */
export async function runInstallScripts(
  packages: PackageWithScripts[],
  folder: string,
  settings: NpmSettings,
  counter: ProgressCounter,
): Promise<void> {
  if (packages.length === 0) return;
  const binPaths = [await provideNode(join(folder, '.runtime'))];
  for (const item of packages) {
    counter.finishing(`Running the install scripts of ${item.name}`);
    try {
      for (const event of scriptEvents) await runOne(item, event, binPaths, settings);
    } catch (error) {
      if (!item.optional) throw failed(item, error);
      await rm(item.folder, { recursive: true, force: true });
    }
  }
}

async function runOne(
  { folder: path, manifest }: PackageWithScripts,
  event: (typeof scriptEvents)[number],
  binPaths: string[],
  { nodeGyp, scriptShell }: NpmSettings,
): Promise<void> {
  await runScript({
    event,
    path,
    pkg: manifest,
    stdio: 'pipe',
    env: {},
    binPaths,
    // A compiler driver is not brought along. Without a setting of the user's, scripts have to find their own on PATH.
    nodeGyp: typeof nodeGyp === 'string' ? nodeGyp : 'node-gyp',
    scriptShell: typeof scriptShell === 'string' ? scriptShell : undefined,
  });
}

/** Scripts call `node`, and there may be none on this machine but the one that runs us. */
async function provideNode(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const electron = process.versions['electron'] === undefined ? '' : 'ELECTRON_RUN_AS_NODE=1 ';
  if (process.platform === 'win32') {
    const set = electron ? 'set ELECTRON_RUN_AS_NODE=1\r\n' : '';
    await writeFile(join(folder, 'node.cmd'), `@echo off\r\n${set}"${process.execPath}" %*\r\n`);
  } else {
    const file = join(folder, 'node');
    await writeFile(file, `#!/bin/sh\n${electron}exec '${process.execPath.replaceAll("'", "'\\''")}' "$@"\n`);
    await chmod(file, 0o755);
  }
  return folder;
}

function failed({ name }: PackageWithScripts, error: unknown) {
  const written = error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '';
  const said = withoutLogins(written.trim().split('\n').slice(-3).join(' / ')).slice(-400);
  return problem('INSTALL_008', {
    detail: `An install script of ${name} failed.${said ? ` It wrote: ${said}` : ''}`,
    next: /node-gyp.*not found/.test(said)
      ? 'Install what builds native code with "npm install --global node-gyp", then try again.'
      : 'Look at what the package needs on this machine, such as a compiler, then install it again.',
    cause: error,
  });
}
