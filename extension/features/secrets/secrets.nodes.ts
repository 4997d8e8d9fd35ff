// The Secrets tree as a function from state to rows. A value is in none of them.
import type { Secret, SecretDetail } from '../../../shared/api/secrets.ts';
import type { VaultStatus } from '../../../shared/api/vault.ts';
import { type CommandId, commands } from '../../platform/contributions.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export interface SecretRow {
  kind: 'secret';
  secret: Secret;
  usedBy: SecretDetail['usedBy'];
}
/** What is wrong with the vault, and the command that helps. */
interface VaultRow {
  kind: 'vault';
  vault: VaultStatus;
}
export type SecretsRow = SecretRow | VaultRow;

/** A vault that is not open comes first: nothing can be stored or handed over until it is. */
export const secretsRows = (
  vault: VaultStatus,
  secrets: readonly Secret[],
  usedBy: ReadonlyMap<string, SecretDetail['usedBy']>,
): SecretsRow[] => [
  ...(vault.state === 'locked' || vault.state === 'refused' ? [{ kind: 'vault', vault } satisfies VaultRow] : []),
  ...[...secrets]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(secret => ({ kind: 'secret', secret, usedBy: usedBy.get(secret.id) ?? [] }) satisfies SecretRow),
];

export const toSecretNode = (row: SecretsRow): TreeNode =>
  row.kind === 'vault' ? vaultNode(row.vault) : secretNode(row);

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

function secretNode({ secret, usedBy }: SecretRow): TreeNode {
  const { id, name, hasValue, serverId } = secret;
  const scope = serverId === null ? 'any server' : serverId;
  const state = hasValue ? scope : 'no value yet';
  return {
    id,
    label: name,
    description: state,
    icon: hasValue ? { id: 'key' } : { id: 'warning', color: 'editorWarning.foreground' },
    marks: ['secret', hasValue ? 'stored' : 'empty'],
    tooltip: secretTooltip(secret, usedBy),
    command: { id: commands.openSecrets, title: 'Open' },
    spoken: `${name}, ${hasValue ? `for ${scope}` : state}, ${usedBy.length === 0 ? 'not used' : `used ${usedBy.length} times`}`,
  };
}

function secretTooltip(secret: Secret, usedBy: SecretDetail['usedBy']): TooltipPart[] {
  const facts: [string, string][] = [
    ['May be used by', secret.serverId === null ? 'any server that refers to it' : `only ${secret.serverId}`],
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
