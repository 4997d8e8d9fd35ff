// What is done with Bitwarden from the editor. Master passwords, codes and keys come from password boxes and go to the daemon and nowhere else.
import { ProgressLocation, window } from 'vscode';
import type { BitwardenStatus, BitwardenSync } from '../../../shared/api/bitwarden.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { Cancelled } from '../../platform/host-problem.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { describeSync, isChange } from './sync-words.ts';

export interface BitwardenCommandsOptions {
  link: DaemonLink;
  register: RegisterCommand;
  /** An empty vault gets its key before something is stored in it. */
  ensureVault: () => Promise<void>;
}

export function registerBitwardenCommands({ link, register, ensureVault }: BitwardenCommandsOptions) {
  const { api } = link;
  return [
    register(commands.loginBitwarden, async () => {
      const { serverUrl } = await api.getBitwarden();
      const server = await askForServer(serverUrl);
      const byKey = await pickOne(
        [
          { label: 'E-Mail Address and Master Password', value: false },
          { label: 'Personal API Key', value: true },
        ],
        'Log In to Bitwarden',
        'Choose how',
      );
      await ensureVault();
      const status = byKey ? await loginByKey(api, server) : await loginByPassword(api, server);
      told(`$(unlock) Bitwarden is logged in as ${status.email ?? 'you'}`);
    }),
    register(commands.unlockBitwarden, async () => {
      const password = await askHidden('Unlock Bitwarden', 'The master password. It is kept nowhere.');
      await working('Unlocking Bitwarden', () => api.unlockBitwarden({ body: { password } }));
      told('$(unlock) Bitwarden is unlocked');
    }),
    register(commands.lockBitwarden, async () => {
      await working('Locking Bitwarden', () => api.lockBitwarden());
      told('$(lock) Bitwarden is locked');
    }),
    register(commands.logoutBitwarden, async () => {
      await confirm(
        'Log out of Bitwarden?',
        'Secrets that were taken over stay, with what becomes which secret.',
        'Log Out',
      );
      await working('Logging out of Bitwarden', () => api.logoutBitwarden());
      told('$(sign-out) Bitwarden is logged out');
    }),
    register(commands.syncBitwarden, async () => {
      const preview = await working('Comparing with Bitwarden', () => api.syncBitwarden({ body: { apply: false } }));
      if (!preview.items.some(isChange))
        return void window.showInformationMessage(
          preview.items.length === 0
            ? 'Nothing is taken over from Bitwarden yet. Choose something on the Secrets page.'
            : 'Nothing is different at Bitwarden.',
        );
      await confirm('Take this over from Bitwarden?', describeSync(preview), 'Take Over');
      await ensureVault();
      const done = await working('Taking over from Bitwarden', () => api.syncBitwarden({ body: { apply: true } }));
      told(`$(key) ${changesOf(done)} taken over from Bitwarden`);
    }),
  ];
}

type Api = DaemonLink['api'];

async function loginByPassword(api: Api, server: { serverUrl: string | null }): Promise<BitwardenStatus> {
  const email = await askPlain('Log In to Bitwarden: E-Mail Address', text =>
    /^\S+@\S+$/.test(text) ? undefined : 'This is no e-mail address.',
  );
  const password = await askHidden('Log In to Bitwarden: Master Password', 'It is kept nowhere.');
  const login = (code?: string) =>
    working('Logging in to Bitwarden', () =>
      api.loginBitwarden({ body: { ...server, email, password, ...(code === undefined ? {} : { code }) } }),
    );
  try {
    return await login();
  } catch (error) {
    if (!isProblemError(error) || !/asks for a code/.test(error.problem.detail ?? '')) throw error;
    return await login(
      await askHidden('Log In to Bitwarden: Code', 'Of the authenticator, or the one that was mailed.'),
    );
  }
}

async function loginByKey(api: Api, server: { serverUrl: string | null }): Promise<BitwardenStatus> {
  const clientId = await askPlain('Log In to Bitwarden: client_id', text =>
    /^user\.[\w-]{8,64}$/.test(text) ? undefined : 'A personal API key’s client_id begins with "user.".',
  );
  const clientSecret = await askHidden('Log In to Bitwarden: client_secret', 'Of the personal API key.');
  const password = await askHidden('Log In to Bitwarden: Master Password', 'It opens the vault, and is kept nowhere.');
  return await working('Logging in to Bitwarden', () =>
    api.loginBitwarden({ body: { ...server, clientId, clientSecret, password } }),
  );
}

async function askForServer(serverUrl: string | null): Promise<{ serverUrl: string | null }> {
  const text = await askPlain(
    'Log In to Bitwarden: Server',
    value => (value === '' || /^https:\/\/\S+$/.test(value) ? undefined : 'The address begins with https://.'),
    { value: serverUrl ?? '', prompt: 'The address of your own server; empty for Bitwarden’s own cloud.' },
  );
  return { serverUrl: text === '' ? null : text };
}

/** Errors: Cancelled. */
async function askPlain(
  title: string,
  check: (text: string) => string | undefined,
  more: { value?: string; prompt?: string } = {},
): Promise<string> {
  const value = await window.showInputBox({
    title,
    ...more,
    ignoreFocusOut: true,
    validateInput: text => check(text.trim()),
  });
  if (value === undefined) throw new Cancelled();
  return value.trim();
}

/** As it was typed: a space at its end may be part of it. Errors: Cancelled. */
async function askHidden(title: string, prompt: string): Promise<string> {
  const value = await window.showInputBox({ title, prompt, password: true, ignoreFocusOut: true });
  if (!value) throw new Cancelled();
  return value;
}

/** bw takes some seconds for everything. */
const working = async <T>(title: string, act: () => Promise<T>): Promise<T> =>
  await window.withProgress({ location: ProgressLocation.Notification, title }, act);

const told = (text: string): void => void window.setStatusBarMessage(text, 5_000);

const changesOf = ({ items }: BitwardenSync): string => {
  const { length } = items.filter(isChange);
  return length === 1 ? '1 change was' : `${length} changes were`;
};
