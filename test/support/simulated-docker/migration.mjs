// The upgrade of a home with legacy files: registry, config and tools become the profile `default`, once.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { toCatalogServer } from './server-spec.mjs';
import { readYamlFile } from './yaml-files.mjs';

export function migrateLegacyFiles(settings, { saveProfile }) {
  const mark = join(settings.mcp, 'database', 'migration-status');
  if (existsSync(mark)) return;
  mkdirSync(settings.catalogsFolder, { recursive: true });
  for (const file of [settings.registryFile, settings.serverConfigFile, settings.toolsFile])
    writeFileSync(file, '', { flag: 'a' });
  try {
    const servers = collectServers(settings);
    if (servers.length > 0)
      saveProfile(settings, {
        version: 1,
        id: 'default',
        name: 'Default Profile',
        servers,
        secrets: { default: { provider: 'docker-desktop-store' } },
      });
    writeFileSync(mark, 'success');
  } catch (error) {
    // Silent in the real one too: it stands in a table that nobody reads.
    writeFileSync(mark, String(error));
  }
}

function collectServers(settings) {
  const enabled = Object.keys(readYamlFile(settings.registryFile)?.registry ?? {}).sort();
  const config = readYamlFile(settings.serverConfigFile) ?? {};
  const tools = readYamlFile(settings.toolsFile) ?? {};
  const entries = Object.assign({}, ...readdirSync(settings.catalogsFolder).map(name => registryOf(settings, name)));
  return enabled
    .filter(name => entries[name])
    .map(name => {
      const { type, snapshot, ...source } = toCatalogServer(name, entries[name]);
      return {
        type,
        ...(config[name] ? { config: config[name] } : {}),
        secrets: 'default',
        tools: tools[name] ?? null,
        ...source,
        snapshot,
      };
    });
}

const registryOf = (settings, name) =>
  /\.ya?ml$/.test(name) ? (parse(readYamlFile.text(join(settings.catalogsFolder, name)) ?? '')?.registry ?? {}) : {};
