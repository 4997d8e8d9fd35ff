// Offers the gateway to the agents of the editor, so that they see every running server with nothing to configure.
import { EventEmitter, lm, McpHttpServerDefinition, type Memento, Uri, workspace } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll } from '../../platform/commands.ts';
import { mcpServerDefinitionProvider, settings } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import { readSettings } from '../../platform/settings.ts';
import { toolsVersion } from './tools-version.ts';

export interface McpProviderOptions {
  link: DaemonLink;
  mirror: Mirror;
  memory: Memento;
}

const addressKey = 'agents.mcpUrl';
const versionKey = 'agents.version';

/** Hosts without language models, such as code-server before 1.101, have no such function. */
const isSupported = (): boolean => typeof lm?.registerMcpServerDefinitionProvider === 'function';

export function registerMcpProvider({ link, mirror, memory }: McpProviderOptions) {
  if (!isSupported()) return disposeAll([]);
  const changed = new EventEmitter<void>();

  const remember = async (key: string, value: string) => {
    if (memory.get(key) === value) return;
    await memory.update(key, value);
    changed.fire();
  };

  /** Asked eagerly and often: it starts nothing, asks nothing, and answers from what is remembered. */
  const provide = () => {
    const address = memory.get<string>(addressKey);
    if (!address || !workspace.isTrusted || !readSettings().offerServersToAgents) return [];
    return [
      new McpHttpServerDefinition('Quayside', Uri.parse(address, true), {}, memory.get<string>(versionKey) ?? '0'),
    ];
  };

  /** Asked when an agent is about to connect: now the daemon is needed, and the token is added. */
  const resolve = async (server: McpHttpServerDefinition) => {
    await link.connect();
    const [{ mcpUrl }, { token }] = await Promise.all([link.api.getSession(), link.api.getToken()]);
    if (!mcpUrl) throw new HostProblem('noAddress');
    server.uri = Uri.parse(mcpUrl, true);
    server.headers = { authorization: `Bearer ${token}` };
    return server;
  };

  const learnAddress = async () => {
    const { mcpUrl } = await link.api.getSession();
    if (mcpUrl) await remember(addressKey, mcpUrl);
  };

  /** The mirror keeps the lists, so this asks the daemon only about servers whose tools are new. */
  const learnVersion = async () => {
    const running = mirror.servers.filter(server => server.state === 'running');
    const lists = await Promise.all(running.map(server => mirror.tools(server.id)));
    await remember(versionKey, toolsVersion(lists.flat()));
  };

  return disposeAll([
    changed,
    lm.registerMcpServerDefinitionProvider(mcpServerDefinitionProvider, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: provide,
      resolveMcpServerDefinition: resolve,
    }),
    link.onDidChangeState(state => {
      if (state.kind === 'connected') void learnAddress().catch(() => {});
    }),
    mirror.onDidChange(what => {
      if (mirror.isLoaded && (what.has('servers') || what.has('tools'))) void learnVersion().catch(() => {});
    }),
    workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    workspace.onDidChangeConfiguration(change => {
      if (change.affectsConfiguration(settings.offerServersToAgents)) changed.fire();
    }),
  ]);
}
