import { disposeAll } from '../../platform/commands.ts';
import { createServerOutputs } from './server-output.ts';
import { registerServerCommands, type ServerCommandsOptions } from './servers.commands.ts';
import { createServersTree } from './servers.tree.ts';

/** The Servers tree and everything that is done to one server. */
export function registerServers(options: Omit<ServerCommandsOptions, 'view' | 'showOutput'>) {
  const tree = createServersTree(options);
  const outputs = createServerOutputs(options.link);
  const commands = registerServerCommands({ ...options, view: tree.view, showOutput: outputs.show });
  return { tree, dispose: () => disposeAll([tree, outputs, ...commands]).dispose() };
}
