// Whose state is looked at before and after an act, so that the audit log tells what it has changed. Data: one row for each act.
import type { AuditChange } from '../../shared/api/audit.ts';
import type { RouteOutput } from '../../shared/api/route.ts';
import type { OperationId, Routes } from '../../shared/api/routes.ts';
import type { SecretReference } from '../../shared/api/secrets.ts';
import type { RequestContext } from './context.ts';
import type { Principal } from './principal.ts';
import { findChanges, type RecordedState } from './state-changes.ts';

interface View {
  /** The operation that shows what is changed. */
  read: OperationId;
  /** What of its answer is recorded. */
  toState: (answer: never) => RecordedState;
  /** Of the one who asks, instead of what the path names. */
  ofCaller?: true;
}

const view = <K extends OperationId>(
  read: K,
  toState: (answer: RouteOutput<Routes[K]>) => RecordedState,
): { read: K; toState: typeof toState } => ({ read, toState });

const placeOf = (reference: SecretReference): string =>
  'header' in reference ? reference.header : reference.environmentVariable;

const server = view('getServer', ({ title, description, enabled, source, configuration }) => {
  const { workingDirectory, restart, limits, network, disabledTools, secretReferences, session } = configuration;
  const references = Object.fromEntries(secretReferences.map(each => [placeOf(each), each]));
  const told = {
    title,
    description,
    enabled,
    source: source.type,
    workingDirectory,
    restart,
    session,
    limits,
    disabledTools,
  };
  return {
    shown: { ...told, inheritProxy: network.inheritProxy, secretReferences: references },
    hidden: {
      environment: configuration.environment,
      headers: network.headers,
      arguments: configuration.arguments,
      settings: configuration.settings,
    },
  };
});

const user = view('getUser', ({ name, displayName, roles, disabled, hasPassword, secondFactor, sessions, keys }) => ({
  shown: { name, displayName, roles, disabled, hasPassword, secondFactor, sessions, keys },
}));
const me = { ...user, ofCaller: true } as const;

const secret = view('getSecret', ({ name, serverId, version, usedBy }) => ({
  shown: { name, serverId, version, usedBy: usedBy.map(({ serverId: id, place }) => `${id} (${place})`) },
}));

const vault = view('getVault', ({ state, source, keys, schedule }) => ({
  shown: {
    state,
    source,
    newestKey: keys.find(key => key.state === 'newest')?.version,
    rotateEveryDays: schedule?.everyDays,
  },
}));

const bitwarden = view('getBitwarden', ({ state, serverUrl, email, autoLockMinutes, syncEveryMinutes }) => ({
  shown: { state, serverUrl, email, autoLockMinutes, syncEveryMinutes },
}));

const profile = view('getProfile', ({ name, serverIds }) => ({ shown: { name, servers: serverIds } }));
const gateway = view('getGateway', ({ ownTools }) => ({ shown: { ownTools } }));
const catalog = view('getCatalog', ({ ref, title }) => ({ shown: { ref, title } }));

const lock = view('getLock', ({ mode, quarantined, waiting, approvedAt }) => ({
  shown: { mode, quarantined, waiting, approvedAt },
}));

/** What a rule looks for in arguments may be anything, so its conditions are not told. */
const approvalRules = view('getApprovalRules', ({ preset, rules, otherwise, askSeconds }) => ({
  shown: { preset, otherwise, askSeconds, verdicts: Object.fromEntries(rules.map(({ id, verdict }) => [id, verdict])) },
  hidden: { rules: Object.fromEntries(rules.map(({ id, when }) => [id, when])) },
}));

const callSettings = view('getCallSettings', ({ keep, redactResults, days, megabytes, valueBytes, rules }) => ({
  shown: { keep, redactResults, days, megabytes, valueBytes, rules },
}));

/** Acts whose handlers tell it themselves, by `recordChange`: there is no operation that shows one of what they change. */
export const toldByHandlers = [
  'deleteKey',
  'saveProvider',
  'deleteProvider',
  'importSecrets',
  'deleteBitwardenMapping',
  'deleteBitwardenLink',
] as const satisfies readonly OperationId[];

export const auditedChanges: Readonly<Partial<Record<OperationId, View>>> = {
  updateServer: server,
  deleteServer: server,
  startServer: server,
  stopServer: server,
  restartServer: server,
  updateTool: server,
  updateUser: user,
  deleteUser: user,
  inviteUser: user,
  resetSecondFactor: user,
  signOutUser: user,
  confirmSecondFactor: me,
  removeSecondFactor: me,
  replaceSecretValue: secret,
  deleteSecret: secret,
  unlockVault: vault,
  changeMasterKey: vault,
  rotateVaultKey: vault,
  scheduleRotation: vault,
  updateBitwarden: bitwarden,
  loginBitwarden: bitwarden,
  unlockBitwarden: bitwarden,
  lockBitwarden: bitwarden,
  logoutBitwarden: bitwarden,
  renameProfile: profile,
  deleteProfile: profile,
  updateGateway: gateway,
  deleteCatalog: catalog,
  updateLock: lock,
  approveLock: lock,
  replaceApprovalRules: approvalRules,
  updateCallSettings: callSettings,
};

/** Shows an operation's answer, as if it were asked for by itself. */
type Read = (operation: OperationId, request: { params: unknown; query: object }, context: RequestContext) => unknown;

export interface ChangeWatch {
  /** What a handler tells itself. */
  recordChange(before: RecordedState | null, after: RecordedState | null): void;
  /** All that has changed since; undefined for acts of which nothing is recorded. To be asked once, after the act. */
  changes(): Promise<AuditChange[] | undefined>;
}

/** To be made before the act. That something cannot be shown keeps nobody from changing it. */
export async function watchChanges(
  operation: OperationId,
  params: unknown,
  context: Omit<RequestContext, 'recordChange'>,
  read: Read,
): Promise<ChangeWatch> {
  const own: AuditChange[] = [];
  const recordChange: ChangeWatch['recordChange'] = (before, after) => void own.push(...findChanges(before, after));
  const watched = auditedChanges[operation];
  const reading = { ...context, recordChange: () => {} };
  const look = async (): Promise<RecordedState | null> => {
    if (!watched) return null;
    try {
      const of = watched.ofCaller ? idOf(context.principal) : params;
      return watched.toState((await read(watched.read, { params: of, query: {} }, reading)) as never);
    } catch {
      return null;
    }
  };
  const before = await look();
  return {
    recordChange,
    async changes() {
      if (!watched) return own.length === 0 ? undefined : own;
      return [...findChanges(before, await look()), ...own];
    },
  };
}

const idOf = (principal: Principal | null): { id: string } => ({ id: principal?.id ?? '' });
