// The one set of enabled servers of the legacy dialect, shown as a profile that can be neither renamed nor removed (CONTRACT section 5).
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMap, parseDocument, parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { ServerInProfile } from '../engine.ts';
import type { LegacyCli } from './cli/docker-cli.ts';
import { type LegacyServer, ServerSpec } from './cli/schemas.ts';
import { sourceOf, toolNamesOf, toServerInProfile } from './definition.ts';
import type { Place, ProfileDialect, ServerChange } from './profile-dialect.ts';
import { notAsAsked } from './profile-document.ts';
import { noSuchProfile, noSuchServer } from './profile-servers.ts';
import { sameSettings, sameTools } from './settings-change.ts';

export const legacyProfile = 'default';
const docker = 'docker-mcp';

const Members = z.record(z.string(), z.unknown());
const Tools = z.record(z.string(), z.array(z.string()).nullish()).catch({});
type Definitions = ReadonlyMap<string, { spec: ServerSpec; catalog: string }>;

/** What catalogs say, kept for a moment: reading them is slow, and each change reads three times. */
export interface KeptDefinitions {
  read(names: readonly string[], load: () => Promise<Definitions>): Promise<Definitions>;
}

export function keepDefinitions(now: () => number = Date.now, keptMs = 20_000): KeptDefinitions {
  let kept: { at: number; definitions: Definitions } | undefined;
  return {
    async read(names, load) {
      if (kept && now() - kept.at < keptMs && names.every(name => kept?.definitions.has(name))) return kept.definitions;
      kept = { at: now(), definitions: await load() };
      return kept.definitions;
    },
  };
}

export function createLegacyServers(
  cli: LegacyCli,
  mcpFolder: string,
  kept: KeptDefinitions = keepDefinitions(),
): ProfileDialect {
  const toolsFile = join(mcpFolder, 'tools.yaml');
  const readTools = async (): Promise<z.infer<typeof Tools>> =>
    Tools.parse((await parsed(toolsFile).catch(() => undefined)) ?? {});
  const readSettings = async (): Promise<Record<string, unknown>> =>
    Members.catch({}).parse(parseConfig(await cli.readConfig()).toJS() ?? {});

  const readAll = async (): Promise<ServerInProfile[]> => {
    const [enabled, settings, tools] = await Promise.all([cli.servers(), readSettings(), readTools()]);
    const names = enabled.map(({ name }) => name);
    const definitions: Definitions =
      names.length === 0 ? new Map() : await kept.read(names, () => readDefinitions(cli, mcpFolder));
    return enabled.flatMap(server => toServer(server, definitions, settings, tools) ?? []);
  };
  const find = async (place: Place): Promise<ServerInProfile | undefined> => {
    if (place.profile !== legacyProfile) throw noSuchProfile(place.profile);
    return (await readAll()).find(({ name }) => name === place.name);
  };
  const get = async (place: Place): Promise<ServerInProfile> => {
    const found = await find(place);
    if (found) return found;
    throw noSuchServer(place);
  };

  const writeSettings = async (name: string, settings: Record<string, unknown>): Promise<void> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const before = await cli.readConfig();
      const document = parseConfig(before);
      if (Object.keys(settings).length > 0) document.set(name, settings);
      else document.delete(name);
      // The whole file is replaced, so what somebody has written meanwhile would be lost.
      if ((await cli.readConfig()) !== before) continue;
      await cli.writeConfig(
        isMap(document.contents) && document.contents.items.length > 0 ? document.toString() : '{}\n',
      );
      return;
    }
    throw keepsChanging('config.yaml');
  };
  /** By its own words as far as they go; they cannot go back to "all", and not from "all" where the tools are not known. */
  const writeTools = async (server: ServerInProfile, wanted: string[] | null): Promise<void> => {
    const { name } = server;
    const known = toolNamesOf(ServerSpec.catch({ name }).parse(server.definition));
    if (wanted !== null && known.length > 0) {
      const now = server.tools ?? known;
      const off = now.filter(tool => !wanted.includes(tool));
      const on = wanted.filter(tool => !now.includes(tool));
      if (off.length > 0) await cli.disableTools(off, name);
      if (on.length > 0) await cli.enableTools(on, name);
      if (sameTools((await readTools())[name] ?? null, wanted)) return;
    }
    await replaceTools(toolsFile, name, wanted);
  };
  const configure = async (place: Place, { settings, tools }: ServerChange): Promise<ServerInProfile> => {
    const before = await get(place);
    if (settings !== undefined && !sameSettings(before.settings, settings)) await writeSettings(place.name, settings);
    if (tools !== undefined && !sameTools(before.tools, tools)) await writeTools(before, tools);
    const after = await get(place);
    const isDone =
      (settings === undefined || sameSettings(after.settings, settings)) &&
      (tools === undefined || sameTools(after.tools, meant(tools, after)));
    if (isDone) return after;
    throw notAsAsked(legacyProfile);
  };

  return {
    async list() {
      const servers = await readAll();
      return [{ id: legacyProfile, name: 'Default', fixed: true, servers, clients: [] }];
    },
    find,
    configure,
    async add(profile, reference, wanted) {
      if (profile !== legacyProfile) throw noSuchProfile(profile);
      if (reference.kind !== 'catalog') {
        throw problem('DOCKER_002', {
          detail: 'This docker mcp can add servers of catalogs, and no images by themselves.',
          next: 'Update the docker-mcp plugin to version 0.42 or newer.',
        });
      }
      const name = wanted ?? reference.names[0] ?? '';
      // Enabling again changes nothing: settings and tools are kept by name.
      await cli.enable([name]);
      await get({ profile, name });
      return name;
    },
    async take(place) {
      await cli.disable([place.name]);
      if ((await cli.servers()).some(({ name }) => name === place.name)) throw notAsAsked(legacyProfile);
    },
    async putBack({ profile, name }) {
      // The definition is the catalog's own here, and never a copy: there is nothing to put back but the server itself.
      await cli.enable([name]);
      return await get({ profile, name });
    },
  };
}

