import { join } from 'node:path';
import { type ExtensionContext, ExtensionMode, window, workspace } from 'vscode';
import { createDaemonLink, type DaemonLink } from './daemon-link/daemon-link.ts';
import { createDockerMirror, type DockerMirror } from './daemon-link/docker-mirror.ts';
import { Mirror } from './daemon-link/mirror.ts';
import { daemonPlace } from './daemon-link/place.ts';
import { registerAccess } from './features/access/access.commands.ts';
import { registerAgentCommands } from './features/agents/agents.commands.ts';
import { registerMcpProvider } from './features/agents/mcp-provider.ts';
import { registerBitwarden } from './features/bitwarden/bitwarden.ts';
import { registerCatalog } from './features/catalog/catalog.ts';
import { registerClients } from './features/clients/clients.ts';
import { registerContainers } from './features/containers/containers.commands.ts';
import { registerDaemon } from './features/daemon/daemon.commands.ts';
import { registerDashboard } from './features/dashboard/dashboard.commands.ts';
import { registerDoctor } from './features/doctor/doctor.commands.ts';
import type { GatewayTree } from './features/gateway/gateway.tree.ts';
import { registerGateway } from './features/gateway/gateway.ts';
import { registerGateways } from './features/gateways/gateways.commands.ts';
import type { ProfilesTree } from './features/profiles/profiles.tree.ts';
import { registerProfiles } from './features/profiles/profiles.ts';
import type { SecretsTree } from './features/secrets/secrets.tree.ts';
import { registerSecrets } from './features/secrets/secrets.ts';
import { createVaultKey, withVaultKey } from './features/secrets/vault-key.ts';
import type { ServersTree } from './features/servers/servers.tree.ts';
import { registerServers } from './features/servers/servers.ts';
import { followContextKeys } from './features/status/context-keys.ts';
import { createStatusBar, type StatusBar } from './features/status/status-bar.ts';
import { registerTerminalCommand } from './features/terminal/terminal-command.ts';
import { registerTests, type TestsFeature } from './features/tests/tests.ts';
import { registerTools } from './features/tools/tools.commands.ts';
import type { PeopleTree } from './features/users/users.tree.ts';
import { registerUsers } from './features/users/users.ts';
import { createRegisterCommand } from './platform/commands.ts';
import { createPanelHost, type PanelHost } from './platform/panel-host.ts';
import { createReportProblem } from './platform/report-problem.ts';
import { readSettings } from './platform/settings.ts';

/** What other extensions see; `parts` is for our own tests and absent everywhere else. */
export interface ExtensionUnderTest {
  /** How long activate() took, in milliseconds. */
  readonly activationMs: number;
  readonly parts?: {
    readonly link: DaemonLink;
    readonly mirror: Mirror;
    readonly docker: DockerMirror;
    readonly panels: PanelHost;
    readonly statusBar: StatusBar;
    readonly profilesTree: ProfilesTree['provider'];
    readonly serversTree: ServersTree['provider'];
    readonly secretsTree: SecretsTree['provider'];
    readonly tests: TestsFeature;
    readonly peopleTree: PeopleTree['provider'];
    readonly gatewayTree: GatewayTree;
  };
}

export function activate(context: ExtensionContext): ExtensionUnderTest {
  const started = performance.now();
  const log = window.createOutputChannel('Quayside', { log: true });
  const say = (message: string) => log.info(message);
  const report = createReportProblem(log);
  const register = createRegisterCommand(report);
  const place = () => daemonPlace(readSettings().stateFolder, process.env);

  const link = createDaemonLink({
    attach: () => ({ place: place(), version: versionOf(context), launch: launchSettings(context), log: say }),
    isTrusted: () => workspace.isTrusted,
    log: say,
  });
  const mirror = new Mirror(link, say);
  const docker = createDockerMirror(link, say);
  const vaultKey = createVaultKey({
    link,
    keychain: context.secrets,
    home: () => place().home,
    isTrusted: () => workspace.isTrusted,
    log: say,
  });
  const panels = createPanelHost({
    extensionUri: context.extensionUri,
    carrier: withVaultKey(link.carrier, vaultKey),
    onEvent: link.onEvent,
    memory: context.workspaceState,
    report,
    log: say,
  });
  const shared = { link, mirror, docker, register, report, open: panels.open };
  const statusBar = createStatusBar(shared);
  const servers = registerServers(shared);
  const profiles = registerProfiles(shared);
  const tests = registerTests({ ...shared, log: say });
  const secrets = registerSecrets({ ...shared, vaultKey });
  const users = registerUsers({ ...shared, log: say });
  const gateway = registerGateway(shared);

  context.subscriptions.push(
    log,
    link,
    mirror,
    docker,
    vaultKey,
    panels,
    statusBar,
    followContextKeys(shared),
    servers,
    profiles,
    gateway,
    registerGateways(shared),
    registerContainers(shared),
    registerClients(shared),
    registerDoctor(shared),
    registerCatalog(shared),
    registerTools(shared),
    tests,
    secrets,
    registerBitwarden({ ...shared, ensureVault: vaultKey.ensure }),
    users,
    registerAccess(shared),
    registerAgentCommands(shared),
    registerMcpProvider({ ...shared, memory: context.globalState }),
    registerDashboard({ ...shared, extensionId: context.extension.id }),
    registerDaemon({ ...shared, log, logFile: () => place().logFile }),
    registerTerminalCommand({ context, log: say }),
    workspace.onDidGrantWorkspaceTrust(() => void mirror.refresh().catch(report)),
  );

  // A daemon that runs already is shown at once; none is started before somebody needs it.
  void link.attachIfRunning().catch(error => say(String(error)));

  const activationMs = performance.now() - started;
  say(`Activated in ${activationMs.toFixed(1)} ms.`);
  if (context.extensionMode !== ExtensionMode.Test) return { activationMs };
  const trees = {
    serversTree: servers.tree.provider,
    profilesTree: profiles.tree.provider,
    secretsTree: secrets.tree.provider,
    peopleTree: users.tree.provider,
    gatewayTree: gateway.tree,
  };
  return { activationMs, parts: { link, mirror, docker, panels, statusBar, tests, ...trees } };
}

const versionOf = (context: ExtensionContext): string => String(context.extension.packageJSON.version);

function launchSettings(context: ExtensionContext) {
  const { port, idleExitMinutes } = readSettings();
  return {
    program: join(context.extensionPath, 'dist', 'daemon.mjs'),
    runtime: { path: process.execPath, nodeVersion: process.versions.node },
    port,
    idleExitSeconds: idleExitMinutes === 0 ? null : idleExitMinutes * 60,
  };
}
