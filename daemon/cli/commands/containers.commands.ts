import { setTimeout as pause } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import {
  type Container,
  ContainerOwner,
  type DiskCleaned,
  type DiskImage,
  type DiskUse,
  type DiskVolume,
  type Sweep,
} from '../../../shared/api/containers.ts';
import { ProfileId } from '../../../shared/domain/docker-names.ts';
import { by, toServerName, toWholeNumber } from '../arguments/names.ts';
import { confirm } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count, describeBytes } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';

interface ListOptions {
  server?: string;
  profile?: string;
  owner?: ContainerOwner;
}
interface CleanOptions {
  volume?: string[];
  unused?: boolean;
  yes?: boolean;
}

export function addContainerCommands(program: Command, act: Act): void {
  const containers = program
    .command('containers')
    .description('list the containers that servers run in, and what they use')
    .option('--server <server>', 'only those of this server', toServerName)
    .option('--profile <profile>', 'only those of this profile', by(ProfileId))
    .addOption(new Option('--owner <owner>', 'only those of this owner').choices(ContainerOwner.options))
    .action(act(listContainers));
  const id = ['<container>', 'its id, or the first twelve characters of it'] as const;
  containers
    .command('stop')
    .description('stop one container; its server makes a new one when it is called')
    .argument(...id)
    .action(act(stopContainer));
  containers
    .command('logs')
    .description('show the last lines of one container')
    .argument(...id)
    .option('--tail <lines>', 'how many', toWholeNumber(1, 2_000), 200)
    .action(act(readLogs));
  containers
    .command('sweep')
    .description('remove what gateways of ours have left behind; containers of other clients stay')
    .option('--dry-run', 'only say what would be removed')
    .action(act(sweep));

  const disk = program
    .command('disk')
    .description('show what images and volumes of servers take on the disk')
    .action(act(showDisk));
  disk
    .command('clean')
    .description('remove images and volumes that nothing needs')
    .argument('[images...]', 'images, by name or id')
    .option('--volume <names...>', 'volumes, by name; what is in them is lost')
    .option('--unused', 'every image that no server and no container needs')
    .option('--yes', 'do not ask')
    .action(act(cleanDisk));
}

async function listContainers(context: CommandContext, options: ListOptions): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { server: server_id, profile, owner } = options;
  const read = () =>
    listAll(query => api.listContainers({ query: { ...query, server_id, profile, owner } }, { signal }));
  let page = await read();
  // The engine measures from when somebody asks, and needs a second and a half for the first time.
  for (let tries = 0; tries < 6 && page.items.some(isUnmeasured); tries++) {
    await pause(400, undefined, { signal });
    page = await read();
  }
  return { document: page, text: page.total === 0 ? 'No server runs in a container now.' : table(page.items, context) };
}

const isUnmeasured = ({ state, stats }: Container): boolean => state === 'running' && stats === null;

const owners: Record<ContainerOwner, string> = { own: 'ours', orphan: 'left behind', other: 'another client' };

const table = (containers: Container[], { output }: CommandContext): string =>
  renderTable(
    containers,
    [
      { heading: 'CONTAINER', value: each => each.id.slice(0, 12) },
      { heading: 'SERVER', value: each => each.serverId ?? each.server, colour: () => 'bold' },
      { heading: 'STATE', value: each => each.state, colour: each => (each.state === 'running' ? 'green' : undefined) },
      {
        heading: 'STARTED BY',
        value: each => owners[each.owner],
        colour: each => (each.owner === 'orphan' ? 'yellow' : undefined),
      },
      { heading: 'PROFILE', value: each => each.profile },
      { heading: 'CPU', value: ({ stats }) => stats && `${stats.cpuPercent.toFixed(1)} %` },
      { heading: 'MEMORY', value: ({ stats }) => stats && describeBytes(stats.memoryBytes) },
      {
        heading: 'NETWORK IN / OUT',
        value: ({ stats }) =>
          stats && `${describeBytes(stats.networkReceivedBytes)} / ${describeBytes(stats.networkSentBytes)}`,
      },
      { heading: 'STARTED', value: each => each.startedAt },
      { heading: 'IMAGE', value: each => each.image },
    ],
    output.look,
  );

