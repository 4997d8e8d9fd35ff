// `template`: the starter templates that are built into the plugin.
import { exactly } from '../command-line.mjs';
import { fail, noSuchHost } from '../failure.mjs';
import { printAs } from './catalogs.mjs';

export const templates = [
  {
    id: 'ai-coding',
    title: 'AI coding',
    description:
      'Write code faster with Context7 for codebase awareness and Sequential Thinking for structured problem-solving.',
    server_names: ['context7', 'sequentialthinking'],
  },
  {
    id: 'dev-workflow',
    title: 'Dev workflow',
    description:
      'Automate your development cycle: open issues, write code, and update tickets with GitHub and Atlassian.',
    server_names: ['github-official', 'atlassian-remote'],
  },
  {
    id: 'terminal-control',
    title: 'Terminal control',
    description: 'Run commands and scripts, manage files, and control your system directly from your AI client.',
    server_names: ['desktop-commander', 'filesystem'],
  },
];

function list(context) {
  if (printAs(context, templates, context.flags.format)) return;
  context.print(`ID\tTitle\n${templates.map(({ id, title }) => `${id}\t${title}\n`).join('')}`);
}

function use({ args, print }) {
  if (!templates.some(({ id }) => id === args[0])) fail(`unknown template: ${args[0]}`);
  print('Pulling Docker MCP catalog...\n');
  fail(`failed to pull catalog mcp/docker-mcp-catalog: ${noSuchHost('index.docker.io')}`);
}

export const template = {
  word: 'template',
  about: 'Manage starter profile templates',
  children: [
    {
      word: 'list',
      aliases: ['ls'],
      about: 'List available templates',
      args: 'none',
      flags: { format: 'string' },
      run: list,
    },
    { word: 'use', about: 'Create a profile from a template', args: exactly(1), flags: { name: 'string' }, run: use },
  ],
};
