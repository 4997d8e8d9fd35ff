// What is done to whole catalogs: pulled, imported, pushed, given a second name, removed.
import { window } from 'vscode';
import type { Catalog, CatalogPreview } from '../../../shared/api/catalogs.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import { ImageReference } from '../../../shared/domain/docker-names.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { runOperation } from '../../daemon-link/run-operation.ts';
import { askFor, confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { pickTextFile } from '../../platform/files.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { forNotification, withoutIcons } from '../../platform/plain-text.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import { textIn } from '../../platform/row-argument.ts';

const mostBytes = 4_000_000;

export interface CatalogsCommandsOptions {
  link: DaemonLink;
  register: RegisterCommand;
  report: ReportProblem;
}

export function registerCatalogsCommands({ link, register, report }: CatalogsCommandsOptions) {
  const { api } = link;
  const transfer = (title: string, begin: () => Promise<Operation>) => runOperation({ link, report, title, begin });
  return [
    register(commands.pullCatalog, async argument => {
      await link.connect();
      const known = textIn(argument, 'catalog', 'ref');
      const ref =
        known ??
        (await askFor(ImageReference, {
          title: 'Pull Catalog',
          prompt: 'A catalog in a registry.',
          value: 'mcp/docker-mcp-catalog',
        }));
      await transfer(`Pulling ${ref}`, () => api.pullCatalog({ body: { ref } }));
    }),
    register(commands.importCatalog, () => importCatalog(link)),
    register(commands.pushCatalog, async argument => {
      const { id, ref } = await catalogOf(link, argument, 'Push Catalog');
      await confirm(`Push ${ref}?`, 'Everybody who can read that registry can read it then.', 'Push');
      await transfer(`Pushing ${ref}`, () => api.pushCatalog({ params: { id } }));
    }),
    register(commands.tagCatalog, async argument => {
      const { id, ref } = await catalogOf(link, argument, 'Tag Catalog');
      const second = await askFor(ImageReference, { title: 'Tag Catalog', prompt: `A second reference for ${ref}.` });
      await api.tagCatalog({ params: { id }, body: { ref: second } });
    }),
    register(commands.removeCatalog, async argument => {
      const { id, title, ref } = await catalogOf(link, argument, 'Remove Catalog');
      await confirm(`Remove the catalog ${title}?`, `${ref} is removed. Servers that came from it stay.`, 'Remove');
      await api.deleteCatalog({ params: { id } });
    }),
  ];
}

/** The file's content is shown as servers before anything is made of it. */
async function importCatalog({ api, connect }: DaemonLink): Promise<void> {
  await connect();
  const content = await pickTextFile('Import Catalog', ['yaml', 'yml', 'json'], mostBytes);
  const ref = await askFor(ImageReference, {
    title: 'Import Catalog',
    prompt: 'The reference that it gets here.',
    value: 'own/catalog:latest',
  });
  const body = { ref, from: { type: 'file', content } } as const;
  const preview = await api.previewCatalog({ body });
  await confirm(
    preview.replaces ? `Replace the catalog ${ref}?` : `Import ${preview.title} as ${ref}?`,
    describePreview(preview),
    preview.replaces ? 'Replace' : 'Import',
  );
  const { title, entries } = await api.createCatalog({ body: { ...body, replace: preview.replaces } });
  void window.showInformationMessage(forNotification(`${title} is imported, with ${entries} servers.`));
}

function describePreview({ servers, leftOut }: CatalogPreview): string {
  const shown = servers.slice(0, 12).map(({ name, change }) => `${change} ${name}`);
  const more = servers.length > shown.length ? [`and ${servers.length - shown.length} more`] : [];
  const out = leftOut.slice(0, 5).map(({ name, reason }) => `left out: ${name}. ${reason}`);
  return [...shown, ...more, ...out].join('\n');
}

async function catalogOf({ api, connect }: DaemonLink, argument: unknown, title: string): Promise<Catalog> {
  await connect();
  const id = textIn(argument, 'catalog', 'id');
  if (id) return await api.getCatalog({ params: { id } });
  const all = await readAll(query => api.listCatalogs({ query }));
  const items = all
    .filter(catalog => catalog.engine === 'docker')
    .map(catalog => ({
      label: withoutIcons(catalog.title),
      description: catalog.ref,
      detail: `${catalog.entries} servers`,
      value: catalog,
    }));
  return await pickOne(items, title, 'Choose a catalog');
}