async function stopContainer(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.stopContainer({ params: { id } }, { signal: context.signal });
  return { document, text: `Stopped ${id}.` };
}

async function readLogs(context: CommandContext, id: string, { tail }: { tail: number }): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.readContainerLogs({ params: { id }, query: { tail } }, { signal: context.signal });
  const { lines } = document;
  return { document, text: lines.length === 0 ? 'It has printed nothing.' : lines.map(safeLine).join('\n') };
}

async function sweep(context: CommandContext, { dryRun = false }: { dryRun?: boolean }): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.sweepContainers({ body: { dryRun } }, { signal: context.signal });
  return { document, text: sweepText(document) };
}

function sweepText({ removed, left, dryRun }: Sweep): string {
  const what = (each: { id: string; server: string }) => safeLine(`${each.id.slice(0, 12)} ${each.server}`);
  const done = dryRun ? 'Would be removed' : 'Removed';
  const lines = [
    ...removed.map(each => `${done}: ${what(each)} (${safeLine(each.image)})`),
    ...left.map(each => `Left alone: ${what(each)}. ${safeLine(each.reason)}`),
  ];
  if (removed.length === 0) lines.unshift('No gateway of ours has left a container behind.');
  return lines.join('\n');
}

async function showDisk(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.getDiskUse({}, { signal: context.signal });
  return { document, text: diskText(document, context) };
}

function diskText(use: DiskUse, { output }: CommandContext): string {
  const images = renderTable(
    use.images,
    [
      { heading: 'IMAGE', value: each => each.references[0] ?? each.id.slice(0, 19) },
      { heading: 'SIZE', value: each => describeBytes(each.bytes) },
      { heading: 'NEEDED BY', value: usersOf },
    ],
    output.look,
  );
  const volumes = renderTable(
    use.volumes,
    [
      { heading: 'VOLUME', value: each => each.name },
      { heading: 'SIZE', value: each => (each.bytes === null ? 'not known' : describeBytes(each.bytes)) },
      { heading: 'NEEDED BY', value: usersOf },
    ],
    output.look,
  );
  const sum = `${describeBytes(use.totalBytes)} in all, ${describeBytes(use.reclaimableBytes)} can be had back (quayside disk clean --unused; volumes by their names)`;
  const parts = [use.images.length > 0 ? images : '', use.volumes.length > 0 ? volumes : ''].filter(Boolean);
  return parts.length === 0 ? 'No image or volume of a server is on this engine.' : [...parts, sum].join('\n\n');
}

function usersOf(item: DiskImage | DiskVolume): string {
  const users = [...item.serverIds];
  if (item.containers > 0) users.push(count(item.containers, 'container'));
  if ('keptForRollback' in item && item.keptForRollback) users.push('kept to go back to');
  return users.join(', ') || 'nothing';
}

async function cleanDisk(context: CommandContext, named: string[], options: CleanOptions): Promise<CommandResult> {
  const { volume: volumes = [], unused = false, yes = false } = options;
  if (named.length === 0 && volumes.length === 0 && !unused) {
    throw new UsageError('Say what: images, --volume NAME, or --unused. "quayside disk" shows what there is.');
  }
  const api = await context.connect();
  const { signal } = context;
  const images = [...named, ...(unused ? unusedImages(await api.getDiskUse({}, { signal })) : [])];
  const what = [count(images.length, 'image'), ...(volumes.length > 0 ? [count(volumes.length, 'volume')] : [])];
  if (images.length + volumes.length > 0 && !yes && !(await confirm(context, `Remove ${what.join(' and ')}?`))) {
    throw new UsageError('Nothing was removed.');
  }
  const document = await api.cleanDisk({ body: { images, volumes } }, { signal });
  return { document, text: cleanedText(document) };
}

const unusedImages = ({ images }: DiskUse): string[] =>
  images
    .filter(each => each.serverIds.length === 0 && each.containers === 0 && !each.keptForRollback)
    .map(({ id }) => id);

function cleanedText({ freedBytes, removed, kept }: DiskCleaned): string {
  return [
    ...removed.map(each => `Removed: ${safeLine(each)}`),
    ...kept.map(each => `Kept: ${safeLine(each.what)}. ${safeLine(each.reason)}`),
    `${describeBytes(freedBytes)} were freed.`,
  ].join('\n');
}
