import * as plans from './catalog.plans.ts';
import type { CatalogOrigin, CatalogsCli } from './cli-contract.ts';
import { withCatalogFile } from './exchanged-file.ts';
import type { Perform } from './perform.ts';

export function createCatalogsCli(perform: Perform, catalogsFolder: string): CatalogsCli {
  const create: CatalogsCli['create'] = (reference, origin, call) =>
    asContent(origin, catalogsFolder, content => perform(() => plans.createCatalog(reference, content), call));
  return {
    create,
    list: call => perform(plans.listCatalogs, call),
    show: (reference, { pull } = {}, call) => perform(() => plans.showCatalog(reference, pull), call),
    remove: (reference, call) => perform(() => plans.removeCatalog(reference), call),
    tag: (reference, newReference, call) => perform(() => plans.tagCatalog(reference, newReference), call),
    pull: (reference, call) => perform(() => plans.pullCatalog(reference), call),
    push: (reference, call) => perform(() => plans.pushCatalog(reference), call),
    servers: (reference, filter = {}, call) => perform(() => plans.listCatalogServers(reference, filter), call),
    inspectServer: (reference, name, call) => perform(() => plans.inspectCatalogServer(reference, name), call),
    addServers: (reference, servers, call) => perform(() => plans.addCatalogServers(reference, servers), call),
    removeServers: (reference, names, call) => perform(() => plans.removeCatalogServers(reference, names), call),
    templates: call => perform(plans.listTemplates, call),
  };
}

/** A document becomes a file for as long as the CLI reads it. */
async function asContent(
  origin: CatalogOrigin,
  folder: string,
  create: (content: plans.CatalogContent) => Promise<void>,
): Promise<void> {
  if (origin.kind !== 'legacy-document') return await create(origin);
  const { document, title } = origin;
  await withCatalogFile(folder, document, source =>
    create({ kind: 'legacy', source, ...(title === undefined ? {} : { title }) }),
  );
}
