// The channel between a webview and its host: the API's own requests over postMessage, and a few acts that only an editor can do.
import * as z from 'zod';
import type { Carrier } from './client.ts';
import { toNumberedEvent } from './event-stream.ts';
import { Problem, ProblemError, problem } from './problem.ts';
import { type OperationId, operationIds, routes } from './routes.ts';

/**
 * What a panel may ask of the daemon through the host. Named one by one, so that a new route is not open to panels
 * until somebody has thought of it. Neither the daemon's end nor its tokens are among them.
 *
 * Secrets: no route hands a value out, so a panel can learn names and dates at most. A new value goes in from a panel
 * as from any form: the panel is our own script under a policy that lets nothing else run and nothing else be asked,
 * and the host neither logs nor keeps what it relays. Deleting and rotating destroy no value that another could want
 * to read, and are on record. What opens or carries away the whole vault at once stays out: `unlockVault`,
 * `changeMasterKey`, `exportSecrets` and `importSecrets` are commands of the editor, with its own input boxes. So are
 * `loginBitwarden` and `unlockBitwarden`, which take a master password.
 *
 * Access: a panel asks as the owner, whom the policy refuses nothing, so what stands here is all that it may. Who may
 * come in is decided by a person at the editor as well as at the page: users, their roles and invitations, keys and
 * agents. An invitation and a new key are the two answers with something to keep to oneself in them. Each is shown once
 * to the person who has just asked for it, on a page that can send nothing anywhere, and is on record. Providers, and
 * the accounts of Bitwarden that users sign in with, are listed only: to change one is to hand the choice of who comes
 * in to somebody else; the page and the command do that. What is one's own (password, second factor) the owner has not
 * got. The owner's sessions are those of pages in browsers: to see and to end them is relayed, to make one is not.
 */
export const relayedOperations: ReadonlySet<OperationId> = new Set<OperationId>([
  'getHealth',
  'getStatus',
  'getSession',
  'listServers',
  'createServer',
  'getServer',
  'updateServer',
  'deleteServer',
  'startServer',
  'stopServer',
  'restartServer',
  'testServer',
  'listTools',
  'listServerTools',
  'listToolClashes',
  'keepToolClash',
  'reopenToolClash',
  'updateTool',
  'callTool',
  'listResources',
  'listPrompts',
  'listResourceTemplates',
  'readResource',
  'getPrompt',
  'completeArgument',
  'listQuestions',
  'answerQuestion',
  'getTokenCosts',
  'listCalls',
  'getCall',
  'exportCalls',
  'replayCall',
  'deleteCalls',
  'getCallStatistics',
  'getCallSettings',
  'updateCallSettings',
  'getToolAdvice',
  'listMcpSessions',
  'deleteMcpSession',
  'getServerPath',
  'listLocks',
  'getLock',
  'approveLock',
  'rejectLock',
  'updateLock',
  'getLockFile',
  'listApprovals',
  'getApproval',
  'approveCall',
  'denyCall',
  'getApprovalRules',
  'replaceApprovalRules',
  'explainApproval',
  'listSavedCalls',
  'createSavedCall',
  'updateSavedCall',
  'deleteSavedCall',
  'listCatalog',
  'getCatalogEntry',
  'getCatalogFacets',
  'listCatalogs',
  'getCatalog',
  'previewCatalog',
  'createCatalog',
  'pullCatalog',
  'pushCatalog',
  'tagCatalog',
  'deleteCatalog',
  'getDocker',
  'probeDocker',
  'listProfiles',
  'getProfile',
  'createProfile',
  'renameProfile',
  'deleteProfile',
  'exportProfile',
  'importProfile',
  'pushProfile',
  'pullProfile',
  'listGateways',
  'getGateway',
  'startGateway',
  'stopGateway',
  'restartGateway',
  'updateGateway',
  'listContainers',
  'stopContainer',
  'readContainerLogs',
  'sweepContainers',
  'getDiskUse',
  'cleanDisk',
  'listClients',
  'previewClientChange',
  'changeClient',
  'listClientBackups',
  'restoreClientBackup',
  'runDoctor',
  'listServerTests',
  'listTestRuns',
  'getTestRun',
  'makeTestOfCall',
  'listServerComparisons',
  'createComparison',
  'getComparison',
  'cancelComparison',
  'applyDoctorFix',
  'retryOperation',
  'createOperation',
  'listOperations',
  'getOperation',
  'cancelOperation',
  'listSecrets',
  'getSecret',
  'createSecret',
  'replaceSecretValue',
  'deleteSecret',
  'listSecretUses',
  'getVault',
  'rotateVaultKey',
  'getBitwarden',
  'lockBitwarden',
  'listBitwardenItems',
  'listBitwardenMappings',
  'createBitwardenMapping',
  'deleteBitwardenMapping',
  'syncBitwarden',
  'updateBitwarden',
  'listUsers',
  'createUser',
  'getUser',
  'updateUser',
  'deleteUser',
  'inviteUser',
  'resetSecondFactor',
  'signOutUser',
  'listKeys',
  'createKey',
  'deleteKey',
  'listProviders',
  'listBitwardenLinks',
  'listRoles',
  'explainAccess',
  'listMySessions',
  'endMySession',
  'listAudit',
  'verifyAudit',
  'exportAudit',
]);

