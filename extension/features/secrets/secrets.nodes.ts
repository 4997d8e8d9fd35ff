// The Secrets tree as a function from state to rows. A value is in none of them.
import type { BitwardenStatus } from '../../../shared/api/bitwarden.ts';
import type { Secret, SecretDetail } from '../../../shared/api/secrets.ts';
import type { VaultStatus } from '../../../shared/api/vault.ts';
import { type CommandId, commands } from '../../platform/contributions.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export interface SecretRow {
  kind: 'secret';
  secret: Secret;
  usedBy: SecretDetail['usedBy'];
  /** True: it comes from elsewhere, where it may be newer. */
  stale: boolean;
}
/** What is wrong with the vault, and the command that helps. */
interface VaultRow {
  kind: 'vault';
  vault: VaultStatus;
}
/** That what comes from Bitwarden may be old, and the command that helps. */
interface BitwardenRow {
  kind: 'bitwarden';
  bitwarden: BitwardenStatus;
}
export type SecretsRow = SecretRow | VaultRow | BitwardenRow;

/** A vault that is not open comes first: nothing can be stored or handed over until it is. */
export const secretsRows = (
  vault: VaultStatus,
  secrets: readonly Secret[],
  usedBy: ReadonlyMap<string, SecretDetail['usedBy']>,
  bitwarden?: BitwardenStatus,
): SecretsRow[] => [
  ...(vault.state === 'locked' || vault.state === 'refused' ? [{ kind: 'vault', vault } satisfies VaultRow] : []),
  ...(bitwarden?.stale ? [{ kind: 'bitwarden', bitwarden } satisfies BitwardenRow] : []),
  ...[...secrets]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(
      secret =>
        ({
          kind: 'secret',
          secret,
          usedBy: usedBy.get(secret.id) ?? [],
          stale: secret.source === 'bitwarden' && bitwarden?.stale === true,
        }) satisfies SecretRow,
    ),
];

export function toSecretNode(row: SecretsRow): TreeNode {
  if (row.kind === 'vault') return vaultNode(row.vault);
  return row.kind === 'bitwarden' ? bitwardenNode(row.bitwarden) : secretNode(row);
}

/** Which command helps depends on what keeps it from being read. */
function bitwardenNode({ state, problem, lastSyncAt }: BitwardenStatus): TreeNode {
  const id: CommandId =
    state === 'logged-out'
      ? commands.loginBitwarden
      : state === 'locked'
        ? commands.unlockBitwarden
        : commands.syncBitwarden;
  const since = lastSyncAt ? `What comes from there is from ${toDay(lastSyncAt)}. Servers still get it.` : '';
  return {
    id: 'bitwarden',
    label: 'Bitwarden is stale',
    description: state === 'offline' ? 'offline' : state.replace('-', ' '),
    icon: { id: 'warning', color: 'editorWarning.foreground' },
    marks: ['bitwarden', state],
    tooltip: [
      { kind: 'heading', text: problem?.title ?? 'Bitwarden was not asked for long' },
      ...(problem ? [{ kind: 'text', text: problem.detail } satisfies TooltipPart] : []),
      { kind: 'text', text: since },
    ],
    command: { id, title: 'Help' },
  };
}

function vaultNode({ state, source, problem }: VaultStatus): TreeNode {
  const byPassphrase = source === 'passphrase';
  const id: CommandId = byPassphrase ? commands.unlockVault : commands.openSecrets;
  return {
    id: 'vault',
    label: state === 'locked' ? 'The vault is locked' : 'The vault cannot be opened',
    description: byPassphrase ? 'Unlock it' : '',
    icon: { id: 'lock', color: 'editorWarning.foreground' },
    marks: ['vault', state],
    tooltip: problem
      ? [{ kind: 'heading', text: problem.title }, { kind: 'text', text: problem.detail }, ...nextOf(problem.next)]
      : [],
    command: { id, title: byPassphrase ? 'Unlock' : 'Open' },
  };
}

const nextOf = (next: string | undefined): TooltipPart[] => (next ? [{ kind: 'text', text: next }] : []);

function secretNode({ secret, usedBy, stale }: SecretRow): TreeNode {
  const { id, name, hasValue, serverId } = secret;
  const scope = serverId === null ? 'any server' : serverId;
  const from = secret.source === 'bitwarden' ? ` · Bitwarden${stale ? ', stale' : ''}` : '';
  const state = hasValue ? `${scope}${from}` : 'no value yet';
  return {
    id,
    label: name,
    description: state,
    icon: hasValue ? { id: 'key' } : { id: 'warning', color: 'editorWarning.foreground' },
    marks: ['secret', hasValue ? 'stored' : 'empty'],
    tooltip: secretTooltip(secret, usedBy),
    command: { id: commands.openSecrets, title: 'Open' },
    spoken: `${name}, ${hasValue ? `for ${scope}${from}` : state}, ${usedBy.length === 0 ? 'not used' : `used ${usedBy.length} times`}`,
  };
}

function secretTooltip(secret: Secret, usedBy: SecretDetail['usedBy']): TooltipPart[] {
  const facts: [string, string][] = [
    ['May be used by', secret.serverId === null ? 'any server that refers to it' : `only ${secret.serverId}`],
    ...(secret.source === 'bitwarden' ? [['Comes from', 'Bitwarden'] satisfies [string, string]] : []),
    ['Used by', usedBy.map(({ serverId, place }) => `${serverId} as ${place}`).join(', ') || 'no server'],
    ['Value set', secret.valueChangedAt ? toDay(secret.valueChangedAt) : 'not yet'],
    ['Last used', secret.lastUsedAt ? toDay(secret.lastUsedAt) : 'never'],
    ...(secret.keyVersion === null ? [] : [['Key version', String(secret.keyVersion)] satisfies [string, string]]),
  ];
  return [
    { kind: 'heading', text: secret.name },
    ...facts.map(([name, value]) => ({ kind: 'fact', name, value }) satisfies TooltipPart),
  ];
}

/** "2026-01-31 09:05 UTC". */
const toDay = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')} UTC`;
