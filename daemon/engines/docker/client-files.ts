// Which file each client of `docker mcp client` keeps, and how docker mcp writes into it.
// Source: pkg/client/config.yml and pkg/client/global.go of docker/mcp-gateway (0.42 and later), and the recordings
// client-connect-vscode-global, client-connect-vscode-project and client-connect-cursor-jsonc.

export type ClientPlatform = 'linux' | 'darwin' | 'win32';

/** The command that docker mcp puts into a client's file. */
export interface GatewayEntry {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

export interface ClientEdit {
  /** The member of the file that holds the servers. */
  section: string;
  entry: (gateway: GatewayEntry) => Record<string, unknown>;
}

export interface ClientFile {
  format: 'json' | 'yaml' | 'toml';
  /** Of each system the places in order: the first that exists is taken, else the first whose variables are all set. */
  paths: Record<ClientPlatform, readonly string[]>;
  /** null: what docker mcp will write cannot be told before. */
  edit: ClientEdit | null;
}

const asItIs = (gateway: GatewayEntry) => ({ ...gateway });
const withType = (gateway: GatewayEntry) => ({ ...gateway, type: 'stdio' });
const mcpServers: ClientEdit = { section: 'mcpServers', entry: asItIs };

const inHome = (path: string): ClientFile['paths'] => ({
  linux: [`$HOME/${path}`],
  darwin: [`$HOME/${path}`],
  win32: [`$USERPROFILE/${path}`],
});
const json = (paths: ClientFile['paths'], edit: ClientEdit = mcpServers): ClientFile => ({
  format: 'json',
  paths,
  edit,
});

const clineFile = 'User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json';
const inEditors = (folder: string) => [`${folder}/Code/${clineFile}`, `${folder}/Cursor/${clineFile}`];

/** `gordon` is missing: its file is Docker's own, and it takes no profile. */
export const globalFiles: Readonly<Record<string, ClientFile>> = {
  'claude-code': json({
    linux: ['$CLAUDE_CONFIG_DIR/.claude.json', '$HOME/.claude.json'],
    darwin: ['$CLAUDE_CONFIG_DIR/.claude.json', '$HOME/.claude.json'],
    win32: ['$CLAUDE_CONFIG_DIR/.claude.json', '$USERPROFILE/.claude.json'],
  }),
  'claude-desktop': json({
    linux: ['$HOME/.config/claude/claude_desktop_config.json'],
    darwin: ['$HOME/Library/Application Support/Claude/claude_desktop_config.json'],
    win32: ['$APPDATA/Claude/claude_desktop_config.json'],
  }),
  cline: json({
    linux: inEditors('$HOME/.config'),
    darwin: inEditors('$HOME/Library/Application Support'),
    win32: inEditors('$APPDATA'),
  }),
  codex: { format: 'toml', paths: inHome('.codex/config.toml'), edit: null },
  continue: { format: 'yaml', paths: inHome('.continue/config.yaml'), edit: null },
  crush: json(
    {
      linux: ['$HOME/.config/crush/crush.json'],
      darwin: ['$HOME/.config/crush/crush.json'],
      win32: ['$LOCALAPPDATA/crush/crush.json'],
    },
    { section: 'mcp', entry: withType },
  ),
  cursor: json(inHome('.cursor/mcp.json')),
  gemini: json(inHome('.gemini/settings.json')),
  goose: {
    format: 'yaml',
    paths: {
      linux: ['$HOME/.config/goose/config.yaml'],
      darwin: ['$HOME/.config/goose/config.yaml'],
      win32: ['$APPDATA/Block/goose/config/config.yaml'],
    },
    edit: null,
  },
  kiro: json(inHome('.kiro/settings/mcp.json')),
  lmstudio: json({
    linux: ['$HOME/.cache/lm-studio/mcp.json', '$HOME/.lmstudio/mcp.json'],
    darwin: ['$HOME/.cache/lm-studio/mcp.json', '$HOME/.lmstudio/mcp.json'],
    win32: ['$USERPROFILE/.cache/lm-studio/mcp.json', '$USERPROFILE/.lmstudio/mcp.json'],
  }),
  opencode: json(inHome('.config/opencode/opencode.json'), {
    section: 'mcp',
    entry: ({ command, args }) => ({ type: 'local', command: [command, ...args], enabled: true }),
  }),
  sema4: json(
    {
      linux: ['$HOME/.sema4ai/sema4ai-studio/mcp_servers.json'],
      darwin: ['$HOME/.sema4ai/sema4ai-studio/mcp_servers.json'],
      win32: ['$USERPROFILE/AppData/Local/sema4ai/sema4ai-studio/mcp_servers.json'],
    },
    { section: 'mcpServers', entry: gateway => ({ ...gateway, transport: 'stdio' }) },
  ),
  vscode: json(
    {
      linux: ['$HOME/.config/Code/User/mcp.json'],
      darwin: ['$HOME/Library/Application Support/Code/User/mcp.json'],
      win32: ['$APPDATA/Code/User/mcp.json'],
    },
    { section: 'servers', entry: withType },
  ),
  zed: json(inHome('.config/zed/settings.json'), {
    section: 'context_servers',
    entry: gateway => ({ source: 'custom', enabled: true, ...gateway }),
  }),
};

export interface ProjectFile {
  /** From the root of the git project. */
  path: string;
  edit: ClientEdit;
}

export const projectFiles: Readonly<Record<string, ProjectFile>> = {
  'claude-code': { path: '.mcp.json', edit: { section: 'mcpServers', entry: withType } },
  crush: { path: '.crush.json', edit: { section: 'mcp', entry: withType } },
  cursor: { path: '.cursor/mcp.json', edit: mcpServers },
  kiro: { path: '.kiro/settings/mcp.json', edit: mcpServers },
  vscode: { path: '.vscode/mcp.json', edit: { section: 'servers', entry: withType } },
};
