// YAML files that people and other programs write, with the messages of Go's yaml.v3 for malformed ones.
import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { fail } from './failure.mjs';

/** A parsed YAML text. Throws an error in the words of yaml.v3. */
export function parseYaml(text) {
  try {
    return parse(text);
  } catch (error) {
    // The place after the last line is the last line to yaml.v3.
    const line = Math.min(error.linePos?.[0]?.line ?? 1, text.trimEnd().split('\n').length);
    throw new Error(`yaml: line ${line}: did not find expected node content`);
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The value of a YAML file; undefined if there is none. */
export function readYamlFile(file) {
  const text = readText(file);
  return text === undefined ? undefined : parseYaml(text);
}
readYamlFile.text = readText;

/** A file under ~/.docker/mcp/catalogs by its name there. Ends the command if it lies anywhere else. */
export function resolveCatalogFile(settings, name, prefix = '') {
  const isNamed = !isAbsolute(name) && !name.startsWith('.') && !name.startsWith('~');
  const file = isNamed ? resolve(settings.catalogsFolder, name) : resolve(name);
  const inside = relative(settings.catalogsFolder, file);
  if (inside.startsWith('..') || isAbsolute(inside))
    fail(`${prefix}local file path must resolve within Docker MCP catalogs directory`);
  return join(settings.catalogsFolder, inside);
}
