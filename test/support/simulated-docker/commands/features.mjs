// `feature`: switches in ~/.docker/config.json. Its list says that profiles are off where they are always on.
import { exactly } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { isFeatureOn, readDockerConfig, writeDockerConfig } from '../settings.mjs';

const known = {
  'oauth-interceptor': ['Enable GitHub OAuth flow interception for automatic authentication', false],
  'mcp-oauth-dcr': ['Enable Dynamic Client Registration (DCR) for automatic OAuth client setup', true],
  'dynamic-tools': ['Enable internal MCP management tools (mcp-find, mcp-add, mcp-remove)', true],
  'tool-name-prefix': ['Prefix all tool names with server name to avoid conflicts', false],
  'use-embeddings': ['Enable vector similarity search for find-tools (requires OPENAI_API_KEY)', false],
  profiles: ['Enable profile management tools (docker mcp profile <subcommand>)', false],
};

const notes = {
  'tool-name-prefix': `This feature enables automatic prefixing of tool names with server names.
When enabled, all tools are automatically prefixed with their server name:
  - Example: 'search' becomes 'github:search'
  - Prevents name conflicts when multiple servers provide tools with the same name
  - Individual servers can override this with the 'prefix' field in their configuration

No additional flags are needed - this applies to all gateway runs.
`,
  profiles: `This feature enables profile management tools.
When enabled, the cli provides commands for managing profiles:
  - docker mcp profile <subcommand> ...

This also enables the --profile flag for the docker mcp gateway run command.
`,
};

const unknown = name => `unknown feature: ${name}

Available features:
  oauth-interceptor      Enable GitHub OAuth flow interception
  mcp-oauth-dcr          Enable Dynamic Client Registration for automatic OAuth setup
  dynamic-tools          Enable internal MCP management tools
  profiles               Enable profile management (docker mcp profile <subcommand>)
  tool-name-prefix       Prefix all tool names with server name`;

/** Whether a feature is on in this home. */
export const hasFeature = (settings, name) => isFeatureOn(settings, name, known[name][1]);

function list({ settings, print }) {
  print('Available experimental features:\n\n');
  for (const [name, [about]] of Object.entries(known)) {
    print(`  ${name.padEnd(20)} ${hasFeature(settings, name) ? 'enabled' : 'disabled'}\n`);
    print(`${' '.repeat(23)}${about}\n\n`);
  }
}

function change(settings, name, value) {
  if (!known[name]) fail(unknown(name));
  const config = readDockerConfig(settings);
  writeDockerConfig(settings, { ...config, features: { ...config.features, [name]: value } });
}

function enable({ settings, args, print }) {
  change(settings, args[0], 'enabled');
  print(`Feature '${args[0]}' enabled successfully.\n\n${notes[args[0]] ?? ''}`);
}

function disable({ settings, args, print }) {
  change(settings, args[0], 'disabled');
  print(`Feature '${args[0]}' disabled successfully.\n`);
}

export const feature = {
  word: 'feature',
  about: 'Manage experimental features',
  children: [
    { word: 'disable', about: 'Disable an experimental feature', args: exactly(1), flags: {}, run: disable },
    { word: 'enable', about: 'Enable an experimental feature', args: exactly(1), flags: {}, run: enable },
    {
      word: 'ls',
      aliases: ['list'],
      about: 'List all available features and their status',
      args: 'none',
      flags: {},
      run: list,
    },
  ],
};
