import { disposeAll } from '../../platform/commands.ts';
import { registerSecretCommands, type SecretCommandsOptions } from './secrets.commands.ts';
import { createSecretsTree } from './secrets.tree.ts';

/** The Secrets tree and everything that is done to secrets. */
export function registerSecrets(options: SecretCommandsOptions) {
  const tree = createSecretsTree(options.link, options.mirror);
  const commands = registerSecretCommands(options);
  return { tree, dispose: () => disposeAll([tree, ...commands]).dispose() };
}
