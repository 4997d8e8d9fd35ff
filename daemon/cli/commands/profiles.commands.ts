import { readFile, writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { parse as parseYaml } from 'yaml';
import type { Operation } from '../../../shared/api/operations.ts';
import type { Profile, ProfileDetail, ProfileImport } from '../../../shared/api/profiles.ts';
import { ImageReference, ProfileId, ProfileName } from '../../../shared/domain/docker-names.ts';
import { describeServerState } from '../../../shared/domain/server-state.ts';
import { by } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { colourOfState, count } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';
import { watchOperation } from '../watch-operation.ts';

const profileId = ['<profile>', 'the profile’s id', by(ProfileId)] as const;
const reference = ['<reference>', 'for example registry.example/team/profile:v1', by(ImageReference)] as const;
const mostBytes = 4_000_000;

export function addProfileCommands(program: Command, act: Act): void {
  const profile = program
    .command('profile')
    .description('list Docker’s profiles, or manage one')
    .action(act(listProfiles));
  profile.command('list').description('list the profiles').action(act(listProfiles));
  profile
    .command('show')
    .description('show one profile with its servers')
    .argument(...profileId)
    .action(act(showProfile));
  profile
    .command('create')
    .description('create an empty profile')
    .argument('<name>', 'a name for people', by(ProfileName))
    .option('--id <id>', 'its id; default: made from the name', by(ProfileId))
    .action(act(createProfile));
  profile
    .command('rename')
    .description('give a profile another name; its id stays')
    .argument(...profileId)
    .argument('<name>', 'the new name', by(ProfileName))
    .action(act(renameProfile));
  profile
    .command('remove')
    .description('stop a profile’s gateway, and remove it with its servers')
    .argument(...profileId)
    .action(act(removeProfile));
  addTransferCommands(profile, act);
}

function addTransferCommands(profile: Command, act: Act): void {
  profile
    .command('export')
    .description('write a profile to a file, without the values of secrets')
    .argument(...profileId)
    .argument('[file]', 'a .json file that is not there yet; default: standard output', toJsonFile)
    .action(act(exportProfile));
  profile
    .command('import')
    .description('read a profile from a file')
    .argument('<file>', 'a .json or .yaml file that docker mcp or Quayside has exported')
    .option('--replace', 'overwrite a profile of the same id')
    .option('--dry-run', 'only show what would change')
    .action(act(importProfile));
  profile
    .command('push')
    .description('push a profile to a registry')
    .argument(...profileId)
    .argument(...reference)
    .action(act(pushProfile));
  profile
    .command('pull')
    .description('pull a profile from a registry')
    .argument(...reference)
    .action(act(pullProfile));
}

function toJsonFile(file: string): string {
  if (/\.json$/i.test(file)) return file;
  throw new InvalidArgumentError('It must be a .json file.');
}

async function listProfiles(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const { signal, output } = context;
  const page = await listAll(query => api.listProfiles({ query }, { signal }));
  if (page.total > 0) {
    const columns = [
      { heading: 'PROFILE', value: (each: Profile) => each.id },
      { heading: 'NAME', value: (each: Profile) => each.name },
      { heading: 'SERVERS', value: (each: Profile) => each.serverIds.length },
      { heading: 'RUNNING', value: (each: Profile) => each.running },
      { heading: 'CLIENTS', value: (each: Profile) => each.clients.join(', ') || '-' },
    ];
    return { document: page, text: renderTable(page.items, columns, output.look) };
  }
  const docker = await api.getDocker(undefined, { signal });
  const why = docker.problem;
  const none = 'There are no profiles yet. Create one: quayside profile create "My tools"';
  return { document: page, text: why ? safeLine(`${why.detail} ${why.next ?? ''}`) : none };
}

async function showProfile(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const profile = await api.getProfile({ params: { id } }, { signal: context.signal });
  return { document: profile, text: profileText(profile, context) };
}

function profileText(profile: ProfileDetail, { output }: CommandContext): string {
  const facts = renderPairs(
    [
      ['Profile', profile.id],
      ['Name', profile.name],
      ['Clients', profile.clients.join(', ')],
      ['Read', profile.readAt],
    ],
    output.style,
  );
  if (profile.servers.length === 0) return `${facts}\n\nIt has no servers yet.`;
  const servers = renderTable(
    profile.servers,
    [
      { heading: 'SERVER', value: server => server.id },
      {
        heading: 'STATE',
        value: server => describeServerState(server.state),
        colour: each => colourOfState(each.state),
      },
      { heading: 'TOOLS', value: server => server.toolCount },
      { heading: 'UPDATE', value: server => (server.update ? 'yes' : '-') },
    ],
    output.look,
  );
  return `${facts}\n\n${servers}`;
}

async function createProfile(context: CommandContext, name: string, { id }: { id?: string }): Promise<CommandResult> {
  const api = await context.connect();
  const body = { name, ...(id === undefined ? {} : { id }) };
  const profile = await api.createProfile({ body }, { signal: context.signal });
  return { document: profile, text: `Created the profile ${profile.id}.` };
}

async function renameProfile(context: CommandContext, id: string, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const profile = await api.renameProfile({ params: { id }, body: { name } }, { signal: context.signal });
  return { document: profile, text: `The profile ${id} is called ${safeLine(profile.name)} now.` };
}

async function removeProfile(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.deleteProfile({ params: { id } }, { signal: context.signal });
  return { document, text: `Removed the profile ${id}.` };
}

async function exportProfile(context: CommandContext, id: string, file?: string): Promise<CommandResult> {
  const api = await context.connect();
  const exported = await api.exportProfile({ params: { id } }, { signal: context.signal });
  const text = JSON.stringify(exported.document, null, 2);
  if (file === undefined) return { document: exported, text };
  try {
    await writeFile(file, `${text}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UsageError(isThere ? `${file} is there already.` : `${file} cannot be written.`);
  }
  return { document: exported, text: `Exported the profile ${id} to ${safeLine(file)}` };
}

/** Errors: UsageError if it cannot be read or is neither JSON nor YAML. */
async function readDocument(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  if (text.length > mostBytes) throw new UsageError(`${file} is too large for a profile.`);
  let document: unknown;
  try {
    // JSON is a part of YAML.
    document = parseYaml(text, { maxAliasCount: 100 });
  } catch {
    throw new UsageError(`${file} is neither JSON nor YAML.`);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new UsageError(`${file} holds no profile.`);
  return withJsonNames(document);
}

/** In YAML docker mcp writes catalog_ref for what is catalogRef in JSON. */
function withJsonNames(document: object): Record<string, unknown> {
  const rename = (server: unknown): unknown => {
    if (typeof server !== 'object' || server === null || !('catalog_ref' in server)) return server;
    const { catalog_ref: catalogRef, ...rest } = server;
    return { ...rest, catalogRef };
  };
  const servers = 'servers' in document && Array.isArray(document.servers) ? document.servers.map(rename) : [];
  return { ...document, servers };
}

async function importProfile(
  context: CommandContext,
  file: string,
  { replace = false, dryRun = false }: { replace?: boolean; dryRun?: boolean },
): Promise<CommandResult> {
  const document = await readDocument(file);
  const api = await context.connect();
  const result = await api.importProfile({ body: { document, replace, dryRun } }, { signal: context.signal });
  return { document: result, text: importText(result, context) };
}

function importText({ profileId: id, exists, imported, changes }: ProfileImport, { output }: CommandContext): string {
  const table = renderTable(
    changes,
    [
      { heading: 'SERVER', value: each => each.server },
      { heading: 'CHANGE', value: each => each.change },
      { heading: 'DETAIL', value: each => each.detail },
    ],
    output.look,
  );
  const last = imported
    ? `Imported the profile ${id} with ${count(changes.filter(({ change }) => change !== 'removed').length, 'server')}.`
    : exists
      ? `The profile ${id} is there already. Nothing was changed; --replace overwrites it.`
      : `The profile ${id} would be new. Nothing was changed.`;
  return changes.length === 0 ? last : `${table}\n\n${last}`;
}

async function pushProfile(context: CommandContext, id: string, ref: string): Promise<CommandResult> {
  const api = await context.connect();
  const operation = await api.pushProfile({ params: { id }, body: { ref } }, { signal: context.signal });
  return ended(context, await watchOperation(context, api, operation), `Pushed the profile ${id} to ${ref}`);
}

async function pullProfile(context: CommandContext, ref: string): Promise<CommandResult> {
  const api = await context.connect();
  const operation = await api.pullProfile({ body: { ref } }, { signal: context.signal });
  return ended(context, await watchOperation(context, api, operation), `Pulled a profile from ${ref}`);
}

function ended({ output }: CommandContext, operation: Operation, text: string): CommandResult {
  if (operation.state === 'succeeded') return { document: operation, text };
  if (operation.problem) output.problem(operation.problem);
  return {
    document: operation,
    text: '',
    exitCode: operation.state === 'cancelled' ? exitCodes.interrupted : exitCodes.api,
  };
}
