// `tools`: each command starts a whole gateway as a child and asks it.
import { spawn } from 'node:child_process';
import { any } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { connectProcess, ServerError } from '../gateway/connection.mjs';
import { goDuration, indentedJson, withSortedKeys } from '../go-format.mjs';
import { legacyToolCommands } from './legacy-tools.mjs';

const tip =
  'Tip: For tool details, use docker mcp tools inspect <tool-name>. To test the tool, use docker mcp tools call <tool-name>\n\n';

/** Starts the inner gateway, and ends it after the act. */
async function withGateway({ settings, flags, warn }, act) {
  const [, main] = process.argv;
  const words = ['mcp', 'gateway', 'run', ...(flags.verbose ? ['--verbose'] : []), ...(flags['gateway-arg'] ?? [])];
  const child = spawn(process.execPath, [main, settings.settingsFile, ...words], { stdio: 'pipe' });
  const cancelled = new AbortController();
  process.once('SIGTERM', () => cancelled.abort());
  process.once('SIGINT', () => cancelled.abort());
  const lines = [];
  const connection = connectProcess(child, {
    signal: cancelled.signal,
    onErrorLine: line => {
      lines.push(line);
      if (flags.verbose) warn(`- mcp-gateway: ${line}\n`);
    },
  });
  const started = await connection
    .request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'docker', version: '1.0.0' },
    })
    .catch(error => error);
  if (started instanceof ServerError) {
    await new Promise(resolve => (child.exitCode === null ? child.once('close', resolve) : resolve()));
    fail(started.message === 'context canceled' ? 'context canceled' : 'starting client: calling "initialize": EOF');
  }
  await connection.notify('notifications/initialized');
  try {
    return await act(connection);
  } finally {
    if (cancelled.signal.aborted) child.kill('SIGTERM');
    await connection.release();
  }
}

const listTools = async context =>
  withGateway(context, async connection => {
    const { tools } = await connection.request('tools/list');
    return tools.map(withSortedKeys);
  });

async function list(context) {
  const tools = await listTools(context);
  if (context.flags.format === 'json') return context.print(`${indentedJson(tools)}\n`);
  const lines = tools.map(({ name, title, annotations, description = '' }) => {
    const about =
      title ??
      annotations?.title ??
      description
        .split('\n')[0]
        .trim()
        .replace(/\. .*$/, '.');
    return ` - ${name} - ${about}\n`;
  });
  context.print(`${tools.length} tools:\n${lines.join('')}${tip}`);
}

async function count(context) {
  const tools = await listTools(context);
  context.print(context.flags.format === 'json' ? `{"count": ${tools.length}}\n` : `${tools.length} tools\n`);
}

async function inspect(context) {
  const [name] = context.args;
  if (!name) fail('no tool name provided');
  const tool = (await listTools(context)).find(candidate => candidate.name === name) ?? fail(`tool ${name} not found`);
  context.print(`${indentedJson(tool)}\n`);
}

/** All values are texts; a repeated key makes a list. */
function readArguments(words) {
  const values = {};
  for (const word of words) {
    const cut = word.indexOf('=');
    const [key, value] = cut < 0 ? [word, null] : [word.slice(0, cut), word.slice(cut + 1)];
    values[key] = key in values ? [values[key], value].flat() : value;
  }
  return values;
}

const goBytes = base64 => `[${[...Buffer.from(base64, 'base64')].join(' ')}]`;
const contentText = block =>
  block.type === 'text' ? block.text : `&{map[] <nil> ${goBytes(block.data ?? '')} ${block.mimeType}}`;

async function call(context) {
  const [name, ...words] = context.args;
  if (!name) fail('no tool name provided');
  await withGateway(context, async connection => {
    const startedAt = performance.now();
    const params = { name, arguments: readArguments(words) };
    const result = await connection
      .request('tools/call', params)
      .catch(error => fail(`calling tool: ${error.message}`));
    context.print(`Tool call took: ${goDuration(performance.now() - startedAt)}\n`);
    const texts = (result.content ?? []).map(contentText).join('\n');
    if (result.isError) fail(`error calling tool ${name}: ${texts}`);
    context.print(`${texts}\n`);
  });
}

export const tools = isLegacy => {
  const flags = { format: 'string', 'gateway-arg': 'strings', verbose: 'bool', version: 'string' };
  const command = (word, about, run) => ({ word, about, args: any(), flags, run });
  return {
    word: 'tools',
    about: 'Manage tools',
    children: [
      command('call', 'Call a tool', call),
      command('count', 'Count tools', count),
      command('inspect', 'Inspect a tool', inspect),
      { ...command('ls', 'List tools', list), aliases: ['list'] },
      ...(isLegacy ? legacyToolCommands : []),
    ],
  };
};
