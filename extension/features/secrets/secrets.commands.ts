import { readFile, stat } from 'node:fs/promises';
import { env, ProgressLocation, window } from 'vscode';
import { type Secret, SecretName, SecretValue } from '../../../shared/api/secrets.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { askFor, confirm, withCancellableProgress } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { Cancelled, HostProblem } from '../../platform/host-problem.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { pickOne, pickServer } from '../../platform/pick-server.ts';
import { type EnvPlan, planEnvFile } from './env-file.ts';
import type { VaultKey } from './vault-key.ts';

export interface SecretCommandsOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
  open: OpenPanel;
  vaultKey: VaultKey;
}

/** What is done to secrets. Values come from password boxes and files, and go to the daemon and nowhere else. */
export function registerSecretCommands({ link, mirror, register, open, vaultKey }: SecretCommandsOptions) {
  const { api } = link;
  const secretOf = async (argument: unknown, title: string): Promise<NamedSecret> => {
    const given = findSecret(argument);
    if (given) return given;
    const secrets = await readAll(query => api.listSecrets({ query }));
    return await pickOne(
      secrets.map(secret => ({ label: secret.name, description: secret.serverId ?? 'any server', value: secret })),
      title,
      'Choose a secret',
    );
  };

  return [
    register(commands.openSecrets, () => open('secrets')),
    register(commands.addSecret, async () => {
      await mirror.ready();
      const serverId = await pickScope(mirror);
      const name = await askForName(serverId);
      const value = await askForValue(`Value of ${name}`);
      await vaultKey.ensure();
      await api.createSecret({ body: { name, serverId, value } });
      window.setStatusBarMessage(`$(key) ${name} was stored`, 5_000);
    }),
    register(commands.replaceSecretValue, async argument => {
      const { id, name } = await secretOf(argument, 'Replace Secret Value');
      const value = await askForValue(`New value of ${name}`);
      await vaultKey.ensure();
      await api.replaceSecretValue({ params: { id }, body: { value } });
      window.setStatusBarMessage(`$(key) The value of ${name} was replaced`, 5_000);
    }),
    register(commands.deleteSecret, async argument => {
      const { id, name } = await secretOf(argument, 'Delete Secret');
      const { usedBy } = await api.getSecret({ params: { id } });
      const users = usedBy.map(({ serverId, place }) => `${serverId} as ${place}`).join('\n');
      await confirm(
        `Delete ${name}?`,
        `${users ? `These servers use it and are not given it any more:\n${users}\n` : ''}Its value cannot be brought back.`,
        'Delete',
      );
      await api.deleteSecret({ params: { id }, query: { force: true } });
    }),
    register(commands.copySecretName, async argument => {
      const { name } = await secretOf(argument, 'Copy Secret Name');
      await env.clipboard.writeText(name);
    }),
    register(commands.unlockVault, () => unlock(link)),
    register(commands.rotateVaultKey, () => rotate(link)),
    register(commands.importEnvFile, async () => {
      await mirror.ready();
      const { id } = await pickServer(mirror.servers, 'Import .env File');
      const plan = planEnvFile(await chooseEnvFile(), id, await readAll(query => api.listSecrets({ query })));
      const chosen = await previewPlan(plan);
      await vaultKey.ensure();
      await withCancellableProgress('Storing secrets', async (signal, report) => {
        for (const [at, { name, value, replaces }] of chosen.entries()) {
          report({ message: name, fraction: at / chosen.length });
          if (replaces === undefined) await api.createSecret({ body: { name, serverId: id, value } }, { signal });
          else await api.replaceSecretValue({ params: { id: replaces }, body: { value } }, { signal });
        }
      });
      void window.showInformationMessage(
        `${chosen.length === 1 ? '1 secret is' : `${chosen.length} secrets are`} in the vault. The file still holds the values: delete them there when nothing else needs them.`,
      );
    }),
  ];
}

type NamedSecret = Pick<Secret, 'id' | 'name'>;

/** From a row of the tree. */
function findSecret(argument: unknown): NamedSecret | undefined {
  if (typeof argument !== 'object' || argument === null || !('secret' in argument)) return undefined;
  const { secret } = argument;
  if (typeof secret !== 'object' || secret === null || !('id' in secret) || !('name' in secret)) return undefined;
  const { id, name } = secret;
  return typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined;
}

const pickScope = (mirror: Mirror): Promise<string | null> =>
  pickOne<string | null>(
    [
      ...mirror.servers.map(({ id, title }) => ({
        label: `Only ${id}`,
        description: title === id ? '' : title,
        value: id,
      })),
      { label: 'Any server that refers to it', value: null },
    ],
    'Add Secret: Who May Use It',
    'Choose the server',
  );