/** Acts of the host, asked by a panel. The page at localhost does them itself or hides them. */
export const HostAct = z.discriminatedUnion('act', [
  z.object({ act: z.literal('openExternal'), url: z.url({ protocol: /^https?$/ }) }),
  z.object({ act: z.literal('copy'), text: z.string().max(10_485_760) }),
  z.object({ act: z.literal('openServer'), serverId: z.string().max(64) }),
  z.object({ act: z.literal('openTool'), serverId: z.string().max(64), tool: z.string().max(128) }),
  z.object({ act: z.literal('openCatalog'), entryId: z.string().max(64).optional() }),
  z.object({ act: z.literal('openDashboard') }),
  z.object({ act: z.literal('openSecrets') }),
  z.object({
    act: z.literal('openAccess'),
    tab: z
      .string()
      .regex(/^[a-z-]{1,24}$/)
      .optional(),
  }),
  z.object({
    act: z.literal('openGateway'),
    tab: z
      .string()
      .regex(/^[a-z-]{1,24}$/)
      .optional(),
  }),
  z.object({
    act: z.literal('openDocker'),
    place: z.enum(['profiles', 'containers', 'clients', 'doctor']),
    profile: z.string().max(128).optional().describe('Which of the profiles'),
  }),
  z.object({ act: z.literal('openText'), language: z.enum(['json', 'plaintext']), text: z.string().max(10_485_760) }),
]);
export type HostAct = z.infer<typeof HostAct>;

/** What a webview sends. */
export const PanelMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('request'),
    id: z.int(),
    operationId: z.enum(operationIds),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: z.string().max(4096).startsWith('/api/v1/'),
    // The editor carries messages as JSON, in which what is undefined is absent.
    body: z.unknown().optional(),
  }),
  z.object({ type: z.literal('cancel'), id: z.int() }),
  z.object({ type: z.literal('follow') }),
  z.object({ type: z.literal('host'), act: HostAct }),
]);
export type PanelMessage = z.infer<typeof PanelMessage>;

/** What the host sends. */
export const HostMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('response'), id: z.int(), status: z.int(), body: z.unknown().optional() }),
  z.object({ type: z.literal('failure'), id: z.int(), problem: Problem }),
  z.object({ type: z.literal('event'), id: z.string(), data: z.string() }),
  z.object({ type: z.literal('navigate'), location: z.string().max(1024) }),
]);
export type HostMessage = z.infer<typeof HostMessage>;

/** Whether a request names the route it claims to: the relay's allow-list would be void without it. */
export function isHonestRequest(request: Extract<PanelMessage, { type: 'request' }>): boolean {
  const route = routes[request.operationId];
  const pattern = `^/api/v1${route.path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/?#]+')}(?:\\?[^#]*)?$`;
  const path = request.path;
  return (
    route.method.toUpperCase() === request.method &&
    new RegExp(pattern).test(path) &&
    // Dots that climb, also as %2e, and what some readers take for a slash.
    !/(?:^|\/)(?:\.|%2e){1,2}(?:\/|\?|$)|\\/i.test(path)
  );
}

/** The webview's end of the channel. */
export interface PanelPort {
  post(message: PanelMessage): void;
  /** Calls back for each message from the host; returns the way to stop. */
  onMessage(listener: (message: unknown) => void): () => void;
}

/** A carrier over postMessage. The host follows the daemon's events once and hands them on. */
export function panelCarrier(port: PanelPort): Carrier {
  let lastId = 0;
  return {
    send: ({ operationId, method, path, body, signal }) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const id = ++lastId;
        const abort = () => {
          port.post({ type: 'cancel', id });
          end();
          reject(signal?.reason);
        };
        const end = () => {
          stop();
          signal?.removeEventListener('abort', abort);
        };
        const stop = port.onMessage(raw => {
          const parsed = HostMessage.safeParse(raw);
          if (!parsed.success) return;
          const message = parsed.data;
          if (message.type === 'response' && message.id === id) {
            end();
            resolve({ status: message.status, body: message.body });
          } else if (message.type === 'failure' && message.id === id) {
            end();
            reject(new ProblemError(message.problem));
          }
        });
        signal?.addEventListener('abort', abort, { once: true });
        if (relayedOperations.has(operationId)) port.post({ type: 'request', id, operationId, method, path, body });
        else {
          end();
          reject(problem('ACCESS_002', { detail: `A panel may not ask for ${operationId}.` }));
        }
      }),
    follow: ({ onEvent, signal }) =>
      new Promise(resolve => {
        const stop = port.onMessage(raw => {
          const parsed = HostMessage.safeParse(raw);
          if (!parsed.success || parsed.data.type !== 'event') return;
          const event = toNumberedEvent(parsed.data.id, parsed.data.data);
          if (event) onEvent(event);
        });
        signal.addEventListener(
          'abort',
          () => {
            stop();
            resolve();
          },
          { once: true },
        );
        port.post({ type: 'follow' });
      }),
  };
}
