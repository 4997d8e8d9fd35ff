// Bitwarden on the command line: what of it becomes a secret, and when.
import { type Command, Option } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import { toServerName, toWholeNumber } from '../arguments/names.ts';
import { confirm } from '../arguments/secret-input.ts';
import { toSecretName } from '../arguments/secret-names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { bitwardenText, syncText } from '../terminal/bitwarden-text.ts';
import { renderTable } from '../terminal/table.ts';

export function addBitwardenSecretCommands(bitwarden: Command, act: Act): void {
  bitwarden
    .command('list')
    .description('list the items and their parts, without a value')
    .argument('[text]', 'part of the name')
    .action(act(listItems));
  bitwarden
    .command('map')
    .description('let a part of an item become a secret')
    .argument('<item>', 'its id, or its name')
    .argument('<part>', 'login.password, login.username, notes, or field:NAME')
    .argument('<secret>', 'the secret’s name, <server>.<key>', toSecretName)
    .option('--server <server>', 'only this server may use it', toServerName)
    .action(act(map));
  bitwarden
    .command('unmap')
    .description('end that; the secret stays as one of your own')
    .argument('<secret>', 'the secret’s name', toSecretName)
    .action(act(unmap));
  bitwarden.command('mappings').description('list what becomes which secret').action(act(listMappings));
  bitwarden
    .command('sync')
    .description('compare with Bitwarden and take over what is different, after you have seen it')
    .addOption(new Option('--preview', 'only show it').conflicts('yes'))
    .option('--yes', 'do not ask')
    .action(act(sync));
  bitwarden
    .command('schedule')
    .description('say what is done without you; a schedule never takes a value away')
    .option('--every <minutes>', 'synchronise that often while it is unlocked; "never" ends that', toMinutes(5, 43_200))
    .option('--lock-after <minutes>', 'lock when nobody used it for so long; or "never"', toMinutes(1, 10_080))
    .action(act(schedule));
}

/** 0 for "never": commander takes a parser's null for no answer. */
const toMinutes =
  (least: number, most: number) =>
  (text: string): number =>
    text === 'never' ? 0 : toWholeNumber(least, most)(text);

async function listItems(context: CommandContext, text: string | undefined): Promise<CommandResult> {
  const api = await context.connect();
  const { signal, output } = context;
  const filter = text === undefined ? {} : { q: text };
  const page = await listAll(query => api.listBitwardenItems({ query: { ...query, ...filter } }, { signal }));
  const table = renderTable(
    page.items,
    [
      { heading: 'ID', value: item => item.id },
      { heading: 'NAME', value: item => item.name },
      { heading: 'KIND', value: item => item.kind },
      { heading: 'PARTS', value: item => item.parts.join(', ') },
    ],
    output.look,
  );
  return { document: page, text: page.total === 0 ? 'There is no such item.' : table };
}

async function map(
  context: CommandContext,
  item: string,
  part: string,
  secretName: string,
  { server }: { server?: string },
): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const itemId = await findItem(api, item, signal);
  const body = { itemId, part, secretName, serverId: server ?? null };
  const mapping = await api.createBitwardenMapping({ body }, { signal });
  const text = `${part} of "${mapping.itemName}" becomes ${secretName}. Take it over: quayside bitwarden sync`;
  return { document: mapping, text };
}

/** Errors: UsageError if none or several fit. */
async function findItem(api: ApiClient, wanted: string, signal: AbortSignal): Promise<string> {
  const { items } = await listAll(query => api.listBitwardenItems({ query }, { signal }));
  const byId = items.filter(({ id }) => id === wanted);
  const [item, another] = byId.length > 0 ? byId : items.filter(({ name }) => name === wanted);
  if (!item) throw new UsageError(`There is no item "${wanted}". "quayside bitwarden list" shows them.`);
  if (another) throw new UsageError(`Several items are called "${wanted}". Name one by its id.`);
  return item.id;
}

async function listMappings(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query => api.listBitwardenMappings({ query }, { signal: context.signal }));
  const table = renderTable(
    page.items,
    [
      { heading: 'SECRET', value: mapping => mapping.secretName },
      { heading: 'FOR', value: mapping => mapping.serverId ?? 'any server' },
      { heading: 'ITEM', value: mapping => mapping.itemName },
      { heading: 'PART', value: mapping => mapping.part },
      { heading: 'STATE', value: mapping => mapping.state },
      { heading: 'TAKEN OVER', value: mapping => mapping.syncedAt },
    ],
    context.output.look,
  );
  const none = 'Nothing is mapped. Choose something: quayside bitwarden list';
  return { document: page, text: page.total === 0 ? none : table };
}

async function unmap(context: CommandContext, secretName: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { items } = await listAll(query => api.listBitwardenMappings({ query }, { signal }));
  const mapping = items.find(each => each.secretName === secretName);
  if (!mapping) throw new UsageError(`${secretName} does not come from Bitwarden.`);
  const document = await api.deleteBitwardenMapping({ params: { id: mapping.id } }, { signal });
  return { document, text: `${secretName} is your own now. Its value stays.` };
}

async function sync(context: CommandContext, options: { preview?: boolean; yes?: boolean }): Promise<CommandResult> {
  const api = await context.connect();
  const { signal, output } = context;
  const run = async (apply: boolean): Promise<CommandResult> => {
    const document = await api.syncBitwarden({ body: { apply } }, { signal });
    return { document, text: syncText(document, output) };
  };
  if (options.yes) return await run(true);
  const preview = await api.syncBitwarden({ body: { apply: false } }, { signal });
  const shownPreview = { document: preview, text: syncText(preview, output) };
  const isSame = preview.items.every(({ change }) => change === 'unchanged' || change === 'refused');
  if (options.preview || isSame) return shownPreview;
  if (!output.json) output.text(shownPreview.text);
  return (await confirm(context, 'Take this over?')) ? await run(true) : shownPreview;
}

async function schedule(
  context: CommandContext,
  { every, lockAfter }: { every?: number; lockAfter?: number },
): Promise<CommandResult> {
  if (every === undefined && lockAfter === undefined) throw new UsageError('Give --every or --lock-after.');
  const api = await context.connect();
  const body = {
    ...(every === undefined ? {} : { syncEveryMinutes: every === 0 ? null : every }),
    ...(lockAfter === undefined ? {} : { autoLockMinutes: lockAfter === 0 ? null : lockAfter }),
  };
  const status = await api.updateBitwarden({ body }, { signal: context.signal });
  return { document: status, text: bitwardenText(status, context.output) };
}
