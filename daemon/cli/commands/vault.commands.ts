// The vault's commands, below "quayside secrets": its key, its lock and its rotation.
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { VaultStatus } from '../../../shared/api/vault.ts';
import { toWholeNumber } from '../arguments/names.ts';
import { readKeyFile, readPassphrase } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { count } from '../terminal/describe.ts';
import { describeRotation, vaultText } from '../terminal/vault-text.ts';

export function addVaultCommands(secrets: Command, act: Act): void {
  secrets
    .command('unlock')
    .description('open the vault with its passphrase, typed without echo or by standard input')
    .action(act(unlock));
  secrets
    .command('rotate')
    .description('make a new data key and encrypt every value anew with it')
    .option('--every <days>', 'not now, but always after so many days; "never" ends that', toDays)
    .action(act(rotate));
  const key = secrets.command('key').description('look at the vault’s keys, or change its master key');
  key.command('status').description('show where the master key comes from, and the data keys').action(act(showStatus));
  key
    .command('passphrase')
    .description('protect the vault with a passphrase from now on, or with another one')
    .action(act(setPassphrase));
  key
    .command('file')
    .description('protect the vault with the key in a file from now on')
    .argument('<file>', '32 random bytes, as they are, in hexadecimal or in base64: openssl rand -base64 32')
    .action(act(setKeyFile));
}

async function unlock(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const before = await api.getVault({}, { signal });
  if (before.state === 'open') return { document: before, text: 'The vault is open already.' };
  const passphrase = await readPassphrase(context, before.state === 'empty');
  const vault = await api.unlockVault({ body: { passphrase } }, { signal });
  return { document: vault, text: before.state === 'empty' ? 'Made the vault. It is open.' : 'The vault is open.' };
}

async function setPassphrase(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const passphrase = await readPassphrase(context, true);
  const vault = await api.changeMasterKey({ body: { passphrase } }, { signal: context.signal });
  const text = 'The vault is protected by this passphrase. After each start of the daemon: quayside secrets unlock';
  return { document: vault, text };
}

async function setKeyFile(context: CommandContext, file: string): Promise<CommandResult> {
  const masterKey = await readKeyFile(file);
  const api = await context.connect();
  const body = { masterKey, keptBy: 'file' } as const;
  const vault = await api.changeMasterKey({ body }, { signal: context.signal });
  const text = `The vault opens with this key from now on. Start the daemon with QUAYSIDE_MASTER_KEY_FILE=${resolve(file)}.`;
  return { document: vault, text };
}

async function showStatus(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const vault = await api.getVault({}, { signal: context.signal });
  return { document: vault, text: vaultText(vault, context.output) };
}

const pollMilliseconds = 200;

/** 0 for "never": commander takes a parser's null for no answer. */
const toDays = (text: string): number => (text === 'never' ? 0 : toWholeNumber(1, 3_650)(text));

async function rotate(context: CommandContext, { every }: { every?: number }): Promise<CommandResult> {
  return every === undefined ? await rotateNow(context) : await schedule(context, every === 0 ? null : every);
}

async function schedule(context: CommandContext, everyDays: number | null): Promise<CommandResult> {
  const api = await context.connect();
  const vault = await api.scheduleRotation({ body: { everyDays } }, { signal: context.signal });
  const text =
    everyDays === null
      ? 'The key is rotated when you ask for it.'
      : `The key is rotated every ${count(everyDays, 'day')}.`;
  return { document: vault, text };
}

async function rotateNow(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const { signal, output } = context;
  let vault: VaultStatus = await api.rotateVaultKey({}, { signal });
  // It goes on in the daemon whatever becomes of us. Without progress there is nothing more to wait for.
  for (let still = 0, last = -1; vault.rotation !== null && still < 25; ) {
    output.progress(describeRotation(vault.rotation));
    still = vault.rotation.done === last ? still + 1 : 0;
    last = vault.rotation.done;
    await sleep(pollMilliseconds, undefined, { signal });
    vault = await api.getVault({}, { signal });
  }
  output.progress('');
  const newest = vault.keys.at(-1)?.version ?? 0;
  const text =
    vault.rotation === null
      ? `Every value is encrypted with key ${newest}.`
      : `${describeRotation(vault.rotation)}. The others cannot be read; see "quayside audit".`;
  return { document: vault, text };
}
