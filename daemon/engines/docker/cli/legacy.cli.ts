import type { LegacyCli } from './cli-contract.ts';
import * as plans from './legacy.plans.ts';
import type { Perform } from './perform.ts';

export const createLegacyCli = (perform: Perform): LegacyCli => ({
  servers: call => perform(plans.listServers, call),
  inspect: (name, call) => perform(() => plans.inspectServer(name), call),
  enable: (names, call) => perform(() => plans.enableServers(names), call),
  disable: (names, call) => perform(() => plans.disableServers(names), call),
  reset: call => perform(plans.resetServers, call),
  readConfig: call => perform(plans.readConfig, call),
  writeConfig: (text, call) => perform(() => plans.writeConfig(text), call),
  resetConfig: call => perform(plans.resetConfig, call),
  enableTools: (tools, server, call) => perform(() => plans.enableTools(tools, server), call),
  disableTools: (tools, server, call) => perform(() => plans.disableTools(tools, server), call),
  catalogs: call => perform(plans.listCatalogs, call),
  showCatalog: (name, call) => perform(() => plans.showCatalog(name), call),
  createCatalog: (name, call) => perform(() => plans.createCatalog(name), call),
  removeCatalog: (name, call) => perform(() => plans.removeCatalog(name), call),
  importCatalog: (source, call) => perform(() => plans.importCatalog(source), call),
  exportCatalog: (name, file, call) => perform(() => plans.exportCatalog(name, file), call),
  addToCatalog: (entry, call) => perform(() => plans.addToCatalog(entry), call),
  forkCatalog: (name, newName, call) => perform(() => plans.forkCatalog(name, newName), call),
  updateCatalogs: call => perform(plans.updateCatalogs, call),
  resetCatalogs: call => perform(plans.resetCatalogs, call),
});
