// What importing a document would do to the profile of its id: docker mcp overwrites it without a question.
import * as z from 'zod';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { ProfileImport } from '../../../shared/api/profiles.ts';
import { DockerServerName, ImageReference, ProfileId, ProfileName } from '../../../shared/domain/docker-names.ts';
import { canonicalJSON } from './canonical-json.ts';
import { Profile, type ProfileServer } from './cli/schemas.ts';
import { definitionDigestOf } from './definition.ts';
import { entryOf, nameOf } from './profile-document.ts';
import { sameTools } from './settings-change.ts';

const most = 500;
const types = new Set(['image', 'remote', 'registry']);

/** Errors: PROFILE_004. */
export function parseDocument(document: unknown): Profile {
  const parsed = Profile.safeParse(document);
  if (!parsed.success) throw noProfile(z.prettifyError(parsed.error).split('\n')[0] ?? '');
  const profile = parsed.data;
  if (!ProfileId.safeParse(profile.id).success) throw noProfile('its id has characters that an id must not have');
  if (!ProfileName.safeParse(profile.name).success) throw noProfile('its name cannot be used');
  if (profile.servers.length > most) throw noProfile(`it has more than ${most} servers`);
  const names = profile.servers.map(nameOf);
  for (const [index, server] of profile.servers.entries()) {
    if (!types.has(server.type))
      throw noProfile(`server ${index + 1} is of the type "${server.type}", which nothing runs`);
    if (server.type === 'image' && !ImageReference.safeParse(server.image).success)
      throw noProfile(`server ${index + 1} has an image that is none`);
    if (names[index] !== undefined && !DockerServerName.safeParse(names[index]).success)
      throw noProfile(`server ${index + 1} has a name that a server must not have`);
  }
  const known = names.filter(name => name !== undefined);
  if (new Set(known).size < known.length) throw noProfile('it names a server twice');
  return profile;
}

const noProfile = (why: string): ProblemError =>
  problem('PROFILE_004', {
    detail: `This is no profile: ${why.slice(0, 300)}.`,
    next: 'Choose a file that was exported by docker mcp or by Quayside.',
  });

/** `before`: the profile that is there. */
export function compareProfiles(before: Profile | undefined, after: Profile): ProfileImport['changes'] {
  const names = [...new Set([...(before?.servers ?? []), ...after.servers].map(label))];
  return names.map(server => {
    const [was, shall] = [before && find(before, server), find(after, server)];
    if (!was) return { server, change: 'added', detail: 'It is new.' };
    if (!shall)
      return { server, change: 'removed', detail: 'It is not in the document, with its settings and choice of tools.' };
    const changed = [
      ...(digest(was) === digest(shall) ? [] : ['its definition']),
      ...(was.image === shall.image && was.endpoint === shall.endpoint ? [] : ['where it comes from']),
      ...(canonicalJSON(was.config ?? {}) === canonicalJSON(shall.config ?? {}) ? [] : ['its settings']),
      ...(sameTools(was.tools, shall.tools) ? [] : ['its choice of tools']),
    ];
    if (changed.length === 0) return { server, change: 'same', detail: 'It stays as it is.' };
    return { server, change: 'changed', detail: `Replaced: ${changed.join(', ')}.` };
  });
}

/** True if all that a document says of its servers is in the profile that was made of it, and no other server. */
export function holds(made: Profile, wanted: Profile): boolean {
  if (made.name !== wanted.name || made.servers.length !== wanted.servers.length) return false;
  return wanted.servers.every((server, index) => {
    const name = nameOf(server);
    const there = name === undefined ? made.servers[index] : entryOf(made, name);
    return (
      there !== undefined &&
      canonicalJSON(there.config ?? {}) === canonicalJSON(server.config ?? {}) &&
      sameTools(there.tools, server.tools) &&
      (name === undefined || digest(there) === digest(server))
    );
  });
}

const label = (server: ProfileServer): string =>
  nameOf(server) ?? server.image ?? server.endpoint ?? server.source ?? '?';
const find = (profile: Profile, name: string): ProfileServer | undefined =>
  entryOf(profile, name) ?? profile.servers.find(server => label(server) === name);
const digest = (server: ProfileServer): string =>
  server.snapshot ? definitionDigestOf(server.snapshot.server) : label(server);
