import { window } from 'vscode';
import { disposeAll } from '../../platform/commands.ts';
import { type CatalogCommandsOptions, openInstallLink, registerCatalogCommands } from './catalog.commands.ts';
import { createCatalogTree } from './catalog.tree.ts';

/** The Catalog tree, installing, and install links. */
export function registerCatalog(options: CatalogCommandsOptions) {
  return disposeAll([
    createCatalogTree(options.link, options.mirror),
    ...registerCatalogCommands(options),
    window.registerUriHandler({ handleUri: uri => void openInstallLink(options, uri).catch(options.report) }),
  ]);
}
