// A profile as one document: exported, changed and imported again, for what docker mcp has no word (CONTRACT section 11, trap 4).
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import { canonicalJSON } from './canonical-json.ts';
import type { ProfilesCli } from './cli/docker-cli.ts';
import type { Profile, ProfileServer } from './cli/schemas.ts';

export type ProfileDocuments = Pick<ProfilesCli, 'exportDocument' | 'importDocument'>;

/** Go leaves empty members out or writes null, so they are no difference. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([key, member]) => key === 'tools' || (member !== null && member !== ''))
    .map(([key, member]) => [key, essence(member)] as const)
    .filter(([key, member]) => key === 'tools' || !isEmptyObject(member));
  return Object.fromEntries(members);
}

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;

/** True if both say the same. */
export const sameDocument = (a: unknown, b: unknown): boolean =>
  canonicalJSON(essence(a)) === canonicalJSON(essence(b));

export const nameOf = ({ snapshot }: ProfileServer): string | undefined => snapshot?.server.name;

export const entryOf = (profile: Profile, name: string): ProfileServer | undefined =>
  profile.servers.find(server => nameOf(server) === name);

/** The document with one entry made anew; at the end if it was not there. Undefined takes it out. */
export function withEntry(profile: Profile, name: string, entry: ProfileServer | undefined): Profile {
  const isThere = entryOf(profile, name) !== undefined;
  const servers = profile.servers.flatMap(server => (nameOf(server) === name ? (entry ? [entry] : []) : [server]));
  return { ...profile, servers: isThere || !entry ? servers : [...servers, entry] };
}

/**
 * Changes a profile's document. It is read again right before it is written: what somebody else has written meanwhile would be
 * lost, because an import replaces the whole profile. Afterwards it has to be what was asked for, and nothing else.
 * Errors: DOCKER_010 if others keep changing it, DOCKER_015 if docker mcp made something else of it.
 */
export async function editDocument(
  cli: ProfileDocuments,
  id: string,
  change: (profile: Profile) => Profile,
): Promise<Profile> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const before = await cli.exportDocument(id);
    const after = change(structuredClone(before));
    if (sameDocument(before, after)) return before;
    const now = await cli.exportDocument(id);
    if (!sameDocument(before, now)) continue;
    await cli.importDocument(after);
    const made = await cli.exportDocument(id);
    if (sameDocument(made, after)) return made;
    throw notAsAsked(id);
  }
  throw keepsChanging(id);
}

const keepsChanging = (id: string): ProblemError =>
  problem('DOCKER_010', {
    detail: `Another program changes the profile "${id}" at the same time. Nothing was written.`,
    next: 'Wait until it is done, and try again.',
  });

export const notAsAsked = (id: string): ProblemError =>
  problem('DOCKER_015', {
    detail: `docker mcp has accepted the change of the profile "${id}", and the profile is not what was asked for.`,
    next: 'Look at the profile; another program may have changed it at the same moment. Then try again.',
  });
