// `catalog` of the legacy dialect: YAML files in ~/.docker/mcp/catalogs, and catalog.json that names them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { atMost, exactly } from '../command-line.mjs';
import { fail, noSuchHost } from '../failure.mjs';
import { compactJson, goYaml, indentedJson } from '../go-format.mjs';
import { forYaml, toSpec } from '../server-spec.mjs';
import { readJson, writeWhole } from '../settings.mjs';
import { readYamlFile } from '../yaml-files.mjs';
import { fromHere } from './catalogs.mjs';

const dockerName = 'docker-mcp';
const dockerUrl = 'https://desktop.docker.com/mcp/catalog/v2/catalog.yaml';

export const catalogFile = (settings, name) => join(settings.catalogsFolder, `${name}.yaml`);

const readIndex = settings => readJson(settings.legacyCatalogsFile, { catalogs: {} });
const writeIndex = (settings, index) => writeWhole(settings.legacyCatalogsFile, JSON.stringify(index, null, 2));

/** The first command downloads the Docker catalog, which needs the network. */
function requireDockerCatalog(settings) {
  if (!existsSync(catalogFile(settings, dockerName))) fail(`Get "${dockerUrl}": ${noSuchHost('desktop.docker.com')}`);
  const index = readIndex(settings);
  if (!index.catalogs[dockerName])
    writeIndex(settings, {
      catalogs: {
        [dockerName]: {
          displayName: 'Docker MCP Catalog',
          url: dockerUrl,
          lastUpdate: new Date().toISOString().replace(/\.\d+/, ''),
        },
        ...index.catalogs,
      },
    });
  return readIndex(settings);
}

const findEntry = (settings, name) => readIndex(settings).catalogs[name] ?? fail(`catalog "${name}" not found`);

const readFile = (settings, name) => readYamlFile(catalogFile(settings, name)) ?? { registry: {} };
const writeFile = (settings, name, value) => writeWhole(catalogFile(settings, name), stringify(value));

/** The names of all catalogs, the Docker one first. */
export const catalogNames = settings => [
  dockerName,
  ...Object.keys(readIndex(settings).catalogs).filter(name => name !== dockerName),
];

function list({ settings, flags, print }) {
  const { catalogs } = requireDockerCatalog(settings);
  if (flags.format === 'json') return print(`${compactJson({ catalogs })}\n`);
  if (flags.format === 'yaml') return print(goYaml({ catalogs }));
  for (const [name, { displayName }] of Object.entries(catalogs)) print(`${name}: ${displayName ?? name}\n`);
  print("Tip: To browse a catalog's servers, use docker mcp catalog show <catalog-name>\n");
}

function toShown(settings, name) {
  const file = readFile(settings, name);
  const { displayName } = readIndex(settings).catalogs[name] ?? {};
  const registry = Object.fromEntries(
    Object.entries(file.registry ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, toSpec(undefined, entry ?? {})]),
  );
  return { name, ...(displayName ? { displayName } : {}), registry };
}

function printHuman({ print }, { registry }) {
  const rule = `  ${'─'.repeat(78)}\n`;
  const count = Object.keys(registry).length;
  print(`\n  \u001b[1mMCP Server Directory\u001b[0m\n  ${count} servers available\n${rule}\n`);
  for (const [name, { description = '' }] of Object.entries(registry))
    print(`  \u001b[1m${name}\u001b[0m\n    ${description}\n\n`);
  print(`${rule}  ${count} servers total\n\n`);
  print(
    'Tip: To view server details, use docker mcp server inspect <server-name>. To add servers, use docker mcp server enable <server-name>\n',
  );
}

function show(context) {
  const { settings, flags, args, print } = context;
  requireDockerCatalog(settings);
  const name = args[0] ?? dockerName;
  findEntry(settings, name);
  const shown = toShown(settings, name);
  if (flags.format === 'json') return print(`${indentedJson(shown)}\n`);
  if (flags.format !== 'yaml') return printHuman(context, shown);
  const registry = Object.entries(shown.registry).map(([key, spec]) => [key, forYaml(spec)]);
  print(`${goYaml({ ...shown, registry: Object.fromEntries(registry) })}\n`);
}

function addToIndex(settings, name, entry) {
  const { catalogs } = readIndex(settings);
  const sorted = Object.entries({ ...catalogs, [name]: entry }).sort(([a], [b]) => (a < b ? -1 : 1));
  writeIndex(settings, { catalogs: Object.fromEntries(sorted) });
}

