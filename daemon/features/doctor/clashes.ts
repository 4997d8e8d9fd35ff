// Tools of one name within a profile.
import { gatewayOwnTools } from '../../engines/docker-engine.ts';
import type { DoctorServer } from './doctor-needs.ts';

export interface ProfileClashes {
  profile: string;
  clashes: { tool: string; servers: string[] }[];
  /** True if the names are kept apart by prefixes. */
  harmless: boolean;
}

export function findClashes(
  servers: readonly DoctorServer[],
  modeOf: (profile: string) => { usesFiles: boolean; ownTools: boolean },
): ProfileClashes[] {
  const profiles = new Map<string, DoctorServer[]>();
  for (const each of servers) {
    const { profile } = each.server;
    if (profile !== null) profiles.set(profile, [...(profiles.get(profile) ?? []), each]);
  }
  return [...profiles].flatMap(([profile, members]) => {
    const { usesFiles, ownTools } = modeOf(profile);
    const users = new Map<string, string[]>();
    // A server's tool of such a name is refused as well.
    if (ownTools) for (const name of gatewayOwnTools) users.set(name, ['the gateway itself']);
    for (const member of members) {
      for (const tool of toolsOf(member)) users.set(tool, [...(users.get(tool) ?? []), member.server.title]);
    }
    const clashes = [...users].flatMap(([tool, names]) => (names.length > 1 ? [{ tool, servers: names }] : []));
    return clashes.length > 0 ? [{ profile, clashes, harmless: usesFiles }] : [];
  });
}

/** The names that the server would have in the gateway: those that are on, with the prefix of its own definition. */
function toolsOf({ definition, configuration }: DoctorServer): Set<string> {
  const tools = Array.isArray(definition?.['tools']) ? definition['tools'] : [];
  const prefix =
    typeof definition?.['prefix'] === 'string' && definition['prefix'] !== '' ? `${definition['prefix']}__` : '';
  const off = new Set(configuration.disabledTools);
  const names = tools.flatMap((tool: unknown) => {
    const name = typeof tool === 'object' && tool !== null && 'name' in tool ? tool.name : undefined;
    return typeof name === 'string' && !off.has(name) ? [`${prefix}${name}`] : [];
  });
  return new Set(names);
}
