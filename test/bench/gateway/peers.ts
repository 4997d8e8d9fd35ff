// The gateways that people use today, from npm at the versions that are named here, in a folder of their own in the cache.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const peerVersions = {
  'mcp-proxy': '6.7.19',
  supergateway: '4.0.0',
  'mcp-hub': '4.2.1',
  '@civic/passthrough-mcp-server': '0.12.1',
  '@standardbeagle/slop-mcp': '0.15.0',
} as const;

const folder = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quayside', 'gateway-peers');

/** Installs them, if they are not there at these versions. */
export async function ensurePeers(say: (line: string) => void): Promise<void> {
  const manifest = `${JSON.stringify({ private: true, dependencies: peerVersions }, null, 2)}\n`;
  const file = join(folder, 'installed.json');
  if (existsSync(file) && (await readFile(file, 'utf8')) === manifest) return;
  say('Installing the gateways to compare with ...');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), manifest);
  const child = spawn('npm', ['install', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 2, 2] });
  const code = await new Promise(resolve => child.once('exit', resolve));
  if (code !== 0) throw new Error('The gateways to compare with could not be installed.');
  await writeFile(file, manifest);
}

/** How to start one: Node and its script, by its real place, because one of them compares. */
export const peerProgram = (command: string): [string, ...string[]] => [
  process.execPath,
  realpathSync(join(folder, 'node_modules', '.bin', command)),
];
