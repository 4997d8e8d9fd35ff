// All tools as they are now, in memory: asked for with every call and every list, worked out anew only when something changed.
import type { ToolOverride } from '../../../shared/api/tools.ts';
import type { WireTool } from '../../supervision/session.ts';
import type { ToolNameRepository } from './tool-names.repository.ts';
import { allocateNames, clearLongNames, longNameOf, type ToolId, toolKey } from './tool-names.ts';
import type { StoredTool } from './tools.repository.ts';

/** The servers feature as these files need it. */
export interface ToolSettings {
  disabledTools: readonly string[];
  limits: { callSeconds: number };
}

/** A tool that clients of the gateway may see. */
export interface ExposedTool {
  serverId: string;
  /** The server's own name of it. */
  tool: string;
  /** Its name beside the tools of other servers: no two have one, and it stays. */
  name: string;
  /** `server__name`, which works too; null where it could mean another tool as well. */
  longName: string | null;
  /** Its name where its server is alone. */
  nameAlone: string;
  /** As the server sent it, with the title and description that a person gave it. */
  definition: WireTool;
}

export interface KnownTool extends ExposedTool {
  /** As the server sent it. */
  sent: WireTool;
  enabled: boolean;
  quarantined: boolean;
  override: ToolOverride;
}

export interface KnownTools {
  all(): readonly KnownTool[];
  /** Errors: SERVER_001. */
  ofServer(serverId: string): readonly KnownTool[];
  find(tool: ToolId): KnownTool | undefined;
  /** Enabled and not in quarantine. The same array as long as nothing in it has changed. */
  exposed(): readonly ExposedTool[];
  /** The exposed tool of this name at the gateway; also by `server__tool`, which always works where it is clear. */
  named(name: string): ExposedTool | undefined;
  /** All servers, also those without tools, in the order in which they were added. */
  serverIds(): readonly string[];
  /** Errors: SERVER_001. */
  settings(serverId: string): ToolSettings;
  /** Whose names these are: also of tools that a person has renamed. */
  holderOf(name: string): ToolId | undefined;
  /** To be called whenever a server, its configuration, its tools, an override or the quarantine changed. Cheap. */
  invalidate(): void;
}

export interface KnownToolsOptions {
  /** Each server's in its own order. */
  stored(): readonly StoredTool[];
  /** All servers in the order in which their tools are listed: it stays, so that what clients keep of a list stays good. */
  serverIds(): readonly string[];
  /** Tools that are known by a definition alone. */
  defined(): readonly StoredTool[];
  /** Errors: SERVER_001. */
  settings(serverId: string): ToolSettings;
  isQuarantined(serverId: string, tool: string): boolean;
  names: ToolNameRepository;
}

interface Snapshot {
  all: readonly KnownTool[];
  byKey: ReadonlyMap<string, KnownTool>;
  byServer: ReadonlyMap<string, readonly KnownTool[]>;
  exposed: readonly ExposedTool[];
  byName: ReadonlyMap<string, ExposedTool>;
  holders: ReadonlyMap<string, ToolId>;
}

const noOverride: ToolOverride = { name: null, title: null, description: null };

export function createKnownTools(options: KnownToolsOptions): KnownTools {
  let current: Snapshot | undefined;
  let last: Snapshot | undefined;
  let settingsByServer = new Map<string, ToolSettings>();

  const settings = (serverId: string): ToolSettings => {
    const known = settingsByServer.get(serverId);
    if (known) return known;
    const read = options.settings(serverId);
    settingsByServer.set(serverId, read);
    return read;
  };
  const defined = createSteady(options.defined);
  const snapshot = (): Snapshot => {
    if (current) return current;
    const all = describe({ ...options, settings, defined }, last);
    current = toSnapshot(all.tools, all.holders, last);
    last = current;
    return current;
  };

  return {
    all: () => snapshot().all,
    ofServer(serverId) {
      settings(serverId);
      return snapshot().byServer.get(serverId) ?? [];
    },
    find: tool => snapshot().byKey.get(toolKey(tool)),
    exposed: () => snapshot().exposed,
    serverIds: options.serverIds,
    named: name => snapshot().byName.get(name),
    settings,
    holderOf: name => snapshot().holders.get(name),
    invalidate() {
      current = undefined;
      settingsByServer = new Map();
    },
  };
}

