import type { Command } from 'commander';
import * as z from 'zod';
import type { ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import { updateServer } from '../../../shared/api/servers.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import { toServerName } from '../arguments/names.ts';
import { parsePairs } from '../arguments/pairs.ts';
import { settingsWith } from '../arguments/settings-input.ts';
import { resolveSchema, typedValues } from '../arguments/typed-value.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { safeJson, safeLine } from '../terminal/safe-text.ts';
import { renderPairs } from '../terminal/table.ts';

const settingsHelp = `
Settings:
  title, description            texts
  arguments                     a list as JSON: 'arguments=["--verbose"]'
  environment.NAME              an environment variable
  workingDirectory              a folder, or null for the server's own
  restart                       never, on-failure or always
  session                       shared, or per-client for a server that keeps state
  limits.startSeconds, limits.callSeconds, limits.messageBytes
  limits.concurrentCalls, limits.waitingCalls
  network.inheritProxy          true or false
  network.headers.NAME          a header for a remote server
  disabledTools                 a list as JSON
  settings.NAME                 a setting of a Docker server, by its schema: settings.limits.max=5

Without a value (environment.NAME=) a variable, header or setting is removed.
A running server takes the change with its next start.`;

export function addConfigCommands(program: Command, act: Act): void {
  const config = program.command('config').description('show or change how a server is run');
  config
    .command('get')
    .description('show a server’s configuration, or one setting of it')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('[setting]', 'for example limits.callSeconds')
    .action(act(showConfiguration));
  config
    .command('set')
    .description('change settings of a server')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('<setting=value...>', 'for example restart=always')
    .addHelpText('after', settingsHelp)
    .action(act(changeConfiguration));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function showConfiguration(context: CommandContext, id: string, setting?: string): Promise<CommandResult> {
  const api = await context.connect();
  const { configuration } = await api.getServer({ params: { id } }, { signal: context.signal });
  if (setting === undefined) return { document: configuration, text: configurationText(configuration, context) };
  const value = setting
    .split('.')
    .reduce<unknown>((at, part) => (isRecord(at) && Object.hasOwn(at, part) ? at[part] : undefined), configuration);
  if (value === undefined) throw new UsageError(`${id} has no setting "${setting}". See "quayside config get ${id}".`);
  return { document: value, text: typeof value === 'string' ? safeLine(value) : safeJson(value) };
}

const hidden = new Set(['id', 'serverId', 'updatedAt', 'secretReferences']);

/** Every setting under the name by which `config set` takes it. */
function configurationText(configuration: ServerConfiguration, { output }: CommandContext): string {
  const flatten = (prefix: string, value: unknown): [string, string][] =>
    isRecord(value)
      ? Object.entries(value).flatMap(([name, inner]) => flatten(`${prefix}.${name}`, inner))
      : [[prefix, typeof value === 'string' ? value : safeJson(value)]];
  const pairs = Object.entries(configuration)
    .filter(([name]) => !hidden.has(name))
    .flatMap(([name, value]) => flatten(name, value));
  return renderPairs(pairs, output.style);
}

async function changeConfiguration(context: CommandContext, id: string, pairs: string[]): Promise<CommandResult> {
  const ofDocker = pairs.filter(pair => pair.startsWith('settings.'));
  const others = pairs.filter(pair => !pair.startsWith('settings.'));
  const changes = [...parsePairs(others, 'config set')].map(([setting, texts]) => toChange(setting, texts));
  const api = await context.connect();
  const { signal } = context;
  const before = await api.getServer({ params: { id } }, { signal });
  if (ofDocker.length > 0) {
    const named = ofDocker.map(pair => pair.slice('settings.'.length));
    const value = settingsWith(before.configuration.settings, named, 'config set', before.settingsSchema);
    changes.push({ path: ['configuration', 'settings'], value });
  }
  const body = updateServer.body.safeParse(mergeChanges(changes, before.configuration));
  if (!body.success)
    throw new UsageError(body.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join(' '));
  const server = await api.updateServer({ params: { id }, body: body.data }, { signal });
  const atOnce = server.changesApply === 'at-once' && changes.every(({ path }) => path.at(-1) === 'settings');
  const running = server.state !== 'running' || atOnce ? '' : ` It takes effect with: quayside restart ${id}`;
  return { document: server, text: `Changed ${id}.${running}` };
}

interface Change {
  /** The members on the way to the setting, in the body of the request. */
  path: string[];
  /** undefined: remove it. */
  value: unknown;
}

const bodySchema: JSONSchema = z.toJSONSchema(updateServer.body, {
  io: 'input',
  unrepresentable: 'any',
  reused: 'inline',
});
const ofServer = new Set(['title', 'description']);
const ofMaps = /^(?:environment|network\.headers)\.(.+)$/;

function toChange(setting: string, texts: string[]): Change {
  const [head = '', ...rest] = setting.split('.');
  const path = ofServer.has(head) ? [head, ...rest] : ['configuration', head, ...rest];
  const schema = path.reduce<unknown>((at, part) => memberSchema(at, part), bodySchema);
  if (schema === undefined) throw new UsageError(`There is no setting "${setting}".`);
  if (ofMaps.test(setting) && texts.join('') === '') return { path, value: undefined };
  if (setting === 'workingDirectory' && (texts[0] === 'null' || texts[0] === '')) return { path, value: null };
  return { path, value: typedValues(setting, texts, schema, bodySchema) };
}

function memberSchema(schema: unknown, part: string): unknown {
  const { properties, additionalProperties } = resolveSchema(schema, bodySchema);
  if (isRecord(properties) && Object.hasOwn(properties, part)) return properties[part];
  return isRecord(additionalProperties) ? additionalProperties : undefined;
}

/** One request body for all changes. Maps are sent whole, because the API replaces them. */
function mergeChanges(changes: Change[], { environment, network }: ServerConfiguration): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { path, value } of changes) {
    let at = body;
    path.forEach((part, depth) => {
      if (depth === path.length - 1) {
        if (value === undefined) delete at[part];
        else at[part] = value;
        return;
      }
      at[part] ??= startingMap(path.slice(0, depth + 1).join('.'), environment, network.headers);
      const inner = at[part];
      if (isRecord(inner)) at = inner;
    });
  }
  return body;
}

function startingMap(
  path: string,
  environment: Record<string, string>,
  headers: Record<string, string>,
): Record<string, string> {
  if (path === 'configuration.environment') return { ...environment };
  return path === 'configuration.network.headers' ? { ...headers } : {};
}
