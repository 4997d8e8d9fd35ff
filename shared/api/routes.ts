// The table of all routes. The key is the operation's id everywhere: client method, OpenAPI, audit, permission matrix.
import * as access from './access.ts';
import * as approvals from './approvals.ts';
import * as audit from './audit.ts';
import * as catalog from './catalog.ts';
import * as catalogs from './catalogs.ts';
import * as clients from './clients.ts';
import * as containers from './containers.ts';
import * as daemon from './daemon.ts';
import * as docker from './docker.ts';
import * as doctor from './doctor.ts';
import * as events from './events.ts';
import * as gateways from './gateways.ts';
import * as locks from './locks.ts';
import * as operations from './operations.ts';
import * as profiles from './profiles.ts';
import type { Route } from './route.ts';
import * as secrets from './secrets.ts';
import * as servers from './servers.ts';
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
  updateTool: tools.updateTool,
  callTool: tools.callTool,
  listResources: tools.listResources,
  listPrompts: tools.listPrompts,
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
  changeMyPassword: users.changeMyPassword,
  beginSecondFactor: users.beginSecondFactor,
  confirmSecondFactor: users.confirmSecondFactor,
  removeSecondFactor: users.removeSecondFactor,
  listMySessions: users.listMySessions,
  endMySession: users.endMySession,
  listKeys: users.listKeys,
  createKey: users.createKey,
  deleteKey: users.deleteKey,
  listSignInMethods: users.listSignInMethods,
  signIn: users.signIn,
  takeInvitation: users.takeInvitation,
  giveSecondFactor: users.giveSecondFactor,
  createTokens: users.createTokens,
  revokeTokens: users.revokeTokens,
  listProviders: users.listProviders,
  saveProvider: users.saveProvider,
  deleteProvider: users.deleteProvider,
  explainAccess: users.explainAccess,
  listRoles: users.listRoles,
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
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type OperationId = keyof Routes;

export const operationIds = Object.keys(routes) as OperationId[];
