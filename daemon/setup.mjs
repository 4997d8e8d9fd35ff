// What npm start and npm test need before anything else can run: the dependencies, Node 24 and the bundles.
// Plain JavaScript without dependencies, because it runs in a fresh clone under the system's Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
/** Says from which sources dist/ was built. */
export const builtFile = join(root, 'dist', 'built.json');
/** Node 24, from the `node` package. */
export const node24 = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

const lockFolder = join(root, 'node_modules.lock');
const leastNode = [20, 17];
const neededBytes = 1_500_000_000;
const installMilliseconds = 20 * 60_000;

/** A failure that a person can act on: it is printed as it is, without a stack. */
export class SetupError extends Error {
  name = 'SetupError';
}

const isOldNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major < leastNode[0] || (major === leastNode[0] && minor < leastNode[1]);
};

const readText = file => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

const packagesIn = file => JSON.parse(readText(file) ?? '{}').packages;

/** Compares npm's record of what it installed with the lockfile, so that `npm install` by hand counts too. */
function isInstalled() {
  const wanted = packagesIn(join(root, 'package-lock.json'));
  const present = packagesIn(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present || !existsSync(node24)) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    // What is optional is left out on platforms that it is not for.
    return present[path] ? present[path].version === version : Boolean(optional || devOptional);
  });
}

/** Runs a program to its end with its output on ours; throws a SetupError with `explain` when it fails. */
function run(command, args, explain, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: installMilliseconds,
    shell: process.platform === 'win32' && command === 'npm',
    ...options,
  });
  if (result.error?.code === 'ENOENT')
    throw new SetupError(`${command} is not installed. Install npm 10 or newer, then try again.`);
  if (result.error?.code === 'ETIMEDOUT')
    throw new SetupError(`${explain} It was ended after ${installMilliseconds / 60_000} minutes.`);
  if (result.status !== 0) throw new SetupError(explain);
}

function checkMachine() {
  if (isOldNode()) {
    throw new SetupError(
      `Node ${process.versions.node} is too old: Quayside needs Node ${leastNode.join('.')} or newer. Install it, then try again.`,
    );
  }
  const { bavail, bsize } = statfsSync(root);
  if (bavail * bsize < neededBytes) {
    const free = Math.round((bavail * bsize) / 1e6);
    throw new SetupError(
      `The disk is nearly full: ${free} MB are free where ${root} is, and the dependencies need 1500 MB. Make room, then try again.`,
    );
  }
}

const sleep = milliseconds => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

const isAlive = pid => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Two at once would write the same folder; the second waits and finds the work done. */
function withLock(act) {
  const ownerFile = join(lockFolder, 'pid');
  for (const limit = Date.now() + installMilliseconds; ; sleep(200)) {
    try {
      mkdirSync(lockFolder);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw new SetupError(`The folder ${root} cannot be written: ${error.message}`);
      const owner = Number(readText(ownerFile));
      if (owner > 0 && !isAlive(owner)) rmSync(lockFolder, { recursive: true, force: true });
      if (Date.now() > limit)
        throw new SetupError(`Another set-up seems to be running. If there is none, remove ${lockFolder}.`);
    }
  }
  try {
    writeFileSync(ownerFile, String(process.pid));
    act();
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

/**
 * Installs what package-lock.json names, and Node 24, unless that is done already.
 * Install scripts run for the `node` package alone: it fetches its own binary package, all others come ready.
 * Throws a SetupError whose message is for a person.
 */
export function ensureDependencies(say = console.log) {
  if (isInstalled()) return;
  checkMachine();
  withLock(() => {
    if (isInstalled()) return;
    say('Installing the dependencies (once; about a minute) ...');
    // Not "npm ci": it refuses a lockfile that lacks optional packages for other platforms, which npm leaves out of it
    // where the registry does not have them. --no-save keeps to the lockfile and leaves it as it is.
    run(
      'npm',
      ['install', '--no-save', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'],
      'The dependencies could not be installed. The lines above say why; most often the package registry cannot be reached. Check the network or the proxy settings of npm, then try again.',
    );
    run(
      'npm',
      ['rebuild', 'node', '--ignore-scripts=false'],
      'Node 24 could not be installed. Check the network or the proxy settings of npm, then try again.',
    );
    checkNode24();
  });
}

function checkNode24() {
  const { stdout } = spawnSync(node24, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  if (!stdout?.startsWith('v24.')) {
    throw new SetupError(
      `Node 24 was installed but does not run here (${process.platform} ${process.arch}). Install Node 24 yourself and start with it.`,
    );
  }
}

const sourceFolders = ['shared', 'daemon', 'extension', 'webviews'];
const sourceFiles = ['esbuild.mjs', 'package.json', 'package-lock.json'];

function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

/** Changes when a source file is added, removed or written. */
export function sourcesFingerprint() {
  const hash = createHash('sha256');
  const files = sourceFolders
    .map(folder => join(root, folder))
    .filter(existsSync)
    .flatMap(folder => [...filesIn(folder)]);
  for (const file of [...files, ...sourceFiles.map(each => join(root, each))].sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

const isBuilt = () => {
  try {
    return JSON.parse(readFileSync(builtFile, 'utf8')).sources === sourcesFingerprint();
  } catch {
    return false;
  }
};

/** Builds dist/ if a source is newer than it. Needs the dependencies. Throws a SetupError. */
export function ensureBuild(say = console.log) {
  if (isBuilt()) return;
  say('Building ...');
  run(node24, ['esbuild.mjs', '--production'], 'The build failed. The lines above say where.', {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** The environment in which Node 24 and the installed commands come first. */
export function environmentWithNode24() {
  const separator = process.platform === 'win32' ? ';' : ':';
  const path = [dirname(node24), join(root, 'node_modules', '.bin'), process.env.PATH].filter(Boolean).join(separator);
  return { ...process.env, PATH: path };
}

/** Runs a script under Node 24 in this one's place: same terminal, same signals, same exit code. Resolves to the code. */
export function runUnderNode24(script, args = []) {
  const child = spawn(node24, [script, ...args], { cwd: root, stdio: 'inherit', env: environmentWithNode24() });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const pass = signal => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolveCode, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const each of signals) process.off(each, pass);
      resolveCode(code ?? (signal ? 1 : 0));
    });
  });
}

/** Prints a failure for a person and sets the exit code. */
export function reportSetupFailure(error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
