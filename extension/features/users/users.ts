import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { followAccessKeys } from './access-keys.ts';
import { registerExplainCommands } from './explain.commands.ts';
import { registerKeyCommands } from './keys.commands.ts';
import { registerUserCommands } from './users.commands.ts';
import { createPeopleTree } from './users.tree.ts';

export interface UsersOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
  open: OpenPanel;
  log: (message: string) => void;
}

/** The People tree: users, keys and agents, and everything that is done to them. */
export function registerUsers(options: UsersOptions) {
  const tree = createPeopleTree(options.link, options.mirror);
  const parts = [
    ...registerUserCommands(options),
    ...registerKeyCommands(options),
    ...registerExplainCommands(options),
    followAccessKeys(options.link, options.log),
  ];
  return { tree, dispose: () => disposeAll([tree, ...parts]).dispose() };
}
