import type { Profile } from '../../shared/api/profiles.ts';
import { pickOne } from './pick-server.ts';
import { withoutIcons } from './plain-text.ts';
import { idOf } from './row-argument.ts';

/** The profile that a command is about: of a row of it or of its gateway, by its id, or the one that is chosen. */
export async function profileOf(argument: unknown, profiles: readonly Profile[], title: string): Promise<Profile> {
  const id = idOf(argument, 'profile', 'id') ?? idOf(argument, 'gateway', 'profile');
  const found = profiles.find(profile => profile.id === id);
  if (found) return found;
  const only = profiles.length === 1 ? profiles[0] : undefined;
  if (only) return only;
  const items = profiles.map(profile => ({
    label: withoutIcons(profile.name),
    description: profile.id,
    detail: `${profile.serverIds.length} servers, ${profile.running} running`,
    value: profile,
  }));
  return await pickOne(items, title, 'Choose a profile');
}
