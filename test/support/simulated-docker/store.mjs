// The state of the profile dialect: one file for each profile and each catalog. A change is a read and a later write, without a lock between them.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fail } from './failure.mjs';
import { compactJson } from './go-format.mjs';
import { migrateLegacyFiles } from './migration.mjs';
import { readJson, writeWhole } from './settings.mjs';

const databaseTroubles = {
  locked: 'database is locked (5) (SQLITE_BUSY)',
  'migration-lock': 'failed to acquire migration lock: context deadline exceeded',
  dirty: 'database is in dirty state at version 6, manual intervention required',
  corrupt: 'file is not a database (26)',
  'read-only': 'unable to open database file: out of memory (14)',
};

/** Opens the state: makes it in a fresh home, and turns legacy files into a profile once. */
export async function openStore(settings) {
  const trouble = settings.failure.database;
  if (trouble === 'newer')
    fail(
      `database version 99 (${settings.databaseFile}) is ahead of the current application version. Please upgrade to the latest version`,
    );
  if (trouble === 'locked' || trouble === 'migration-lock') await pause(settings.failure.waitMilliseconds ?? 5_000);
  if (trouble) fail(databaseTroubles[trouble]);
  mkdirSync(settings.profilesFolder, { recursive: true });
  mkdirSync(settings.storedCatalogsFolder, { recursive: true });
  writeFileSync(join(settings.mcp, '.mcp-toolkit-migration.lock'), '', { flag: 'a' });
  writeFileSync(settings.databaseFile, '', { flag: 'a' });
  if (process.env.DOCKER_MCP_IN_CONTAINER !== '1') migrateLegacyFiles(settings, { saveProfile });
  return settings;
}

const fileOf = (folder, key) => join(folder, `${encodeURIComponent(key)}.json`);

function readAll(folder) {
  return readdirSync(folder)
    .filter(name => name.endsWith('.json'))
    .map(name => ({ name, value: readJson(join(folder, name), null) }))
    .filter(({ value }) => value !== null)
    .map(({ value }) => value);
}

const inOrder = key => (a, b) => (a[key] < b[key] ? -1 : 1);

export const listProfiles = settings => readAll(settings.profilesFolder).sort(inOrder('id'));

export const findProfile = (settings, id) => readJson(fileOf(settings.profilesFolder, id), null);

export function getProfile(settings, id) {
  return findProfile(settings, id) ?? fail(`profile ${id} not found`);
}

/** Other processes may write between a read and this: the last one wins, as in the real one. */
export async function changeProfile(settings, id, change) {
  const profile = getProfile(settings, id);
  await pause(settings.raceMilliseconds ?? 0);
  const result = change(profile);
  saveProfile(settings, profile);
  return result;
}

export function saveProfile(settings, profile) {
  writeWhole(fileOf(settings.profilesFolder, profile.id), JSON.stringify(profile));
  changeDatabase(settings);
}

export function removeProfile(settings, id) {
  rmSync(fileOf(settings.profilesFolder, id));
  changeDatabase(settings);
}

/** The real one keeps profiles in this file, so that whoever watches it sees each change. */
const changeDatabase = settings => writeFileSync(settings.databaseFile, '.', { flag: 'a' });

export const listCatalogs = settings => readAll(settings.storedCatalogsFolder).sort(inOrder('ref'));

export const findCatalog = (settings, ref) => readJson(fileOf(settings.storedCatalogsFolder, ref), null);

export const digestOf = catalog =>
  createHash('sha256')
    .update(compactJson([catalog.title, catalog.servers]))
    .digest('hex');

export function saveCatalog(settings, catalog) {
  const stored = { ...catalog, digest: digestOf(catalog) };
  writeWhole(fileOf(settings.storedCatalogsFolder, catalog.ref), JSON.stringify(stored));
  return stored;
}

export const removeCatalog = (settings, ref) => rmSync(fileOf(settings.storedCatalogsFolder, ref));
