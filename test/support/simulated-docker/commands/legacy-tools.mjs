// `tools enable|disable` of the legacy dialect: lists in tools.yaml; no list means all.
import { stringify } from 'yaml';
import { atLeast } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { writeWhole } from '../settings.mjs';
import { readYamlFile } from '../yaml-files.mjs';
import { catalogFile, catalogNames } from './legacy-catalogs.mjs';

function readTools(settings) {
  const found = {};
  for (const name of catalogNames(settings))
    for (const [server, entry] of Object.entries(readYamlFile(catalogFile(settings, name))?.registry ?? {}))
      found[server] = (entry?.tools ?? []).map(tool => tool.name);
  return found;
}

function findServer(known, tool, wanted) {
  if (wanted !== undefined) {
    if (known[wanted]?.includes(tool)) return wanted;
    fail(known[wanted] ? `tool "${tool}" not found in server "${wanted}"` : `server "${wanted}" not found in catalog`);
  }
  return (
    Object.keys(known).find(server => known[server].includes(tool)) ?? fail(`tool "${tool}" not found in any server`)
  );
}

const change =
  isEnabled =>
  ({ settings, flags, args }) => {
    const known = readTools(settings);
    const lists = readYamlFile(settings.toolsFile) ?? {};
    for (const tool of args) {
      const server = findServer(known, tool, flags.server);
      const list = new Set(lists[server] ?? known[server]);
      if (isEnabled) list.add(tool);
      else list.delete(tool);
      lists[server] = [...list].sort();
    }
    writeWhole(settings.toolsFile, stringify(lists));
  };

export const legacyToolCommands = [
  { word: 'disable', about: 'Disable tools', args: atLeast(1), flags: { server: 'string' }, run: change(false) },
  { word: 'enable', about: 'Enable tools', args: atLeast(1), flags: { server: 'string' }, run: change(true) },
];
