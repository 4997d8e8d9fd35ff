import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { ClientChange, ClientPreview, McpClient } from '../../../shared/api/clients.ts';
import { ProfileId } from '../../../shared/domain/docker-names.ts';
import { by } from '../arguments/names.ts';
import { confirm } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { describeBytes } from '../terminal/describe.ts';
import { safeText } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';

interface ProjectOption {
  project?: string;
}
interface ChangeOptions extends ProjectOption {
  profile?: string;
  yes?: boolean;
}

export function addClientCommands(program: Command, act: Act): void {
  const project = ['--project <folder>', 'in the git project of this folder, and not for you as a user'] as const;
  const clients = program
    .command('clients')
    .description('list the programs that docker mcp can connect, and connect them')
    .option(...project)
    .action(act(listClients));
  clients
    .command('connect')
    .description('connect a client to a profile; shows what is done to its file, and asks')
    .argument('<client>', 'its name in the list')
    .option('--profile <profile>', 'the profile; an older docker mcp has none', by(ProfileId))
    .option(...project)
    .option('--yes', 'do not ask')
    .action(act(changeBy('connect')));
  clients
    .command('disconnect')
    .description('take docker mcp out of a client’s file; shows what is done, and asks')
    .argument('<client>', 'its name in the list')
    .option(...project)
    .option('--yes', 'do not ask')
    .action(act(changeBy('disconnect')));
  clients
    .command('backups')
    .description('list the backups of clients’ files, the newest first')
    .action(act(listBackups));
  clients
    .command('undo')
    .description('put a client’s file back as it was, byte for byte')
    .argument('<backup>', 'its id in the list of backups')
    .option('--force', 'also if the file was changed since')
    .action(act(undo));
}

/** `--project` is an option of "clients" as well, which takes it wherever it stands: all of them together tell the place. */
const changeBy =
  (action: ClientChange['action']) =>
  (context: CommandContext, id: string, _options: ChangeOptions, command: Command): Promise<CommandResult> =>
    changeClient(context, action, id, command.optsWithGlobals<ChangeOptions>());

const placeOf = ({ project }: ProjectOption): Pick<ClientChange, 'scope' | 'folder'> =>
  project === undefined ? { scope: 'global' } : { scope: 'project', folder: resolve(project) };

async function listClients(context: CommandContext, options: ProjectOption): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const page = await listAll(query => api.listClients({ query: { ...query, ...placeOf(options) } }, { signal }));
  return { document: page, text: clientTable(page.items, context) };
}

const clientTable = (clients: McpClient[], { output }: CommandContext): string =>
  renderTable(
    clients,
    [
      { heading: 'NAME', value: client => client.id, colour: () => 'bold' },
      { heading: 'STATE', value: stateOf, colour: client => (client.connected ? 'green' : undefined) },
      { heading: 'PROFILE', value: client => client.profile },
      { heading: 'FILE', value: client => client.file ?? 'not known: it cannot be connected from here' },
    ],
    output.look,
  );

function stateOf(client: McpClient): string {
  if (client.problem !== null) return `unreadable: ${client.problem}`;
  if (client.connected) return 'connected';
  return client.installed === false ? 'not installed' : 'not connected';
}

async function changeClient(
  context: CommandContext,
  action: ClientChange['action'],
  id: string,
  options: ChangeOptions,
): Promise<CommandResult> {
  const api = await context.connect();
  const { signal, output } = context;
  const change = { action, ...placeOf(options), ...(options.profile ? { profile: options.profile } : {}) };
  const params = { id };
  const preview = await api.previewClientChange({ params, body: change }, { signal });
  if (!options.yes) {
    if (!output.json) output.text(previewText(preview));
    if (!(await confirm(context, `Change ${preview.file}?`))) throw new UsageError('Nothing was changed.');
  }
  const changed = await api.changeClient({ params, body: { ...change, revision: preview.revision } }, { signal });
  const done =
    action === 'connect' ? `Connected ${id} to ${changed.client.profile ?? 'docker mcp'}.` : `Disconnected ${id}.`;
  const undoLine = `Undo it with: quayside clients undo ${changed.backup.id}`;
  return { document: changed, text: [safeText(changed.diff.trimEnd()), done, undoLine].filter(Boolean).join('\n') };
}

function previewText({ file, diff, after, losesComments }: ClientPreview): string {
  const warning = losesComments ? '\nThe comments in this file will be lost.' : '';
  return `${file} will be changed like this:\n${safeText(diff === '' ? after : diff)}${warning}`;
}

async function listBackups(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const page = await listAll(query => api.listClientBackups({ query }, { signal }));
  const text = renderTable(
    page.items,
    [
      { heading: 'BACKUP', value: backup => backup.id },
      { heading: 'CLIENT', value: backup => backup.client },
      { heading: 'CHANGE', value: backup => backup.action },
      { heading: 'TIME', value: backup => backup.madeAt },
      { heading: 'SIZE', value: backup => (backup.existed ? describeBytes(backup.bytes) : 'no file') },
      {
        heading: 'STATE',
        value: backup => (backup.restoredAt ? 'undone' : backup.changedSince ? 'changed since' : 'can be undone'),
      },
      { heading: 'FILE', value: backup => backup.file },
    ],
    context.output.look,
  );
  return { document: page, text: page.total === 0 ? 'There are no backups.' : text };
}

async function undo(
  context: CommandContext,
  id: string,
  { force = false }: { force?: boolean },
): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.restoreClientBackup({ params: { id }, body: { force } }, { signal: context.signal });
  const text = document.existed ? `${document.file} is as it was.` : `${document.file} is gone, as before.`;
  return { document, text };
}
