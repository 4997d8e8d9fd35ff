import { type Uri, window } from 'vscode';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import { InstallOperation } from '../../../shared/api/operations.ts';
import { PackageName } from '../../../shared/domain/names.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { askFor, confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { toOneLine } from '../../platform/plain-text.ts';
import { describeEntrySource, needsInputs } from './catalog.nodes.ts';
import { registerCatalogsCommands } from './catalogs.commands.ts';
import { type Installer, installWithProgress } from './install.ts';
import { type InstallLink, parseInstallLink } from './install-link.ts';
import { pickEntry } from './search.ts';

export interface CatalogCommandsOptions extends Installer {
  mirror: Mirror;
  register: RegisterCommand;
}

const rights = 'It runs on this machine with your rights and is not isolated.';

export function registerCatalogCommands(options: CatalogCommandsOptions) {
  const { link, mirror, register, open } = options;
  return [
    ...registerCatalogsCommands(options),
    register(commands.openCatalog, () => open('catalog')),
    register(commands.searchCatalog, async () => {
      const { id } = await pickEntry(link, 'Search Catalog');
      open(`catalog/${encodeURIComponent(id)}`);
    }),
    register(commands.openCatalogEntry, async argument => {
      const entry = await entryOf(options, argument, 'Open Catalog Entry');
      open(`catalog/${entry.id}`);
    }),
    register(commands.installFromCatalog, async argument => {
      const entry = await entryOf(options, argument, 'Install from Catalog');
      // What it needs to be told is asked for by the page's form.
      if (needsInputs(entry) || entry.source.type !== 'npm') return open(`catalog/${entry.id}`);
      await installWithProgress(options, entry.title, { kind: 'install', from: { catalogEntry: entry.id } });
    }),
    register(commands.installPackage, () => installPackage(options)),
    register(commands.cancelInstallation, async argument => {
      const id = operationId(argument) ?? (await pickOperation(mirror));
      await link.api.cancelOperation({ params: { id } });
    }),
  ];
}

/** Opening a link never installs anything by itself: the question shows exactly what would be installed. */
export async function openInstallLink(options: CatalogCommandsOptions, uri: Uri): Promise<void> {
  const asked = parseInstallLink(uri.path, uri.query);
  if (!asked) throw new HostProblem('badLink');
  if ('catalogEntry' in asked) {
    const entry = await options.link.api.getCatalogEntry({ params: { id: asked.catalogEntry } });
    await confirm(`Install ${entry.title}?`, describeEntry(entry), 'Install');
    if (needsInputs(entry)) return options.open(`catalog/${entry.id}`);
    return await installWithProgress(options, entry.title, { kind: 'install', from: { catalogEntry: entry.id } });
  }
  await confirm(`Install ${asked.package}?`, describePackage(asked), 'Install');
  await installWithProgress(options, asked.package, { kind: 'install', from: asked });
}

const describeEntry = (entry: CatalogEntry): string =>
  [
    'A link asks to install this entry of the catalog:',
    toOneLine(`${entry.id}: ${describeEntrySource(entry.source)}`, 300),
    `Publisher: ${toOneLine(entry.publisher)}. Catalog: ${toOneLine(entry.origin)}.`,
    rights,
  ].join('\n');

const describePackage = (asked: Exclude<InstallLink, { catalogEntry: string }>): string =>
  [
    'A link asks to install this package from the npm registry. Install it only if you know who made it:',
    `${asked.package}, version ${asked.version ?? 'latest'}`,
    ...(asked.integrity ? [`Only if its checksum is ${asked.integrity}`] : []),
    rights,
  ].join('\n');

async function installPackage(options: CatalogCommandsOptions): Promise<void> {
  await options.link.connect();
  const name = await askFor(PackageName, {
    title: 'Install npm Package (1 of 2)',
    prompt: 'The name of an npm package that is an MCP server.',
    placeHolder: '@modelcontextprotocol/server-everything',
  });
  const [, fromPackage] = InstallOperation.shape.from.options;
  const version = await askFor(fromPackage.shape.version, {
    title: 'Install npm Package (2 of 2)',
    prompt: 'A version, range or tag. The exact version that it means now is pinned.',
    value: 'latest',
  });
  await confirm(`Install ${name}?`, `${name}, version ${version}, from the npm registry.\n${rights}`, 'Install');
  await installWithProgress(options, name, { kind: 'install', from: { package: name, version } });
}

async function entryOf(
  { link, mirror }: CatalogCommandsOptions,
  argument: unknown,
  title: string,
): Promise<CatalogEntry> {
  const id = toEntryId(argument);
  if (typeof id !== 'string') return await pickEntry(link, title);
  const known = (await mirror.catalog()).find(entry => entry.id === id);
  return known ?? (await link.api.getCatalogEntry({ params: { id } }));
}

function toEntryId(argument: unknown): unknown {
  if (typeof argument !== 'object' || argument === null || !('entry' in argument)) return argument;
  const { entry } = argument;
  return typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined;
}

function operationId(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('operation' in argument)) return undefined;
  const { operation } = argument;
  if (typeof operation !== 'object' || operation === null || !('id' in operation)) return undefined;
  return typeof operation.id === 'string' ? operation.id : undefined;
}

async function pickOperation(mirror: Mirror): Promise<string> {
  if (mirror.operations.length === 0) {
    void window.showInformationMessage('Nothing is being installed.');
  }
  const items = mirror.operations.map(({ id, title, step }) => ({ label: title, description: step, value: id }));
  return await pickOne(items, 'Cancel Installation', 'Choose an installation');
}
