// The catalogs of the profile dialect (CONTRACT section 4).
import * as z from 'zod';
import type { CliCommand } from '../../run.ts';
import { json, nothing } from './answers.ts';
import type { PullPolicy, ServerReference } from './cli-contract.ts';
import {
  atLeastOne,
  catalogFile,
  hostName,
  httpsAddress,
  ociReference,
  profileId,
  refused,
  serverName,
  title,
} from './grammar.ts';
import { each, mutation, optional, read } from './plan.ts';
import { Catalog, CatalogServerDetails, CatalogServers, CatalogSummary, Template } from './schemas.ts';
import { toServerReference } from './server-reference.ts';

const catalog = ['mcp', 'catalog'];
const asJson = ['--format', 'json'];

export const listCatalogs = (): CliCommand<CatalogSummary[]> =>
  read('list the catalogs', () => ({ args: [...catalog, 'list', ...asJson], ...json(z.array(CatalogSummary)) }));

const pullPolicies: readonly string[] = ['never', 'missing', 'always', 'initial', 'exists'] satisfies PullPolicy[];

const pullPolicy = (value: string): string => {
  if (pullPolicies.includes(value)) return value;
  throw refused(`"${value}" is not a way to pull`, `Use one of ${pullPolicies.join(', ')}.`);
};

/** A large catalog takes long: 350 servers make 4 MB (CONTRACT section 10). */
export const showCatalog = (reference: string, pull?: PullPolicy): CliCommand<Catalog> =>
  read(`show the catalog ${reference}`, () => ({
    args: [...catalog, 'show', ociReference(reference), ...optional('--pull', pull, pullPolicy), ...asJson],
    time: 'long',
    ...json(Catalog),
  }));

/** What a catalog is made of, after a document of ours has become a file. */
export type CatalogContent =
  | { kind: 'servers'; title: string; servers: readonly ServerReference[] }
  | { kind: 'profile'; profile: string; title?: string }
  | { kind: 'legacy'; source: string; title?: string }
  | { kind: 'community-registry'; host: string; title?: string };

export const createCatalog = (reference: string, content: CatalogContent): CliCommand<void> =>
  mutation(`create the catalog ${reference}`, () => ({
    args: [...catalog, 'create', ociReference(reference), ...contentFlags(content)],
    time: 'long',
    parse: nothing,
  }));

function contentFlags(content: CatalogContent): string[] {
  const named = optional('--title', content.title, title);
  switch (content.kind) {
    case 'servers':
      return [...named, ...each('--server', content.servers.map(toServerReference))];
    case 'profile':
      return [...named, '--from-profile', profileId(content.profile)];
    case 'legacy':
      return [...named, '--from-legacy-catalog', legacySource(content.source)];
    case 'community-registry':
      return [...named, '--from-community-registry', hostName(content.host)];
  }
}

const legacySource = (source: string): string =>
  source.startsWith('https://') ? httpsAddress(source) : catalogFile(source);

export const removeCatalog = (reference: string): CliCommand<void> =>
  mutation(`remove the catalog ${reference}`, () => ({
    args: [...catalog, 'remove', ociReference(reference)],
    parse: nothing,
  }));

export const tagCatalog = (reference: string, newReference: string): CliCommand<void> =>
  mutation(`tag the catalog ${reference}`, () => ({
    args: [...catalog, 'tag', ociReference(reference), ociReference(newReference)],
    parse: nothing,
  }));

export const pullCatalog = (reference: string): CliCommand<void> =>
  mutation(`pull the catalog ${reference}`, () => ({
    args: [...catalog, 'pull', ociReference(reference)],
    time: 'long',
    parse: nothing,
  }));

export const pushCatalog = (reference: string): CliCommand<void> =>
  mutation(`push the catalog ${reference}`, () => ({
    args: [...catalog, 'push', ociReference(reference)],
    time: 'long',
    parse: nothing,
  }));

export const listCatalogServers = (reference: string, filter: { name?: string }): CliCommand<CatalogServers> =>
  read(`list the servers of the catalog ${reference}`, () => ({
    args: [
      ...catalog,
      'server',
      'ls',
      ociReference(reference),
      ...asJson,
      ...optional('--filter', filter.name, value => `name=${serverName(value)}`),
    ],
    time: 'long',
    ...json(CatalogServers),
  }));

export const inspectCatalogServer = (reference: string, name: string): CliCommand<CatalogServerDetails> =>
  read(`show the server ${name} of the catalog ${reference}`, () => ({
    args: [...catalog, 'server', 'inspect', ociReference(reference), serverName(name), ...asJson],
    ...json(CatalogServerDetails),
  }));

export const addCatalogServers = (reference: string, servers: readonly ServerReference[]): CliCommand<void> =>
  mutation(`add servers to the catalog ${reference}`, () => ({
    args: [
      ...catalog,
      'server',
      'add',
      ociReference(reference),
      ...each('--server', atLeastOne('server', servers).map(toServerReference)),
    ],
    time: 'long',
    parse: nothing,
  }));

export const removeCatalogServers = (reference: string, names: readonly string[]): CliCommand<void> =>
  mutation(`remove servers from the catalog ${reference}`, () => ({
    args: [...catalog, 'server', 'remove', ociReference(reference), ...atLeastOne('server', names).map(serverName)],
    parse: nothing,
  }));

export const listTemplates = (): CliCommand<Template[]> =>
  read('list the templates', () => ({ args: ['mcp', 'template', 'list', ...asJson], ...json(z.array(Template)) }));
