// The one place that words a message about something that went wrong, and offers the next step as a button.
import { commands, type LogOutputChannel, window } from 'vscode';
import { describeProblem, isProblemError, type ProblemCode } from '../../shared/api/problem.ts';
import { commands as ids } from './contributions.ts';
import { Cancelled, HostProblem, type HostProblemKind } from './host-problem.ts';
import { forNotification } from './plain-text.ts';

interface ReportContext {
  /** Does the same again. */
  tryAgain?: () => unknown;
  /** The server that it is about. */
  serverId?: string | undefined;
}

interface Step {
  label: string;
  act: () => unknown;
}

const run =
  (command: string, ...args: unknown[]) =>
  () =>
    commands.executeCommand(command, ...args);

const showLog: Step = { label: 'Show Log', act: run(ids.showLog) };
const openCatalog: Step = { label: 'Open Catalog', act: run(ids.openCatalog) };
const manageTrust: Step = { label: 'Manage Trust', act: run('workbench.trust.manage') };
const openFolder: Step = { label: 'Open Folder', act: run('workbench.action.files.openFolder') };
const refresh: Step = { label: 'Refresh', act: run(ids.refresh) };
const openSettings: Step = { label: 'Open Settings', act: run('workbench.action.openSettings', 'quayside.daemon') };
const unlockVault: Step = { label: 'Unlock Vault', act: run(ids.unlockVault) };
const loginBitwarden: Step = { label: 'Log In', act: run(ids.loginBitwarden) };
const unlockBitwarden: Step = { label: 'Unlock Bitwarden', act: run(ids.unlockBitwarden) };
const openAccess: Step = { label: 'Open Access', act: run(ids.openAccess) };
const runDoctor: Step = { label: 'Run Doctor', act: run(ids.runDoctor) };
const reload: Step = { label: 'Reload Window', act: run('workbench.action.reloadWindow') };

const hostSteps: Record<HostProblemKind, Step[]> = {
  restricted: [manageTrust],
  noFolder: [openFolder],
  remoteFolder: [],
  brokenConfiguration: [],
  linkedConfiguration: [],
  linkedSnapshots: [],
  changedConfiguration: [],
  badLink: [openCatalog],
  noAddress: [openSettings],
  goneServer: [refresh],
  nothingToChoose: [openCatalog],
  nobodyToChoose: [openAccess],
  differentPassphrases: [],
  noEnvFile: [],
  noProfileFile: [],
  noGatewayAddress: [],
  tooLarge: [],
};

const quiet: ReadonlySet<ProblemCode> = new Set(['TOOL_006', 'INSTALL_007']);

function stepsFor(code: ProblemCode, { serverId }: ReportContext): Step[] {
  if (code === 'DAEMON_010') return [showLog, reload];
  if (code === 'DAEMON_004' || code === 'DAEMON_006') return [openSettings, showLog];
  if (code.startsWith('DAEMON')) return [showLog];
  if (code === 'SERVER_001') return [refresh];
  if (code.startsWith('SERVER') && code !== 'SERVER_002' && serverId !== undefined) {
    return [{ label: 'Show Output', act: run(ids.showServerOutput, serverId) }];
  }
  if (code.startsWith('DOCKER') || code === 'ENGINE_001') return [runDoctor];
  if (code === 'SECRET_003') return [unlockVault];
  if (code === 'BITWARDEN_002') return [loginBitwarden];
  if (code === 'BITWARDEN_003') return [unlockBitwarden];
  if (code.startsWith('USER') || code.startsWith('KEY')) return [openAccess];
  if (code === 'CATALOG_001') return [openCatalog];
  if (code === 'INSTALL_008') return [showLog];
  return [];
}

export type ReportProblem = (error: unknown, context?: ReportContext) => Promise<void>;

/** Errors that were only cancelled are not shown. The message is plain text; the log gets the cause too. */
export function createReportProblem(log: LogOutputChannel): ReportProblem {
  return async (error, context = {}) => {
    if (error instanceof Cancelled || (error instanceof Error && error.name === 'AbortError')) return;
    if (isProblemError(error) && quiet.has(error.code)) return;
    log.error(describeForLog(error));
    const { text, steps } = describe(error, context);
    const again = context.tryAgain ? [{ label: 'Try Again', act: context.tryAgain }] : [];
    const all = [...steps, ...again];
    const chosen = await window.showErrorMessage(forNotification(text), ...all.map(step => step.label));
    await all.find(step => step.label === chosen)?.act();
  };
}

function describe(error: unknown, context: ReportContext): { text: string; steps: Step[] } {
  if (isProblemError(error)) {
    return { text: describeProblem(error.problem), steps: stepsFor(error.code, context) };
  }
  if (error instanceof HostProblem) return { text: `${error.message} ${error.next}`, steps: hostSteps[error.kind] };
  return { text: 'Quayside could not do this. The log says why.', steps: [showLog] };
}

function describeForLog(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = isProblemError(error) ? describeProblem(error.problem) : (error.stack ?? error.message);
  const cause = error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
  return `${own}${cause}`;
}
