// The tools at each address by their names, and their lists ready to be sent.
import type { Viewer } from './asking.ts';
import { pathOf } from './places.ts';
import type { ExposedTool, GatewayPorts } from './ports.ts';
import type { Reach } from './reach.ts';
import { envelope } from './revisions.ts';

export interface ReadyList {
  /** `{"tools":[…]}` */
  sessions: Buffer;
  /** The same with the members that revision 2026-07-28 asks for. */
  stateless: Buffer;
}

export interface ToolTable {
  /** The tool that a client means at an address, running or not; what it may not see is not there. */
  find(viewer: Viewer, name: string): ExposedTool | undefined;
  list(viewer: Viewer): ReadyList;
  /** A tool or a server is another now. */
  changed(): void;
}

interface Names {
  of: readonly ExposedTool[];
  byName: Map<string, ExposedTool>;
  byServer: Map<string, Map<string, ExposedTool>>;
}

/** Different views that are kept ready. */
const mostLists = 200;

export function createToolTable(
  { tools, version }: Pick<GatewayPorts, 'tools' | 'version'>,
  { isAt, isRunning, offer }: Reach,
): ToolTable {
  let names: Names | undefined;
  const lists = new Map<string, ReadyList>();

  const known = (): Names => {
    const of = tools.exposed();
    if (names?.of === of) return names;
    lists.clear();
    names = toNames(of);
    return names;
  };
  const toList = ({ place, maySee }: Viewer): ReadyList => {
    const shown =
      place.kind === 'server'
        ? [...(known().byServer.get(place.server)?.values() ?? [])].map(tool => ({ tool, name: tool.nameAlone }))
        : known()
            .of.filter(({ serverId }) => isAt(place, serverId) && isRunning(serverId))
            .map(tool => ({ tool, name: tool.name }));
    const definitions = shown
      .filter(({ tool }) => maySee(tool.serverId))
      .map(({ tool, name }) => (place.kind === 'server' ? { ...tool.definition, name } : toListed(tool, name)));
    const text = JSON.stringify(definitions);
    const serverInfo = (place.kind === 'server' && offer(place.server)?.serverInfo) || { name: 'quayside', version };
    const meta = JSON.stringify({ [envelope.serverInfo]: serverInfo });
    return {
      sessions: Buffer.from(`{"tools":${text}}`),
      stateless: Buffer.from(
        `{"tools":${text},"resultType":"complete","ttlMs":0,"cacheScope":"private","_meta":${meta}}`,
      ),
    };
  };

  return {
    find({ place, maySee }, name) {
      const { byName, byServer } = known();
      const tool = place.kind === 'server' ? byServer.get(place.server)?.get(name) : byName.get(name);
      if (!tool || !maySee(tool.serverId)) return undefined;
      return place.kind === 'server' || isAt(place, tool.serverId) ? tool : undefined;
    },
    list(viewer) {
      known();
      const key = `${pathOf(viewer.place)} ${viewer.viewKey}`;
      const ready = lists.get(key);
      if (ready) return ready;
      const list = toList(viewer);
      if (lists.size >= mostLists) lists.clear();
      lists.set(key, list);
      return list;
    },
    changed() {
      names = undefined;
      lists.clear();
    },
  };
}

function toNames(of: readonly ExposedTool[]): Names {
  const byName = new Map<string, ExposedTool>();
  const byServer = new Map<string, Map<string, ExposedTool>>();
  for (const tool of of) {
    const ofServer = byServer.get(tool.serverId) ?? new Map<string, ExposedTool>();
    byServer.set(tool.serverId, ofServer.set(tool.nameAlone, tool));
    byName.set(tool.name, tool);
  }
  // The long name works whether or not there is a clash, unless it is another tool's name.
  for (const tool of of) if (tool.longName !== null && !byName.has(tool.longName)) byName.set(tool.longName, tool);
  return { of, byName, byServer };
}

const toListed = ({ serverId, definition }: ExposedTool, name: string) => ({
  ...definition,
  name,
  _meta: { ...(definition['_meta'] as object | undefined), 'quayside/server': serverId },
});
