// The clients that the CLI can connect (CONTRACT sections 4 and 9).
import type { CliCommand } from '../../run.ts';
import { json, nothing } from './answers.ts';
import type { ClientScope, Dialect } from './cli-contract.ts';
import { absolutePath, profileId, refused, vendor } from './grammar.ts';
import { mutation, optional, read } from './plan.ts';
import { ClientStatuses } from './schemas.ts';

const client = ['mcp', 'client'];

/** The project is the one that the working directory is in. */
const place = (where: ClientScope): { flags: string[]; rest: { workingDirectory?: string } } =>
  where.scope === 'global'
    ? { flags: ['--global'], rest: {} }
    : { flags: [], rest: { workingDirectory: absolutePath(where.folder) } };

export const listClients = (where: ClientScope): CliCommand<ClientStatuses> =>
  read('list the clients', () => {
    const { flags, rest } = place(where);
    return { args: [...client, 'ls', ...flags, '--json'], ...json(ClientStatuses), ...rest };
  });

export const connectClient = (
  name: string,
  where: ClientScope & { profile?: string },
  dialect: Dialect,
): CliCommand<void> =>
  mutation(`connect the client ${name}`, () => {
    const { flags, rest } = place(where);
    if (dialect === 'profile' && where.profile === undefined)
      throw refused('no profile was chosen for the client', 'Choose the profile that the client is to use.');
    if (dialect === 'legacy' && where.profile !== undefined)
      throw refused('this docker mcp has no profiles', 'Connect the client without a profile.');
    const chosen = optional('--profile', where.profile, profileId);
    return { args: [...client, 'connect', vendor(name), ...flags, ...chosen, '--quiet'], parse: nothing, ...rest };
  });

export const disconnectClient = (name: string, where: ClientScope): CliCommand<void> =>
  mutation(`disconnect the client ${name}`, () => {
    const { flags, rest } = place(where);
    return { args: [...client, 'disconnect', vendor(name), ...flags, '--quiet'], parse: nothing, ...rest };
  });
