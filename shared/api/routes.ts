// The table of all routes. The key is the operation's id everywhere: client method, OpenAPI, audit, permission matrix.
import * as access from './access.ts';
import * as account from './account.ts';
import * as approvals from './approvals.ts';
import * as audit from './audit.ts';
import * as bitwarden from './bitwarden.ts';
import * as calls from './calls.ts';
import * as catalog from './catalog.ts';
import * as catalogs from './catalogs.ts';
import * as clients from './clients.ts';
import * as comparisons from './comparisons.ts';
import * as containers from './containers.ts';
import * as contents from './contents.ts';
import * as daemon from './daemon.ts';
import * as docker from './docker.ts';
import * as doctor from './doctor.ts';
import * as events from './events.ts';
import * as gateways from './gateways.ts';
import * as keys from './keys.ts';
import * as locks from './locks.ts';
import * as mcp from './mcp.ts';
import * as operations from './operations.ts';
import * as profiles from './profiles.ts';
import * as providers from './providers.ts';
import * as questions from './questions.ts';
import * as roles from './roles.ts';
import type { Route } from './route.ts';
import * as secrets from './secrets.ts';
import * as servers from './servers.ts';
import * as signIn from './sign-in.ts';
import * as tests from './tests.ts';
import * as tokenCosts from './token-costs.ts';
import * as toolCalls from './tool-calls.ts';
import * as toolClashes from './tool-clashes.ts';
import * as tools from './tools.ts';
import * as users from './users.ts';
import * as vault from './vault.ts';

export const apiPrefix = '/api/v1';

