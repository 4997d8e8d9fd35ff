// What somebody has changed in a profile while its gateway runs.
import { isDeepStrictEqual } from 'node:util';
import type { ServerInProfile } from '../../engine.ts';
import type { Member } from './member.ts';

export interface ServerChange {
  member: Member;
  server: ServerInProfile;
  settings: boolean;
  tools: boolean;
  /** Another image, command, volume: nothing that a running gateway could take over. */
  definition: boolean;
}

/** One entry for each member that is not any more as it was launched. Who joined or left is not looked at here. */
export function compareServers(members: readonly Member[], servers: readonly ServerInProfile[]): ServerChange[] {
  return members.flatMap(member => {
    const was = member.launch?.server;
    const server = servers.find(({ name }) => name === was?.name);
    if (!was || !server) return [];
    const change = {
      settings: !isDeepStrictEqual(was.settings, server.settings),
      tools: !isDeepStrictEqual(was.tools, server.tools),
      definition: !isDeepStrictEqual(was.definition, server.definition),
    };
    return change.settings || change.tools || change.definition ? [{ member, server, ...change }] : [];
  });
}
