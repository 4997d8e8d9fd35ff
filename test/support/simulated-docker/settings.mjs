// What a simulated installation is: read by every run of the simulated `docker` from the file that the wrapper names.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Reads JSON; the fallback if the file is not there. */
export function readJson(file, fallback) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' && fallback !== undefined) return fallback;
    throw error;
  }
}

/** Writes a file as a whole: readers see the old or the new one. */
export function writeWhole(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

export function readSettings(file) {
  const settings = readJson(file);
  const home = process.env.HOME || settings.home;
  const dockerFolder = process.env.DOCKER_CONFIG || join(home, '.docker');
  const mcp = join(home, '.docker', 'mcp');
  return {
    ...settings,
    settingsFile: file,
    failure: readJson(settings.failureFile, {}),
    home,
    dockerFolder,
    mcp,
    catalogsFolder: join(mcp, 'catalogs'),
    configFile: join(dockerFolder, 'config.json'),
    // The real one keeps these in SQLite; what they hold is the same.
    databaseFile: join(mcp, 'mcp-toolkit.db'),
    profilesFolder: join(mcp, 'database', 'profiles'),
    storedCatalogsFolder: join(mcp, 'database', 'catalogs'),
    registryFile: join(mcp, 'registry.yaml'),
    serverConfigFile: join(mcp, 'config.yaml'),
    toolsFile: join(mcp, 'tools.yaml'),
    legacyCatalogsFile: join(mcp, 'catalog.json'),
  };
}

export const readDockerConfig = settings => readJson(settings.configFile, {});

/** Writes ~/.docker/config.json with tabs, as docker does. */
export function writeDockerConfig(settings, config) {
  writeWhole(settings.configFile, JSON.stringify({ auths: {}, ...config }, null, '\t'));
}

export const isFeatureOn = (settings, name, byDefault) => {
  const value = readDockerConfig(settings).features?.[name];
  return value === undefined ? byDefault : value === 'enabled';
};

/** `profile` for a new plugin, and for an old one whose feature is switched on. */
export function dialectOf(settings) {
  if (settings.dialect === 'profile') return 'profile';
  return isFeatureOn(settings, 'profiles', false) ? 'profile' : 'legacy';
}
