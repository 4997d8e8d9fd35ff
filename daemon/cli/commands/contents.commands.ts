// Resources and prompts of a server, read as a client would.
import type { Command } from 'commander';
import type { PromptResult, ResourceContents } from '../../../shared/api/contents.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { toServerName, toWholeNumber } from '../arguments/names.ts';
import { textPairs } from '../arguments/pairs.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { blockText, toBlock } from '../terminal/content-text.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';
import { watchCall } from '../watch-call.ts';

interface RequestOptions {
  arg?: string[];
  timeout?: number;
  input: boolean;
}

export function addContentCommands(program: Command, act: Act): void {
  const resources = program.command('resources').description('list what a server lets its clients read');
  resources.argument('[server]', 'the server’s name', toServerName).action(act(listResources));
  const read = resources
    .command('read')
    .description('print a resource')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('<uri>', 'its address, as the list shows it');
  withOptions(read).action(act(readResource));
  const prompts = program.command('prompts').description('list the prompts of a server');
  prompts.argument('[server]', 'the server’s name', toServerName).action(act(listPrompts));
  const get = prompts
    .command('get')
    .description('print a prompt, filled in')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('<prompt>', 'its name, as the list shows it')
    .option('--arg <name=value...>', 'an argument');
  withOptions(get).action(act(getPrompt));
}

const withOptions = (command: Command): Command =>
  command
    .option('--timeout <seconds>', 'give up after this time', toWholeNumber(1, limits.callSeconds.most))
    .option('--no-input', 'decline whatever the server asks');

const ofServer = (id: string | undefined, command: string): string => {
  if (id !== undefined) return id;
  throw new UsageError(`Name a server: quayside ${command} <server>`);
};

async function listResources(context: CommandContext, given: string | undefined): Promise<CommandResult> {
  const id = ofServer(given, 'resources');
  const { signal, output } = context;
  const api = await context.connect();
  const resources = await listAll(query => api.listResources({ params: { id }, query }, { signal }));
  const templates = await listAll(query => api.listResourceTemplates({ params: { id }, query }, { signal }));
  const rows = [
    ...resources.items.map(each => ({ ...each, address: each.uri })),
    ...templates.items.map(each => ({ ...each, address: each.uriTemplate })),
  ];
  const text = renderTable(
    rows,
    [
      { heading: 'ADDRESS', value: row => row.address, colour: () => 'bold' },
      { heading: 'TYPE', value: row => row.mimeType },
      { heading: 'NAME', value: row => row.title ?? row.name },
      { heading: 'DESCRIPTION', value: row => row.description },
    ],
    output.look,
  );
  const document = { resources: resources.items, templates: templates.items };
  return { document, text: rows.length === 0 ? `${id} offers nothing to read.` : text };
}

async function readResource(
  context: CommandContext,
  id: string,
  uri: string,
  options: RequestOptions,
): Promise<CommandResult> {
  const api = await context.connect();
  const body = { uri, ...timeLimit(options) };
  const document = await watchCall(context, api, options.input, watching =>
    api.readResource({ params: { id }, body: { ...body, ...watching } }, { signal: context.signal }),
  );
  return { document, text: contentsText(document) };
}

const timeLimit = ({ timeout }: RequestOptions) => (timeout === undefined ? {} : { timeoutSeconds: timeout });

const contentsText = ({ contents }: ResourceContents): string =>
  contents.map(resource => blockText({ type: 'resource', resource })).join('\n');

async function listPrompts(context: CommandContext, given: string | undefined): Promise<CommandResult> {
  const id = ofServer(given, 'prompts');
  const api = await context.connect();
  const page = await listAll(query => api.listPrompts({ params: { id }, query }, { signal: context.signal }));
  const text = renderTable(
    page.items,
    [
      { heading: 'PROMPT', value: prompt => prompt.name, colour: () => 'bold' },
      {
        heading: 'ARGUMENTS',
        value: prompt => prompt.arguments.map(({ name, required }) => (required ? name : `[${name}]`)).join(' '),
      },
      { heading: 'DESCRIPTION', value: prompt => prompt.description ?? prompt.title },
    ],
    context.output.look,
  );
  return { document: page, text: page.total === 0 ? `${id} offers no prompts.` : text };
}

async function getPrompt(
  context: CommandContext,
  id: string,
  name: string,
  options: RequestOptions,
): Promise<CommandResult> {
  const args = textPairs(options.arg ?? [], '--arg');
  const api = await context.connect();
  const body = { arguments: args, ...timeLimit(options) };
  const document = await watchCall(context, api, options.input, watching =>
    api.getPrompt({ params: { id, name }, body: { ...body, ...watching } }, { signal: context.signal }),
  );
  return { document, text: promptText(document) };
}

const promptText = ({ messages }: PromptResult): string =>
  messages
    .map(
      ({ role, content }) =>
        `${safeLine(role)}:\n${[content]
          .flat()
          .map(block => blockText(toBlock(block)))
          .join('\n')}`,
    )
    .join('\n\n');
