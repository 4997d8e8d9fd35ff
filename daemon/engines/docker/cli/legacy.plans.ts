// The legacy dialect: one set of enabled servers, plain files, named catalogs (CONTRACT section 5).

import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { CliCommand } from '../../run.ts';
import { json, nothing } from './answers.ts';
import {
  absolutePath,
  atLeastOne,
  catalogName,
  documentPath,
  httpsAddress,
  refused,
  serverName,
  toolName,
} from './grammar.ts';
import { mutation, optional, read } from './plan.ts';
import { LegacyCatalog, LegacyCatalogs, LegacyServer, LegacyServerDetails } from './schemas.ts';

const server = ['mcp', 'server'];
const config = ['mcp', 'config'];
const catalog = ['mcp', 'catalog'];

/** An empty list is the word null. */
export const listServers = (): CliCommand<LegacyServer[]> =>
  read('list the servers', () => ({
    args: [...server, 'ls', '--json'],
    ...json(
      z
        .array(LegacyServer)
        .nullable()
        .transform(list => list ?? []),
    ),
  }));

export const inspectServer = (name: string): CliCommand<LegacyServerDetails> =>
  read(`show the server ${name}`, () => ({
    args: [...server, 'inspect', serverName(name)],
    ...json(LegacyServerDetails),
  }));

export const enableServers = (names: readonly string[]): CliCommand<void> =>
  mutation('enable servers', () => ({
    args: [...server, 'enable', ...atLeastOne('server', names).map(serverName)],
    parse: nothing,
  }));

export const disableServers = (names: readonly string[]): CliCommand<void> =>
  mutation('disable servers', () => ({
    args: [...server, 'disable', ...atLeastOne('server', names).map(serverName)],
    parse: nothing,
  }));

export const resetServers = (): CliCommand<void> =>
  mutation('disable all servers', () => ({ args: [...server, 'reset'], parse: nothing }));

export const readConfig = (): CliCommand<string> =>
  read('read the settings', () => ({ args: [...config, 'read'], parse: ({ stdout }) => stdout }));

/** It takes anything, and breaks at the next command: what is no YAML map is refused here. */
export const writeConfig = (text: string): CliCommand<void> =>
  mutation('write the settings', () => ({ args: [...config, 'write', yamlMap(text)], parse: nothing }));

export const resetConfig = (): CliCommand<void> =>
  mutation('empty the settings', () => ({ args: [...config, 'reset'], parse: nothing }));

export const enableTools = (tools: readonly string[], ofServer?: string): CliCommand<void> =>
  mutation('switch tools on', () => ({
    args: ['mcp', 'tools', 'enable', ...toolArguments(tools, ofServer)],
    parse: nothing,
  }));

export const disableTools = (tools: readonly string[], ofServer?: string): CliCommand<void> =>
  mutation('switch tools off', () => ({
    args: ['mcp', 'tools', 'disable', ...toolArguments(tools, ofServer)],
    parse: nothing,
  }));

const toolArguments = (tools: readonly string[], ofServer: string | undefined): string[] => [
  ...atLeastOne('tool', tools).map(toolName),
  ...optional('--server', ofServer, serverName),
];

export const listCatalogs = (): CliCommand<LegacyCatalogs> =>
  read('list the catalogs', () => ({
    args: [...catalog, 'ls', '--format', 'json'],
    time: 'long',
    ...json(LegacyCatalogs),
  }));

export const showCatalog = (name: string): CliCommand<LegacyCatalog> =>
  read(`show the catalog ${name}`, () => ({
    args: [...catalog, 'show', catalogName(name), '--format', 'json'],
    time: 'long',
    ...json(LegacyCatalog),
  }));

export const createCatalog = (name: string): CliCommand<void> =>
  mutation(`create the catalog ${name}`, () => ({ args: [...catalog, 'create', catalogName(name)], parse: nothing }));

export const removeCatalog = (name: string): CliCommand<void> =>
  mutation(`remove the catalog ${name}`, () => ({ args: [...catalog, 'rm', catalogName(name)], parse: nothing }));

export const importCatalog = (source: string): CliCommand<void> =>
  mutation('import a catalog', () => ({
    args: [...catalog, 'import', source.startsWith('https://') ? httpsAddress(source) : absolutePath(source)],
    time: 'long',
    parse: nothing,
  }));

export const exportCatalog = (name: string, file: string): CliCommand<void> =>
  read(`export the catalog ${name}`, () => ({
    args: [...catalog, 'export', catalogName(name), documentPath(file)],
    parse: nothing,
  }));

export interface CatalogAddition {
  catalog: string;
  server: string;
  file: string;
  force?: boolean;
}

export const addToCatalog = ({ catalog: name, server: added, file, force }: CatalogAddition): CliCommand<void> =>
  mutation(`add the server ${added} to the catalog ${name}`, () => ({
    args: [
      ...catalog,
      'add',
      catalogName(name),
      serverName(added),
      documentPath(file),
      ...(force === true ? ['--force'] : []),
    ],
    parse: nothing,
  }));

export const forkCatalog = (name: string, newName: string): CliCommand<void> =>
  mutation(`copy the catalog ${name}`, () => ({
    args: [...catalog, 'fork', catalogName(name), catalogName(newName)],
    parse: nothing,
  }));

export const updateCatalogs = (): CliCommand<void> =>
  mutation('update the catalogs', () => ({ args: [...catalog, 'update'], time: 'long', parse: nothing }));

export const resetCatalogs = (): CliCommand<void> =>
  mutation('remove all catalogs', () => ({ args: [...catalog, 'reset'], parse: nothing }));

/** A text that starts with a hyphen, as a YAML document may, would be read as a flag. */
function yamlMap(text: string): string {
  const advice = 'Give a YAML map with the servers’ names as its keys.';
  if (text.length > 100_000) throw refused('the settings are longer than 100000 characters', 'Make them shorter.');
  const value = parseYaml(text);
  if (value === unreadable) throw refused('the settings are no valid YAML', advice);
  const isMap = value === null || (typeof value === 'object' && !Array.isArray(value));
  if (!isMap) throw refused('the settings are no map', advice);
  return text.startsWith('-') ? `\n${text}` : text;
}

const unreadable = Symbol('unreadable');

/** A few lines may stand for gigabytes by their aliases: those are refused as well. */
function parseYaml(text: string): unknown {
  try {
    const document = parseDocument(text);
    return document.errors.length > 0 ? unreadable : document.toJS({ maxAliasCount: 100 });
  } catch {
    return unreadable;
  }
}
