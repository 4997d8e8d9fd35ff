// Brings a package and what it needs into a folder, by npm's own library.
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Arborist from '@npmcli/arborist';
import { problem } from '../../../shared/api/problem.ts';
import { ExactVersion, Integrity } from '../../../shared/domain/names.ts';
import type { InstallOrder, InstallReport } from './install-messages.ts';
import { createProgressCounter, type ProgressCounter } from './install-progress.ts';
import { installScripts, leaveOutScripts, type PackageWithScripts, refuseOwnScripts } from './install-scripts.ts';
import { loadNpmSettings, type NpmSettings } from './npm-settings.ts';
import { PackageManifest, serverFile } from './package-bin.ts';
import { runInstallScripts } from './run-install-scripts.ts';

type Done = Extract<InstallReport, { kind: 'done' }>;

/** Installs what the order names into its folder. Errors: problems, and whatever npm's libraries throw. */
export async function installPackage(
  order: InstallOrder,
  report: (progress: { step: string; progress: number | null }) => void,
): Promise<Done> {
  const counter = createProgressCounter(report);
  await writeFile(join(order.folder, 'package.json'), '{"private":true}\n');
  const settings = await loadNpmSettings(order.folder, order.spareCache, process.env);
  keepOnly(order.scriptEnvironment);
  const unwatch = watchInstaller(counter);
  try {
    return await install(order, settings, counter);
  } finally {
    unwatch();
  }
}

async function install(order: InstallOrder, settings: NpmSettings, counter: ProgressCounter): Promise<Done> {
  const { folder, package: name, allowScripts } = order;
  const add = [`${name}@${order.version}`];
  const arborist = new Arborist(installerOptions(settings, folder, allowScripts));
  const tree = await arborist.buildIdealTree({ add, saveType: 'prod' });
  const pinned = checkPin(order, tree.edgesOut.get(name)?.to ?? undefined);
  counter.resolved(tree.inventory.size - 1);
  await arborist.reify({ add, saveType: 'prod' });

  counter.finishing('Checking the package');
  const nodes = [...(arborist.actualTree?.inventory.values() ?? [])].filter(node => !node.isRoot);
  const manifest = await readManifest(join(folder, 'node_modules', name));
  const packages = await findScripts(nodes);
  const withoutScripts = allowScripts ? [] : await goWithoutScripts(name, packages);
  if (allowScripts) await runInstallScripts(packages, folder, settings, counter);
  const file = serverFile(manifest);
  return {
    kind: 'done',
    package: name,
    ...pinned,
    file,
    runsOnNode: await isForNode(join(folder, 'node_modules', name, file), name),
    title: (manifest.title ?? name).slice(0, 120),
    description: (manifest.description ?? '').slice(0, 2_000),
    withoutScripts,
  };
}

const installerOptions = (
  settings: NpmSettings,
  path: string,
  allowScripts: boolean,
): Arborist.Options & NpmSettings => ({
  ...settings,
  path,
  audit: false,
  fund: false,
  progress: false,
  force: false,
  global: false,
  dryRun: false,
  packageLock: true,
  packageLockOnly: false,
  installStrategy: 'hoisted',
  omit: ['dev'],
  save: true,
  savePrefix: '',
  foregroundScripts: false,
  // Scripts that are allowed are run by run-install-scripts.ts.
  ignoreScripts: true,
  allowScripts: null,
  binLinks: allowScripts,
  // A package of a registry has a checksum; what comes from a git repository or a folder has none.
  allowGit: 'none',
  allowFile: 'none',
  allowDirectory: 'none',
  allowRemote: 'none',
});

/** Compares with the pin before anything is downloaded. Errors: INSTALL_002, INSTALL_008. */
function checkPin(order: InstallOrder, node: Arborist.Node | undefined): { version: string; integrity: string } {
  const version = ExactVersion.safeParse(node?.version).data;
  const integrity = Integrity.safeParse(strongest(node?.integrity ?? undefined)).data;
  if (!version || !integrity) {
    throw problem('INSTALL_008', {
      detail: `The registry gives no checksum for ${order.package}, so it cannot be pinned.`,
      next: 'Use another registry, or add the server as a command.',
    });
  }
  if (order.integrity !== undefined && order.integrity !== integrity) {
    throw problem('INSTALL_002', {
      detail: `The registry’s ${order.package} ${version} has another checksum than the one that was pinned. Nothing was downloaded.`,
      next: 'Check that your npmrc names a registry you trust. Do not install this package.',
    });
  }
  return { version, integrity };
}

/** A package may have several checksums, or sha1 only, which proves nothing. */
const strongest = (integrity: string | undefined): string | undefined =>
  ['sha512-', 'sha384-', 'sha256-']
    .map(kind => integrity?.split(/\s+/).find(value => value.startsWith(kind)))
    .find(value => value !== undefined);

/** The packages with install scripts, those that others need first. */
async function findScripts(nodes: Arborist.Node[]): Promise<PackageWithScripts[]> {
  const found: PackageWithScripts[] = [];
  for (const node of nodes.toSorted((a, b) => b.depth - a.depth)) {
    const manifest = await readManifest(node.path).catch(() => undefined);
    if (!manifest || installScripts(manifest).length === 0) continue;
    found.push({ name: node.name, folder: node.path, manifest, optional: node.optional });
  }
  return found;
}

async function goWithoutScripts(name: string, packages: PackageWithScripts[]): Promise<string[]> {
  const own = packages.find(one => one.name === name);
  if (own) refuseOwnScripts(name, installScripts(own.manifest));
  return await leaveOutScripts(name, packages);
}

const readManifest = async (folder: string): Promise<PackageManifest> =>
  PackageManifest.parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));

/** What is not a script for another interpreter or a compiled program is for Node. Errors: INSTALL_005. */
async function isForNode(file: string, name: string): Promise<boolean> {
  const handle = await open(file).catch(() => {
    throw problem('INSTALL_005', {
      detail: `${name} names a command whose file is not in the package.`,
      next: 'Choose another version of the package.',
    });
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(128), 0, 128, 0);
    const start = buffer.subarray(0, bytesRead).toString('latin1');
    if (start.startsWith('#!')) return /\bnode\b/.test(start.split('\n', 1)[0] ?? '');
    return /\.[cm]?js$/.test(file) || !start.includes('\0');
  } finally {
    await handle.close();
  }
}

/** From here on the process, and with it every install script, sees nothing of the host but these. */
function keepOnly(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
}

/** npm's libraries tell what they do by events on the process. */
function watchInstaller(counter: ProgressCounter): () => void {
  const onLog = (_level: string, title: unknown) => {
    if (title === 'fetch manifest') counter.foundOne();
  };
  const onProgress = (key: string, { done }: { done?: boolean }) => {
    if (done && key.startsWith('reify:')) counter.unpackedOne();
  };
  const events: NodeJS.EventEmitter = process;
  events.on('log', onLog);
  events.on('progress', onProgress);
  return () => {
    events.off('log', onLog);
    events.off('progress', onProgress);
  };
}
