import { disposeAll } from '../../platform/commands.ts';
import { type ProfileCommandsOptions, registerProfileCommands } from './profiles.commands.ts';
import { createProfilesTree, type ProfilesTreeOptions } from './profiles.tree.ts';

/** The Docker tree and what is done to profiles. */
export function registerProfiles(options: ProfileCommandsOptions & ProfilesTreeOptions) {
  const tree = createProfilesTree(options);
  const all = disposeAll([tree, ...registerProfileCommands(options)]);
  return { tree, dispose: () => all.dispose() };
}
