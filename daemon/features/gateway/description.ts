// What the endpoint says of itself when a client connects. Nobody is asked for it and nothing is started.
import type { UpstreamOffer, WireObject } from '../../supervision/upstream.ts';
import type { Viewer } from './asking.ts';
import type { Reach } from './reach.ts';
import { isObject } from './wire.ts';

export interface Description {
  serverInfo: WireObject;
  capabilities: WireObject;
  instructions: string | undefined;
}

/**
 * Capabilities of a server that the way to it does not carry. Tasks: they are kept by the session, and one session
 * serves several clients, so that anybody could read what is another one's.
 */
export const notCarried: readonly string[] = ['tasks'];
const extensionsNotCarried: readonly string[] = ['io.modelcontextprotocol/tasks'];

/** Servers come and go while a client stays, so the address of all of them offers all that could be. */
const allCapabilities: WireObject = {
  tools: { listChanged: true },
  resources: { listChanged: true, subscribe: true },
  prompts: { listChanged: true },
  completions: {},
  logging: {},
};

const ownInstructions =
  'Tools of several MCP servers on this machine, offered by Quayside. Of two servers with a tool of one name, the later one’s is called server__tool.';
/** Characters of one server's instructions where there are those of others, and of all of them. */
const mostInstructions = { each: 2_000, all: 16_000 };

export function describePlace(viewer: Viewer, reach: Reach, version: string): Description {
  if (viewer.place.kind === 'server') return describeServer(viewer.place.server, reach, version);
  return {
    serverInfo: { name: 'quayside', version },
    capabilities: allCapabilities,
    instructions: joinInstructions(reach.running(viewer), reach),
  };
}

function describeServer(serverId: string, reach: Reach, version: string): Description {
  const offer = reach.offer(serverId);
  if (!offer)
    return { serverInfo: { name: serverId, version }, capabilities: allCapabilities, instructions: undefined };
  return {
    serverInfo: offer.serverInfo,
    capabilities: toCarried(offer.capabilities),
    instructions: offer.instructions,
  };
}

/** A server's capabilities without those that are lost on the way. */
export function toCarried(capabilities: UpstreamOffer['capabilities']): WireObject {
  const carried: WireObject = {};
  for (const [name, value] of Object.entries(capabilities)) {
    if (notCarried.includes(name)) continue;
    // Switching a tool off changes the list too, whether or not the server itself ever does.
    carried[name] = name === 'tools' && isObject(value) ? { ...value, listChanged: true } : value;
  }
  const { extensions } = carried;
  if (isObject(extensions)) {
    const kept = Object.entries(extensions).filter(([name]) => !extensionsNotCarried.includes(name));
    carried['extensions'] = Object.fromEntries(kept);
  }
  return carried;
}

function joinInstructions(serverIds: readonly string[], reach: Reach): string {
  const parts = serverIds.flatMap(id => {
    const text = reach.offer(id)?.instructions?.trim();
    return text ? [`## ${id}\n${text.slice(0, mostInstructions.each)}`] : [];
  });
  return [ownInstructions, ...parts].join('\n\n').slice(0, mostInstructions.all);
}