function describe(
  { stored, serverIds, defined, settings, isQuarantined, names }: KnownToolsOptions,
  last: Snapshot | undefined,
): { tools: KnownTool[]; holders: Map<string, ToolId> } {
  const disabled = new Map<string, ReadonlySet<string>>();
  const isOff = (serverId: string, name: string): boolean => {
    const known = disabled.get(serverId) ?? new Set(settings(serverId).disabledTools);
    disabled.set(serverId, known);
    return known.has(name);
  };
  const known = inOrder(withDefined(stored(), defined(), isOff), serverIds());
  const ids = known.map(({ serverId, definition }) => ({ serverId, tool: definition.name }));
  const longNames = clearLongNames(ids);
  const overrides = new Map(names.overrides().map(({ override, ...id }) => [toolKey(id), { id, override }]));
  const given = new Map(
    [...overrides.values()].flatMap(({ id, override }) =>
      override.name === null ? [] : [[override.name, id] as const],
    ),
  );
  const held = names.names();
  const allocation = allocateNames(held, ids, given);
  if (allocation.added.length > 0 || allocation.freed.length > 0) names.saveNames(allocation);
  const heldBy = new Map([...held].map(([name, id]) => [toolKey(id), name]));
  const ownNamesTaken = new Set([...given].map(([name, id]) => `${id.serverId} ${name}`));

  const tools = known.map(({ serverId, definition }): KnownTool => {
    const tool = definition.name;
    const key = toolKey({ serverId, tool });
    const override = overrides.get(key)?.override ?? noOverride;
    const name = override.name ?? heldBy.get(key) ?? longNameOf({ serverId, tool });
    const isOwnTaken = override.name === null && ownNamesTaken.has(`${serverId} ${tool}`);
    const next: KnownTool = {
      serverId,
      tool,
      name,
      longName: longNames.get(key) ?? null,
      nameAlone: isOwnTaken ? name : (override.name ?? tool),
      definition: shown(definition, override, last?.byKey.get(key)),
      sent: definition,
      enabled: !isOff(serverId, tool),
      quarantined: isQuarantined(serverId, tool),
      override,
    };
    const before = last?.byKey.get(key);
    return before && isSame(before, next) ? before : next;
  });
  return { tools, holders: new Map([...held, ...given]) };
}

/** The same objects as the last time for tools that are as they were: definitions are made anew with each reading. */
function createSteady(read: () => readonly StoredTool[]): () => readonly StoredTool[] {
  let known = new Map<string, { text: string; tool: StoredTool }>();
  return () => {
    const next = read().map(tool => {
      const key = toolKey({ serverId: tool.serverId, tool: tool.definition.name });
      const text = JSON.stringify(tool.definition);
      const before = known.get(key);
      return [key, before?.text === text ? before : { text, tool }] as const;
    });
    known = new Map(next);
    return next.map(([, { tool }]) => tool);
  };
}

/** The definition that clients see; the same object as before if it says the same. */
function shown(sent: WireTool, { title, description }: ToolOverride, before: KnownTool | undefined): WireTool {
  if (title === null && description === null) return sent;
  const isAsBefore =
    before?.sent === sent && before.override.title === title && before.override.description === description;
  if (isAsBefore) return before.definition;
  return { ...sent, ...(title === null ? {} : { title }), ...(description === null ? {} : { description }) };
}

const isSame = (a: KnownTool, b: KnownTool): boolean =>
  a.name === b.name &&
  a.longName === b.longName &&
  a.nameAlone === b.nameAlone &&
  a.definition === b.definition &&
  a.sent === b.sent &&
  a.enabled === b.enabled &&
  a.quarantined === b.quarantined &&
  a.override.name === b.override.name &&
  a.override.title === b.override.title &&
  a.override.description === b.override.description;

function toSnapshot(all: KnownTool[], holders: Map<string, ToolId>, last: Snapshot | undefined): Snapshot {
  const visible: ExposedTool[] = all.filter(({ enabled, quarantined }) => enabled && !quarantined);
  const isUnchanged = last?.exposed.length === visible.length && visible.every((tool, at) => last.exposed[at] === tool);
  const exposed = isUnchanged ? last.exposed : visible;
  // The long form first, so that a name in the list wins.
  const longNames = exposed.flatMap(tool => (tool.longName === null ? [] : [[tool.longName, tool] as const]));
  return {
    all,
    byKey: new Map(all.map(tool => [toolKey(tool), tool])),
    byServer: Map.groupBy(all, ({ serverId }) => serverId),
    exposed,
    byName: new Map([...longNames, ...exposed.map(tool => [tool.name, tool] as const)]),
    holders,
  };
}

/**
 * The tools that a server told. Those of its definition come beside them while it has told none, and if they are off: then its
 * engine does not offer them, and a person wants to switch them on again.
 */
function withDefined(
  told: readonly StoredTool[],
  defined: readonly StoredTool[],
  isOff: (serverId: string, name: string) => boolean,
): StoredTool[] {
  const servers = new Set(told.map(({ serverId }) => serverId));
  const keys = new Set(told.map(({ serverId, definition }) => `${serverId} ${definition.name}`));
  const more = defined.filter(
    ({ serverId, definition: { name } }) =>
      !servers.has(serverId) || (!keys.has(`${serverId} ${name}`) && isOff(serverId, name)),
  );
  return [...told, ...more];
}

function inOrder(tools: readonly StoredTool[], serverIds: readonly string[]): StoredTool[] {
  const byServer = Map.groupBy(tools, ({ serverId }) => serverId);
  return serverIds.flatMap(serverId => byServer.get(serverId) ?? []);
}
