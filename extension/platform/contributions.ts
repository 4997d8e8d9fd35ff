// Every id that package.json contributes, once. A test compares this file with the manifest, both ways.

export const viewContainer = 'quayside';

export const views = {
  servers: 'quayside.servers',
  docker: 'quayside.docker',
  gateway: 'quayside.gateway',
  catalog: 'quayside.catalog',
  secrets: 'quayside.secrets',
  people: 'quayside.people',
} as const;

export const commands = {
  refresh: 'quayside.refresh',
  startServer: 'quayside.startServer',
  stopServer: 'quayside.stopServer',
  restartServer: 'quayside.restartServer',
  testServer: 'quayside.testServer',
  removeServer: 'quayside.removeServer',
  openServer: 'quayside.openServer',
  showServerOutput: 'quayside.showServerOutput',
  copyServerName: 'quayside.copyServerName',
  addCommandServer: 'quayside.addCommandServer',
  addRemoteServer: 'quayside.addRemoteServer',
  callTool: 'quayside.callTool',
  enableTool: 'quayside.enableTool',
  disableTool: 'quayside.disableTool',
  copyToolName: 'quayside.copyToolName',
  installFromCatalog: 'quayside.installFromCatalog',
  installPackage: 'quayside.installPackage',
  cancelInstallation: 'quayside.cancelInstallation',
  openCatalog: 'quayside.openCatalog',
  openCatalogEntry: 'quayside.openCatalogEntry',
  openDashboard: 'quayside.openDashboard',
  openPage: 'quayside.openPage',
  copyMcpAddress: 'quayside.copyMcpAddress',
  copyMcpToken: 'quayside.copyMcpToken',
  writeAgentConfiguration: 'quayside.writeAgentConfiguration',
  updateServer: 'quayside.updateServer',
  rollBackServer: 'quayside.rollBackServer',
  openProfiles: 'quayside.openProfiles',
  openProfile: 'quayside.openProfile',
  refreshDocker: 'quayside.refreshDocker',
  createProfile: 'quayside.createProfile',
  renameProfile: 'quayside.renameProfile',
  removeProfile: 'quayside.removeProfile',
  exportProfile: 'quayside.exportProfile',
  importProfile: 'quayside.importProfile',
  pushProfile: 'quayside.pushProfile',
  pullProfile: 'quayside.pullProfile',
  startGateway: 'quayside.startGateway',
  stopGateway: 'quayside.stopGateway',
  restartGateway: 'quayside.restartGateway',
  showGatewayOutput: 'quayside.showGatewayOutput',
  copyGatewayAddress: 'quayside.copyGatewayAddress',
  toggleOwnTools: 'quayside.toggleOwnTools',
  openContainers: 'quayside.openContainers',
  stopContainer: 'quayside.stopContainer',
  showContainerLog: 'quayside.showContainerLog',
  sweepContainers: 'quayside.sweepContainers',
  openClients: 'quayside.openClients',
  connectClient: 'quayside.connectClient',
  disconnectClient: 'quayside.disconnectClient',
  undoClientChange: 'quayside.undoClientChange',
  runDoctor: 'quayside.runDoctor',
  saveSupportBundle: 'quayside.saveSupportBundle',
  searchCatalog: 'quayside.searchCatalog',
  pullCatalog: 'quayside.pullCatalog',
  importCatalog: 'quayside.importCatalog',
  pushCatalog: 'quayside.pushCatalog',
  tagCatalog: 'quayside.tagCatalog',
  removeCatalog: 'quayside.removeCatalog',
  openSecrets: 'quayside.openSecrets',
  addSecret: 'quayside.addSecret',
  replaceSecretValue: 'quayside.replaceSecretValue',
  deleteSecret: 'quayside.deleteSecret',
  copySecretName: 'quayside.copySecretName',
  unlockVault: 'quayside.unlockVault',
  rotateVaultKey: 'quayside.rotateVaultKey',
  importEnvFile: 'quayside.importEnvFile',
  openGateway: 'quayside.openGateway',
  openApprovals: 'quayside.openApprovals',
  openCalls: 'quayside.openCalls',
  openTokenCosts: 'quayside.openTokenCosts',
  openMcpSessions: 'quayside.openMcpSessions',
  openChangedTools: 'quayside.openChangedTools',
  allowCall: 'quayside.allowCall',
  denyCall: 'quayside.denyCall',
  chooseApprovalPreset: 'quayside.chooseApprovalPreset',
  compareTool: 'quayside.compareTool',
  approveTools: 'quayside.approveTools',
  rejectTools: 'quayside.rejectTools',
  openLockFile: 'quayside.openLockFile',
  openAccess: 'quayside.openAccess',
  openAuditLog: 'quayside.openAuditLog',
  addUser: 'quayside.addUser',
  changeUserRoles: 'quayside.changeUserRoles',
  inviteUser: 'quayside.inviteUser',
  disableUser: 'quayside.disableUser',
  enableUser: 'quayside.enableUser',
  signOutUser: 'quayside.signOutUser',
  resetSecondFactor: 'quayside.resetSecondFactor',
  deleteUser: 'quayside.deleteUser',
  createKey: 'quayside.createKey',
  deleteKey: 'quayside.deleteKey',
  setUpSecondFactor: 'quayside.setUpSecondFactor',
  explainAccess: 'quayside.explainAccess',
  startDaemon: 'quayside.startDaemon',
  restartDaemon: 'quayside.restartDaemon',
  stopDaemon: 'quayside.stopDaemon',
  showLog: 'quayside.showLog',
  openWalkthrough: 'quayside.openWalkthrough',
} as const;
export type CommandId = (typeof commands)[keyof typeof commands];

/** View types of the webview panels. One panel of each kind is open at most. */
export const panels = {
  dashboard: 'quayside.dashboard',
  catalog: 'quayside.catalogPanel',
  server: 'quayside.server',
  tool: 'quayside.tool',
  secrets: 'quayside.secretsPanel',
  docker: 'quayside.dockerPanel',
  access: 'quayside.accessPanel',
  gateway: 'quayside.gatewayPanel',
} as const;
export type PanelKind = keyof typeof panels;

export const settings = {
  port: 'quayside.daemon.port',
  idleExitMinutes: 'quayside.daemon.idleExitMinutes',
  stateFolder: 'quayside.daemon.stateFolder',
  serverOutput: 'quayside.log.serverOutput',
  offerServersToAgents: 'quayside.agents.offerServers',
  commandInTerminal: 'quayside.terminal.command',
} as const;

/** Keys for `when` clauses; they are set here and read in package.json only. */
export const contextKeys = {
  /** idle, connecting, connected, stopped, failed or restricted */
  daemon: 'quayside.daemon',
  hasServers: 'quayside.hasServers',
  hasRunningServer: 'quayside.hasRunningServer',
  /** True once docker mcp is known to be installed. */
  hasDocker: 'quayside.hasDocker',
  /** True if this docker mcp has profiles that can be made and removed. */
  hasProfiles: 'quayside.hasProfiles',
  /** What the policy lets this editor do about users and keys; false as long as it is not known. */
  maySeeAccess: 'quayside.maySeeAccess',
  mayManageAccess: 'quayside.mayManageAccess',
  mayReadAudit: 'quayside.mayReadAudit',
} as const;

export const mcpServerDefinitionProvider = 'quayside.servers';

export const walkthrough = 'quayside.firstSteps';
export const walkthroughSteps = {
  open: 'quayside.firstSteps.open',
  install: 'quayside.firstSteps.install',
  call: 'quayside.firstSteps.call',
  connect: 'quayside.firstSteps.connect',
} as const;
