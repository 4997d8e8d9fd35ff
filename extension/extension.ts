import { join } from 'node:path';
import { type ExtensionContext, window, workspace } from 'vscode';
import { createDaemonLink } from './daemon-link/daemon-link.ts';
import { createMirror } from './daemon-link/mirror.ts';
import { daemonPlace } from './daemon-link/place.ts';
import { registerAccess } from './features/access/access.commands.ts';
import { registerAgentCommands } from './features/agents/agents.commands.ts';
import { registerMcpProvider } from './features/agents/mcp-provider.ts';
import { registerCatalog } from './features/catalog/catalog.ts';
import { registerDaemon } from './features/daemon/daemon.commands.ts';
import { registerDashboard } from './features/dashboard/dashboard.commands.ts';
import { registerServers } from './features/servers/servers.ts';
import { followContextKeys } from './features/status/context-keys.ts';
import { createStatusBar } from './features/status/status-bar.ts';
import { registerTerminalCommand } from './features/terminal/terminal-command.ts';
import { registerTools } from './features/tools/tools.commands.ts';
import { createRegisterCommand } from './platform/commands.ts';
import { createPanelHost } from './platform/panel-host.ts';
import { createReportProblem } from './platform/report-problem.ts';
import { readSettings } from './platform/settings.ts';

/** What other extensions and the tests see. */
export interface QuaysideExtension {
  /** How long activate() took, in milliseconds. */
  readonly activationMs: number;
}

export function activate(context: ExtensionContext) {
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
  const mirror = createMirror(link, say);
  const panels = createPanelHost({
    extensionUri: context.extensionUri,
    carrier: link.carrier,
    onEvent: link.onEvent,
    memory: context.workspaceState,
    report,
    log: say,
  });
  const shared = { link, mirror, register, report, open: panels.open };
  const statusBar = createStatusBar(shared);

  context.subscriptions.push(
    log,
    link,
    mirror,
    panels,
    statusBar,
    followContextKeys(shared),
    registerServers(shared),
    registerCatalog(shared),
    registerTools(shared),
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
  return { activationMs, link, mirror, panels, statusBar };
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
