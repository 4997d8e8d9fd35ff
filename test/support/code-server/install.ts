// Installs code-server once into a cache folder outside the tree; a half install is never taken for a whole one.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface CodeServer {
  version: string;
  /** The Node 24 that code-server's native modules are compiled for. */
  node: string;
  /** The script to run with it. */
  entry: string;
}

const manifestFolder = join(import.meta.dirname, 'runtime');
const files = ['package.json', 'package-lock.json', '.npmrc'];
const stampName = 'ready.json';
const installMilliseconds = 30 * 60_000;
const waitMilliseconds = 35 * 60_000;

/** The folder for what is downloaded once and kept: XDG_CACHE_HOME or ~/.cache. */
export const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'quayside');

function wanted(): { version: string; fingerprint: string; place: string } {
  const manifest: { dependencies: { 'code-server': string } } = JSON.parse(
    readFileSync(join(manifestFolder, 'package.json'), 'utf8'),
  );
  const version = manifest.dependencies['code-server'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(join(manifestFolder, file)));
  return { version, fingerprint: hash.digest('hex'), place: join(cacheFolder(), `code-server-${version}`) };
}

const nodeIn = (place: string): string =>
  join(place, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');

/** The installed code-server, or undefined if it is missing, half installed or another one than the lockfile names. */
export function findCodeServer(): CodeServer | undefined {
  const { version, fingerprint, place } = wanted();
  const entry = join(place, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const node = nodeIn(place);
  try {
    const stamp: { fingerprint?: unknown } = JSON.parse(readFileSync(join(place, stampName), 'utf8'));
    if (stamp.fingerprint !== fingerprint || !existsSync(entry) || !existsSync(node)) return undefined;
    return { version, node, entry };
  } catch {
    return undefined;
  }
}

/** Installs code-server unless it is there. Takes three to six minutes on two cores; two at once wait for each other. */
export async function ensureCodeServer(say: (line: string) => void): Promise<CodeServer> {
  const found = findCodeServer();
  if (found) return found;
  if (process.platform !== 'linux') {
    throw new Error('The tests in code-server need Linux: code-server is compiled against Linux libraries here.');
  }
  await mkdir(cacheFolder(), { recursive: true });
  const unlock = await lock(`${wanted().place}.lock`, say);
  try {
    return findCodeServer() ?? (await install(say));
  } finally {
    unlock();
  }
}

async function install(say: (line: string) => void): Promise<CodeServer> {
  const { version, fingerprint, place } = wanted();
  const staging = `${place}.partial`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  for (const file of files) await cp(join(manifestFolder, file), join(staging, file));
  say(`Installing code-server ${version} into ${place} (once; three to six minutes) ...`);
  await npm(['ci', '--ignore-scripts'], staging);
  // Its native modules are compiled by its own Node, whose headers come in the same package.
  await npm(['rebuild', '--ignore-scripts=false'], staging, dirname(dirname(nodeIn(staging))));
  await check(staging, version);
  await writeFile(join(staging, stampName), JSON.stringify({ version, fingerprint }));
  await rm(place, { recursive: true, force: true });
  await rename(staging, place);
  const done = findCodeServer();
  if (!done) throw new Error(`code-server was installed into ${place}, but it is not there.`);
  return done;
}

/** npm's own variables of an outer `npm test` would carry its settings (no install scripts, its folder) into this one. */
function cleanEnvironment(runtime: string | undefined): NodeJS.ProcessEnv {
  // The user agent, among others: code-server reads from it which Node runs.
  const outer =
    /^(npm_(package|lifecycle|command|execpath|node)|npm_config_(user_agent|npm_version|node_gyp|ignore_scripts|.*prefix|.*only)|INIT_CWD|NODE_OPTIONS|VSCODE_)/i;
  const kept = Object.entries(process.env).filter(([key]) => !outer.test(key));
  const environment: NodeJS.ProcessEnv = Object.fromEntries(kept);
  if (!runtime) return environment;
  return {
    ...environment,
    PATH: [join(runtime, 'bin'), process.env['PATH']].join(delimiter),
    npm_config_nodedir: runtime,
    npm_config_ignore_scripts: 'false',
  };
}

async function npm(args: string[], cwd: string, runtime?: string): Promise<void> {
  const log = `${cwd}.log`;
  const output = openSync(log, 'w');
  const child = spawn('npm', args, {
    cwd,
    env: cleanEnvironment(runtime),
    stdio: ['ignore', output, output],
    timeout: installMilliseconds,
  });
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status, signal) => resolve(status ?? signal ?? 'unknown'));
  }).finally(() => closeSync(output));
  if (code === 0) return;
  const tail = readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');
  throw new Error(
    `code-server could not be installed: "npm ${args.join(' ')}" ended with ${code}.\n${tail}\n` +
      `The whole output is in ${log}. It needs the npm registry, python3, make, g++ and libkrb5-dev.`,
  );
}

async function check(place: string, version: string): Promise<void> {
  const entry = join(place, 'node_modules', 'code-server', 'out', 'node', 'entry.js');
  const child = spawn(nodeIn(place), [entry, '--version'], { stdio: ['ignore', 'pipe', 'inherit'], timeout: 60_000 });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    output += piece;
  });
  await new Promise(resolve => child.once('close', resolve));
  if (!output.includes(version)) throw new Error(`code-server was installed but does not run: ${output}`);
}

async function lock(file: string, say: (line: string) => void): Promise<() => void> {
  const limit = Date.now() + waitMilliseconds;
  for (let said = false; Date.now() < limit; said = true) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch {
      if (isStale(file)) rmSync(file, { force: true });
      else if (!said) say('Another run is installing code-server; waiting for it ...');
      await pause(500);
    }
  }
  throw new Error(
    `code-server is still being installed by another run after a long time. If it is not, remove ${file}.`,
  );
}

function isStale(file: string): boolean {
  try {
    const owner = Number(readFileSync(file, 'utf8'));
    // An empty file belongs to somebody between creating and writing it.
    return owner > 0 && !isAlive(owner);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

if (import.meta.main) {
  const { version, entry } = await ensureCodeServer(line => console.log(line));
  console.log(`code-server ${version} is at ${entry}`);
}
