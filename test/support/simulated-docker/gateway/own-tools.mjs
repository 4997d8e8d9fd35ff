// The tools that the gateway offers by itself. With them a connected model can change the user's profiles.

import { listCatalogs, openStore, saveProfile } from '../store.mjs';
import definitions from './own-tools.json' with { type: 'json' };

const ofProfiles = ['mcp-create-profile', 'mcp-activate-profile'];

const about = {
  'mcp-find': 'tool for finding MCP servers in the catalog',
  'mcp-add': 'tool for adding MCP servers to the registry',
  'mcp-remove': 'tool for removing MCP servers from the registry',
  'code-mode': 'write code that calls other MCPs directly',
  'mcp-exec': 'execute tools that exist in the current session',
  'mcp-config-set': 'tool for setting configuration values for MCP servers',
  'mcp-create-profile': 'tool for creating or updating profiles with current gateway state',
  'mcp-activate-profile': 'tool for activating saved profiles',
};

/** The definitions; the old dialect has none for profiles. */
export const ownTools = hasProfiles => definitions.filter(({ name }) => hasProfiles || !ofProfiles.includes(name));

export function announceOwnTools({ log, hasProfiles }) {
  log.line('- Adding internal tools (dynamic-tools feature enabled)');
  for (const [name, text] of Object.entries(about))
    if (hasProfiles || !ofProfiles.includes(name)) log.line(`  > ${name}: ${text}`);
  log.line('  > mcp-discover: prompt for learning about dynamic server management');
}

export const discoverPrompt = { name: 'mcp-discover', description: 'Learn about dynamic MCP server management' };

const text = value => ({ content: [{ type: 'text', text: value }] });

function find({ settings }, { query = '' }) {
  const all = listCatalogs(settings).flatMap(({ servers }) => servers.map(({ snapshot }) => snapshot.server));
  const found = all.filter(({ name, title = '', description = '' }) =>
    `${name} ${title} ${description}`.toLowerCase().includes(String(query).toLowerCase()),
  );
  const servers = found.map(({ name, description }) => ({ name, description }));
  return text(JSON.stringify({ query, total_matches: servers.length, servers }));
}

async function createProfile(gateway, { name }) {
  await openStore(gateway.settings);
  const id = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const servers = gateway.servers.map(({ name: server, spec, config, tools }) => ({
    type: spec.type === 'remote' ? 'remote' : 'image',
    config: config[server] ?? {},
    secrets: 'default',
    tools: tools ?? null,
    image: spec.image,
    snapshot: { server: spec },
  }));
  saveProfile(gateway.settings, {
    version: 1,
    id,
    name,
    servers,
    secrets: { default: { provider: 'docker-desktop-store' } },
  });
  return text(`Successfully created profile '${id}' with ${servers.length} servers`);
}

/** Calls an own tool. `callTool(name, args)` reaches the tools of the servers. */
export async function callOwnTool(gateway, name, args, callTool) {
  if (name === 'mcp-find') return find(gateway, args);
  if (name === 'mcp-exec') return callTool(args.name, args.arguments ?? {});
  if (name === 'mcp-create-profile') return createProfile(gateway, args);
  return { ...text(`${name} is not simulated`), isError: true };
}
