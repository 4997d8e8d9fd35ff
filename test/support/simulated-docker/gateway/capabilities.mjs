// Starts servers, asks what they have, and merges the answers to what the gateway offers.
import { cpus } from 'node:os';
import { withSortedKeys } from '../go-format.mjs';
import { connectProcess, connectRemote, initialize, ServerError } from './connection.mjs';
import { checkRemote, findRunTrouble, planRun, startServerProcess } from './launch.mjs';
import { fill } from './templates.mjs';

/** A connected server. Logs the line that names the container. Throws why it cannot be used. */
export async function openServer(gateway, server, { onNotification, signal } = {}) {
  const { settings, flags, log } = gateway;
  const { name, spec } = server;
  if (spec.type === 'remote' || spec.remote?.url || spec.sseEndpoint) {
    const url = spec.remote?.url ?? spec.sseEndpoint;
    checkRemote(name, url);
    const headers = Object.fromEntries(
      Object.entries(spec.remote?.headers ?? {}).map(([key, value]) => [key, fillSecrets(value, server)]),
    );
    const connection = connectRemote(url, headers);
    return { ...connection, capabilities: await initialize(connection) };
  }
  const plan = planRun(server, { flags });
  for (const warning of plan.warnings) log.line(warning);
  if (flags.verbose) for (const line of plan.lines) log.line(line);
  const command = plan.command.length > 0 ? ` and command [${plan.command.join(' ')}]` : '';
  log.line(`  - Running ${spec.image} with [${plan.args.join(' ')}]${command}`);
  const onErrorLine = line => flags.verbose && log.line(`- ${name}: ${line}`);
  const trouble = findRunTrouble(settings, spec.image);
  if (trouble) {
    for (const line of [trouble, '', "Run 'docker run --help' for more information"]) onErrorLine(line);
    throw new ServerError('failed to connect: calling "initialize": EOF');
  }
  const child = startServerProcess(settings, server, plan);
  const connection = connectProcess(child, { onNotification, onErrorLine, signal });
  try {
    return { ...connection, capabilities: await initialize(connection) };
  } catch (error) {
    connection.letGo();
    child.kill('SIGKILL');
    throw error;
  }
}

const fillSecrets = (text, { spec, secrets, config }) => {
  const named = Object.fromEntries((spec.secrets ?? []).map(({ name, env }) => [env, secrets(name) ?? '<UNKNOWN>']));
  return fill(
    text.replace(/\$\{?(\w+)\}?/g, (whole, key) => named[key] ?? whole),
    config,
  );
};

const ask = async (connection, capability, method, field) => {
  if (!connection.capabilities[capability]) return [];
  const answer = await connection.request(method).catch(() => ({}));
  return answer[field] ?? [];
};

const isEnabled = ({ tools }, name) => tools === undefined || tools === null || tools.includes(name);

async function listServer(gateway, server) {
  const connection = await openServer(gateway, server, { signal: gateway.signal });
  try {
    const all = await ask(connection, 'tools', 'tools/list', 'tools');
    const wanted = gateway.flags.tools;
    return {
      server,
      tools: all.filter(({ name }) => (wanted ? wanted.includes(name) : isEnabled(server, name))),
      prompts: await ask(connection, 'prompts', 'prompts/list', 'prompts'),
      resources: await ask(connection, 'resources', 'resources/list', 'resources'),
      templates: await ask(connection, 'resources', 'resources/templates/list', 'resourceTemplates'),
    };
  } finally {
    await connection.release();
  }
}

const countLine = ({ server, tools, prompts, resources, templates }) => {
  const counts = { tools, prompts, resources, resourceTemplates: templates };
  const parts = Object.entries(counts)
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => ` (${list.length} ${what})`);
  return parts.length > 0 ? `  > ${server.name}:${parts.join('')}` : undefined;
};

/** Asks one server again, as a refresh does. */
export async function refreshServer(gateway, server) {
  const listed = await listServer(gateway, server).catch(error => {
    gateway.log.line(`  > Can't start ${server.name}: ${error.message}`);
    return undefined;
  });
  const line = listed && countLine(listed);
  if (line) gateway.log.line(line);
  return listed;
}

/** Asks all servers, as many at a time as there are processors. A server that never answers holds it up for ever. */
export async function listServers(gateway, servers) {
  const waiting = [...servers];
  const found = [];
  const work = async () => {
    for (let server = waiting.shift(); server; server = waiting.shift()) {
      const listed = await refreshServer(gateway, server);
      if (listed) found.push(listed);
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, work));
  return found.sort((a, b) => servers.indexOf(a.server) - servers.indexOf(b.server));
}

/** The name under which a tool is offered. */
const nameOf = (gateway, { name, spec }, tool) => {
  const prefix = spec.prefix || (gateway.hasPrefixes ? name : '');
  return prefix ? `${prefix}__${tool}` : tool;
};

/** All tools, prompts and resources by their offered names. Throws on two tools of one name. */
export function mergeCapabilities(gateway, listed, ownTools) {
  const tools = new Map(ownTools.map(tool => [tool.name, { own: true, tool }]));
  const collide = (one, other, name) => {
    const [first, second] = [one, other].sort();
    throw new Error(
      `tool name collision: server "${first}" and server "${second}" both expose tool name "${name}"; enable tool-name-prefix or set unique catalog prefixes`,
    );
  };
  const all = listed.flatMap(({ server, tools: own }) => own.map(tool => ({ server, tool })));
  const offers = all
    .map(({ server, tool }) => ({ server, tool, offered: nameOf(gateway, server, tool.name) }))
    .sort((a, b) => (a.offered < b.offered ? -1 : 1));
  for (const { server, tool, offered } of offers) {
    const other = tools.get(offered);
    if (other) collide(server.name, other.own ? 'gateway' : other.server.name, offered);
    tools.set(offered, { server, original: tool.name, tool: withSortedKeys({ ...tool, name: offered }) });
  }
  const pairs = (key, of) =>
    listed.flatMap(entry => entry[key].map(item => [of(item), { server: entry.server, item }]));
  return {
    tools,
    prompts: new Map(pairs('prompts', ({ name }) => name)),
    resources: new Map(pairs('resources', ({ uri }) => uri)),
    templates: new Map(pairs('templates', ({ uriTemplate }) => uriTemplate)),
  };
}