function create({ settings, args, print }) {
  if (readIndex(settings).catalogs[args[0]]) fail(`catalog "${args[0]}" already exists`);
  addToIndex(settings, args[0], { displayName: args[0] });
  writeFile(settings, args[0], { name: args[0], displayName: args[0], registry: {} });
  print(`created empty catalog ${args[0]}\n`);
}

/** The entry with its fields in the order of this dialect's structure, as the refusal prints it. */
const asWritten = ({ title, description, type, image, remote: _, ...rest }) => ({
  title,
  description,
  type,
  image,
  ...rest,
});

/** A server that the file does not have is "copied" all the same. */
function add({ settings, flags, args, print }) {
  const [name, server, path] = args;
  findEntry(settings, name);
  const entry = readYamlFile(fromHere(path))?.registry?.[server];
  const target = readFile(settings, name);
  if (target.registry?.[server] && !flags.force) {
    print(`${compactJson(asWritten(target.registry[server]))}\n`);
    fail(`server "${server}" already exists in catalog "${name}" (use --force to overwrite)`);
  }
  if (entry) writeFile(settings, name, { ...target, registry: { ...target.registry, [server]: entry } });
  print(`copied server "${server}" from catalog "${path}" to "${name}"\n`);
}

function importCatalog({ settings, args }) {
  const [written] = args;
  if (/^https?:/.test(written)) fail(`Get "${written}": ${noSuchHost(new URL(written).hostname)}`);
  const file = fromHere(written);
  if (!existsSync(file)) fail(`open ${written}: no such file or directory`);
  const catalog = readYamlFile(file) ?? {};
  const name = catalog.name ?? basename(file).replace(/\.ya?ml$/, '');
  if (name === dockerName) fail('cannot import the Docker MCP catalog');
  writeWhole(catalogFile(settings, name), readFileSync(file, 'utf8'));
  addToIndex(settings, name, { ...(catalog.displayName ? { displayName: catalog.displayName } : {}), url: file });
}

function remove({ settings, args, print }) {
  const index = readIndex(settings);
  findEntry(settings, args[0]);
  if (args[0] === dockerName) fail('cannot remove the Docker MCP catalog as it is managed by Docker');
  delete index.catalogs[args[0]];
  writeIndex(settings, index);
  rmSync(catalogFile(settings, args[0]), { force: true });
  print(`removed catalog ${args[0]}\n`);
}

function exportCatalog({ settings, args, print }) {
  if (args[0] === dockerName) fail('cannot export the Docker MCP catalog as it is managed by Docker');
  findEntry(settings, args[0]);
  writeFileSync(fromHere(args[1]), readFileSync(catalogFile(settings, args[0])));
  print(`Catalog '${args[0]}' exported to '${args[1]}'\n`);
}

function fork({ settings, args, print }) {
  findEntry(settings, args[0]);
  if (readIndex(settings).catalogs[args[1]]) fail(`catalog "${args[1]}" already exists`);
  writeFile(settings, args[1], { ...readFile(settings, args[0]), name: args[1] });
  addToIndex(settings, args[1], { displayName: args[1] });
  print(`forked catalog ${args[0]} to ${args[1]}\n`);
}

function update({ settings, print }) {
  for (const name of catalogNames(settings)) print(`updated: ${name}\n`);
  fail(`Get "https://desktop.docker.com/mcp/catalog/v3/catalog.yaml": ${noSuchHost('desktop.docker.com')}`);
}

function reset({ settings }) {
  for (const name of catalogNames(settings)) rmSync(catalogFile(settings, name), { force: true });
  writeIndex(settings, { catalogs: {} });
}

const command = (word, about, args, run, flags = {}) => ({ word, about, args, run, flags });

export const legacyCatalog = {
  word: 'catalog',
  about: 'Manage MCP server catalogs',
  children: [
    command('add', 'Add a server to your catalog', exactly(3), add, { force: 'bool' }),
    command('create', 'Create a new catalog', exactly(1), create),
    command('export', 'Export a configured catalog to a file', exactly(2), exportCatalog),
    command('fork', 'Fork a catalog', exactly(2), fork),
    command('import', 'Import a catalog', exactly(1), importCatalog),
    { ...command('ls', 'List configured catalogs', 'none', list, { format: ['json', 'yaml'] }), aliases: ['list'] },
    command('reset', 'Reset the catalog system', 'none', reset),
    { ...command('rm', 'Remove a catalog', exactly(1), remove), aliases: ['remove'] },
    command('show', 'Show a catalog', atMost(1), show, { format: ['json', 'yaml'] }),
    command('update', 'Update catalogs', atMost(1), update),
  ],
};