const askForName = (serverId: string | null): Promise<string> => {
  const start = serverId === null ? '' : `${serverId}.`;
  return askFor(
    SecretName.refine(name => name.startsWith(start), `The name starts with "${start}".`),
    {
      title: 'Add Secret: Name',
      prompt: 'The name is <server>.<key>, for example github.token.',
      value: start,
      valueSelection: [start.length, start.length],
    },
  );
};

/** The text as it was typed: a space at its end may be part of it. Errors: Cancelled. */
async function askForPassword(title: string, prompt: string, check: (text: string) => string | undefined) {
  const value = await window.showInputBox({
    title,
    prompt,
    password: true,
    ignoreFocusOut: true,
    validateInput: text => (text === '' ? undefined : check(text)),
  });
  if (!value) throw new Cancelled();
  return value;
}

const askForValue = (title: string): Promise<string> =>
  askForPassword(title, 'It is encrypted and not shown again. For several lines use the Secrets page.', text =>
    SecretValue.safeParse(text).success ? undefined : 'This is too long for a secret.',
  );

async function unlock({ api }: DaemonLink): Promise<void> {
  const { state, source } = await api.getVault();
  if (state === 'open') return void window.showInformationMessage('The vault is open already.');
  const isNew = state === 'empty';
  const passphrase = await askForPassword(
    isNew ? 'Passphrase for the New Vault' : 'Unlock Vault',
    isNew
      ? '12 characters or more. Without it nobody can open the vault again after the daemon has ended.'
      : `The passphrase of the vault${source === 'passphrase' ? '' : ', if it has one'}.`,
    text => (text.length > 1_024 ? 'This is too long.' : undefined),
  );
  if (isNew) {
    const again = await askForPassword('Passphrase for the New Vault', 'The same once more.', () => undefined);
    if (again !== passphrase) throw new HostProblem('differentPassphrases');
  }
  await api.unlockVault({ body: { passphrase } });
  window.setStatusBarMessage('$(unlock) The vault is open', 5_000);
}

/** The daemon does the work in the background; what it says is shown until it is done. */
async function rotate({ api, onEvent }: DaemonLink): Promise<void> {
  await window.withProgress(
    { location: ProgressLocation.Notification, title: 'Rotating the vault key' },
    async progress => {
      let shown = 0;
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = ({ rotation }: Awaited<ReturnType<typeof api.getVault>>) => {
        if (!rotation) return resolve();
        const percent = Math.round((rotation.done / Math.max(1, rotation.total)) * 100);
        progress.report({ message: `${rotation.done} of ${rotation.total}`, increment: percent - shown });
        shown = percent;
      };
      const listening = onEvent(event => {
        if (event.type === 'vault.changed') look(event.vault);
      });
      // Also by asking: an event may be lost with the connection.
      const asking = setInterval(() => void api.getVault().then(look, () => resolve()), 2_000);
      try {
        look(await api.rotateVaultKey());
        await promise;
      } finally {
        clearInterval(asking);
        listening.dispose();
      }
    },
  );
  window.setStatusBarMessage('$(key) All secrets are encrypted with the new key', 5_000);
}

const largestEnvFile = 1_048_576;

async function chooseEnvFile(): Promise<string> {
  const [file] =
    (await window.showOpenDialog({
      title: 'Import .env File',
      openLabel: 'Preview',
      canSelectMany: false,
    })) ?? [];
  if (!file) throw new Cancelled();
  if (file.scheme !== 'file' || (await stat(file.fsPath)).size > largestEnvFile) throw new HostProblem('noEnvFile');
  return await readFile(file.fsPath, 'utf8');
}

/** Names only. Nothing is changed until it is confirmed; what would replace a value is not ticked at first. */
async function previewPlan({ imports, skipped }: EnvPlan): Promise<EnvPlan['imports']> {
  if (imports.length === 0) throw new HostProblem('noEnvFile');
  const left = skipped.map(({ variable, reason }) => `${variable}: ${reason}`).join('; ');
  const chosen = await window.showQuickPick(
    imports.map(each => ({
      label: each.name,
      description:
        each.replaces === undefined ? `new, from ${each.variable}` : `replaces the value, from ${each.variable}`,
      picked: each.replaces === undefined,
      each,
    })),
    {
      title: 'Import .env File: Preview',
      placeHolder: left ? `Left out: ${left}`.slice(0, 300) : 'Choose what is stored; values are not shown',
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (!chosen || chosen.length === 0) throw new Cancelled();
  return chosen.map(({ each }) => each);
}