export const routes = {
  getHealth: daemon.getHealth,
  getStatus: daemon.getStatus,
  stopDaemon: daemon.stopDaemon,
  listServers: servers.listServers,
  createServer: servers.createServer,
  getServer: servers.getServer,
  updateServer: servers.updateServer,
  deleteServer: servers.deleteServer,
  startServer: servers.startServer,
  stopServer: servers.stopServer,
  restartServer: servers.restartServer,
  testServer: servers.testServer,
  listTools: tools.listTools,
  listServerTools: tools.listServerTools,
  listToolClashes: toolClashes.listToolClashes,
  keepToolClash: toolClashes.keepToolClash,
  reopenToolClash: toolClashes.reopenToolClash,
  updateTool: tools.updateTool,
  callTool: toolCalls.callTool,
  listResources: contents.listResources,
  listPrompts: contents.listPrompts,
  listResourceTemplates: contents.listResourceTemplates,
  readResource: contents.readResource,
  getPrompt: contents.getPrompt,
  completeArgument: contents.completeArgument,
  listQuestions: questions.listQuestions,
  answerQuestion: questions.answerQuestion,
  getTokenCosts: tokenCosts.getTokenCosts,
  listCalls: calls.listCalls,
  // Before getCall, whose path it fits as well.
  exportCalls: calls.exportCalls,
  getCall: calls.getCall,
  replayCall: calls.replayCall,
  deleteCalls: calls.deleteCalls,
  getCallStatistics: calls.getCallStatistics,
  getCallSettings: calls.getCallSettings,
  updateCallSettings: calls.updateCallSettings,
  getToolAdvice: calls.getToolAdvice,
  listSavedCalls: calls.listSavedCalls,
  createSavedCall: calls.createSavedCall,
  updateSavedCall: calls.updateSavedCall,
  deleteSavedCall: calls.deleteSavedCall,
  listLocks: locks.listLocks,
  getLock: locks.getLock,
  approveLock: locks.approveLock,
  rejectLock: locks.rejectLock,
  updateLock: locks.updateLock,
  getLockFile: locks.getLockFile,
  verifyLockFile: locks.verifyLockFile,
  listApprovals: approvals.listApprovals,
  getApproval: approvals.getApproval,
  approveCall: approvals.approveCall,
  denyCall: approvals.denyCall,
  createGrant: approvals.createGrant,
  getApprovalRules: approvals.getApprovalRules,
  replaceApprovalRules: approvals.replaceApprovalRules,
  explainApproval: approvals.explainApproval,
  listCatalog: catalog.listCatalog,
  getCatalogEntry: catalog.getCatalogEntry,
  getCatalogFacets: catalog.getCatalogFacets,
  listCatalogs: catalogs.listCatalogs,
  getCatalog: catalogs.getCatalog,
  previewCatalog: catalogs.previewCatalog,
  createCatalog: catalogs.createCatalog,
  pullCatalog: catalogs.pullCatalog,
  pushCatalog: catalogs.pushCatalog,
  tagCatalog: catalogs.tagCatalog,
  deleteCatalog: catalogs.deleteCatalog,
  getDocker: docker.getDocker,
  probeDocker: docker.probeDocker,
  listProfiles: profiles.listProfiles,
  getProfile: profiles.getProfile,
  createProfile: profiles.createProfile,
  renameProfile: profiles.renameProfile,
  deleteProfile: profiles.deleteProfile,
  exportProfile: profiles.exportProfile,
  importProfile: profiles.importProfile,
  pushProfile: profiles.pushProfile,
  pullProfile: profiles.pullProfile,
  listGateways: gateways.listGateways,
  getGateway: gateways.getGateway,
  startGateway: gateways.startGateway,
  stopGateway: gateways.stopGateway,
  restartGateway: gateways.restartGateway,
  updateGateway: gateways.updateGateway,
  listMcpSessions: mcp.listMcpSessions,
  deleteMcpSession: mcp.deleteMcpSession,
  getServerPath: mcp.getServerPath,
  listContainers: containers.listContainers,
  stopContainer: containers.stopContainer,
  readContainerLogs: containers.readContainerLogs,
  sweepContainers: containers.sweepContainers,
  getDiskUse: containers.getDiskUse,
  cleanDisk: containers.cleanDisk,
  listClients: clients.listClients,
  previewClientChange: clients.previewClientChange,
  changeClient: clients.changeClient,
  listClientBackups: clients.listClientBackups,
  restoreClientBackup: clients.restoreClientBackup,
  runDoctor: doctor.runDoctor,
  applyDoctorFix: doctor.applyDoctorFix,
  makeSupportBundle: doctor.makeSupportBundle,
  createOperation: operations.createOperation,
  retryOperation: operations.retryOperation,
  listOperations: operations.listOperations,
  getOperation: operations.getOperation,
  cancelOperation: operations.cancelOperation,
  streamEvents: events.streamEvents,
  getSession: access.getSession,
  createLoginLink: access.createLoginLink,
  createSession: access.createSession,
  deleteSession: access.deleteSession,
  getToken: access.getToken,
  rotateToken: access.rotateToken,
  listUsers: users.listUsers,
  createUser: users.createUser,
  getUser: users.getUser,
  updateUser: users.updateUser,
  deleteUser: users.deleteUser,
  inviteUser: users.inviteUser,
  resetSecondFactor: users.resetSecondFactor,
  signOutUser: users.signOutUser,
  changeMyPassword: account.changeMyPassword,
  beginSecondFactor: account.beginSecondFactor,
  confirmSecondFactor: account.confirmSecondFactor,
  removeSecondFactor: account.removeSecondFactor,
  listMySessions: account.listMySessions,
  endMySession: account.endMySession,
  listKeys: keys.listKeys,
  createKey: keys.createKey,
  deleteKey: keys.deleteKey,
  listSignInMethods: signIn.listSignInMethods,
  signIn: signIn.signIn,
  takeInvitation: signIn.takeInvitation,
  giveSecondFactor: account.giveSecondFactor,
  createTokens: signIn.createTokens,
  revokeTokens: signIn.revokeTokens,
  listProviders: providers.listProviders,
  saveProvider: providers.saveProvider,
  deleteProvider: providers.deleteProvider,
  explainAccess: roles.explainAccess,
  listRoles: roles.listRoles,
  listAudit: audit.listAudit,
  verifyAudit: audit.verifyAudit,
  exportAudit: audit.exportAudit,
  listSecrets: secrets.listSecrets,
  createSecret: secrets.createSecret,
  getSecret: secrets.getSecret,
  replaceSecretValue: secrets.replaceSecretValue,
  deleteSecret: secrets.deleteSecret,
  listSecretUses: secrets.listSecretUses,
  getVault: vault.getVault,
  unlockVault: vault.unlockVault,
  changeMasterKey: vault.changeMasterKey,
  rotateVaultKey: vault.rotateVaultKey,
  scheduleRotation: vault.scheduleRotation,
  exportSecrets: vault.exportSecrets,
  importSecrets: vault.importSecrets,
  getBitwarden: bitwarden.getBitwarden,
  updateBitwarden: bitwarden.updateBitwarden,
  loginBitwarden: bitwarden.loginBitwarden,
  unlockBitwarden: bitwarden.unlockBitwarden,
  lockBitwarden: bitwarden.lockBitwarden,
  logoutBitwarden: bitwarden.logoutBitwarden,
  listBitwardenItems: bitwarden.listBitwardenItems,
  listBitwardenMappings: bitwarden.listBitwardenMappings,
  createBitwardenMapping: bitwarden.createBitwardenMapping,
  deleteBitwardenMapping: bitwarden.deleteBitwardenMapping,
  syncBitwarden: bitwarden.syncBitwarden,
  listBitwardenLinks: bitwarden.listBitwardenLinks,
  createBitwardenLink: bitwarden.createBitwardenLink,
  deleteBitwardenLink: bitwarden.deleteBitwardenLink,
  signInWithBitwarden: bitwarden.signInWithBitwarden,
  parseTestFile: tests.parseTestFile,
  startTestRun: tests.startTestRun,
  getTestRun: tests.getTestRun,
  cancelTestRun: tests.cancelTestRun,
  listTestRuns: tests.listTestRuns,
  listServerTests: tests.listServerTests,
  makeTestOfCall: tests.makeTestOfCall,
  createComparison: comparisons.createComparison,
  getComparison: comparisons.getComparison,
  listServerComparisons: comparisons.listServerComparisons,
  cancelComparison: comparisons.cancelComparison,
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type OperationId = keyof Routes;

export const operationIds = Object.keys(routes) as OperationId[];