/** All tools by name are shown as all. */
const meant = (tools: string[] | null, { definition, name }: ServerInProfile): string[] | null => {
  const known = toolNamesOf(ServerSpec.catch({ name }).parse(definition));
  return tools !== null && known.length > 0 && known.every(tool => tools.includes(tool)) ? null : tools;
};

function toServer(
  { name, description }: LegacyServer,
  definitions: Definitions,
  settings: Record<string, unknown>,
  tools: z.infer<typeof Tools>,
): ServerInProfile | undefined {
  const found = definitions.get(name);
  const spec = found?.spec ?? { name, description };
  const source = sourceOf(spec);
  if (!source) return undefined;
  const server = toServerInProfile(legacyProfile, {
    type: source.type,
    config: Members.catch({}).parse(settings[name] ?? {}),
    tools: tools[name] ?? null,
    ...(found ? { catalogRef: found.catalog } : {}),
    snapshot: { server: spec },
  });
  return server && { ...server, tools: meant(server.tools, server) };
}

/** From the catalogs as docker mcp shows them; offline from the files that it keeps of them. */
async function readDefinitions(cli: LegacyCli, mcpFolder: string): Promise<Definitions> {
  const names = await cli.catalogs().then(
    ({ catalogs }) => Object.keys(catalogs),
    () => [docker],
  );
  const all = new Map<string, { spec: ServerSpec; catalog: string }>();
  for (const catalog of new Set([...names, docker])) {
    const registry = await cli.showCatalog(catalog).then(
      found => found.registry,
      () => readRegistry(join(mcpFolder, 'catalogs', `${catalog}.yaml`)),
    );
    for (const [name, spec] of Object.entries(registry)) all.set(name, { catalog, spec: { ...spec, name } });
  }
  return all;
}

async function readRegistry(file: string): Promise<Record<string, ServerSpec>> {
  const { registry } = z
    .looseObject({ registry: Members.catch({}) })
    .catch({ registry: {} })
    .parse(await parsed(file).catch(() => ({})));
  return Object.fromEntries(
    Object.entries(registry).flatMap(([name, entry]) => {
      const { data } = ServerSpec.safeParse({ ...Members.catch({}).parse(entry), name });
      return data ? [[name, data]] : [];
    }),
  );
}

const parsed = async (file: string): Promise<unknown> =>
  parseYaml(await readFile(file, 'utf8'), { maxAliasCount: 100 });

/** Errors: DOCKER_011 for a text that is no map: writing over it would lose what its owner meant. */
function parseConfig(text: string) {
  const document = parseDocument(text === '' ? '{}' : text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    throw problem('DOCKER_011', {
      detail: 'The file ~/.docker/mcp/config.yaml is not valid YAML, so nothing was written over it.',
      next: 'Correct the file, or reset it with "docker mcp config reset".',
    });
  }
  if (isMap(document.contents)) document.contents.flow = false;
  return document;
}

/** Writes the file as a whole, with everybody else's part of it as it is. */
async function replaceTools(file: string, name: string, wanted: string[] | null): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const document = parseDocument(text === '' ? '{}' : text);
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    throw problem('DOCKER_011', {
      detail: 'The file ~/.docker/mcp/tools.yaml is not valid YAML, so nothing was written over it.',
      next: 'Correct the file, or remove it: then all tools are on.',
    });
  }
  if (isMap(document.contents)) document.contents.flow = false;
  if (wanted === null) document.delete(name);
  else document.set(name, wanted);
  await mkdir(join(file, '..'), { recursive: true });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, document.toString(), { flag: 'wx', mode: 0o600 });
  if ((await readFile(file, 'utf8').catch(() => '')) !== text) throw keepsChanging('tools.yaml');
  await rename(draft, file);
}

const keepsChanging = (file: string): ProblemError =>
  problem('DOCKER_010', {
    detail: `Another program changes ~/.docker/mcp/${file} at the same time.`,
    next: 'Wait until it is done, and try again.',
  });
