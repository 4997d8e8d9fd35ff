import { disposeAll } from '../../platform/commands.ts';
import { type BitwardenCommandsOptions, registerBitwardenCommands } from './bitwarden.commands.ts';

/** What is done with Bitwarden from the editor; the rest of it is on the page of secrets. */
export const registerBitwarden = (options: BitwardenCommandsOptions) => disposeAll(registerBitwardenCommands(options));
