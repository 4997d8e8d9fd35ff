import type { MasterKeySource, VaultStatus } from '../../../shared/api/vault.ts';
import type { Output } from './output.ts';
import { problemText } from './problem-text.ts';
import { renderPairs, renderTable } from './table.ts';

const sources: Record<MasterKeySource, string> = {
  file: 'a mounted file',
  editor: 'the editor’s keychain',
  passphrase: 'a passphrase',
  environment: 'the variable QUAYSIDE_MASTER_KEY',
  generated: 'a generated file in the state folder',
};

const states: Record<VaultStatus['state'], string> = {
  empty: 'Empty: it is made with the first secret',
  open: 'Open',
  locked: 'Locked',
  refused: 'Not opened: the key is a wrong one',
};

export const describeRotation = ({ done, total }: { done: number; total: number }): string =>
  `Encrypted ${done} of ${total} values anew`;

/** The vault as a person reads it: state, data keys, and what is wrong. */
export function vaultText(vault: VaultStatus, { style, look }: Output): string {
  const pairs = renderPairs(
    [
      ['Vault', states[vault.state]],
      ['Master key', vault.source && sources[vault.source]],
      ['Secrets', vault.secrets],
      ['Rotation', vault.rotation && describeRotation(vault.rotation)],
      ['Next rotation', vault.schedule?.nextAt],
    ],
    style,
  );
  const keys = renderTable(
    vault.keys,
    [
      { heading: 'DATA KEY', value: key => key.version },
      { heading: 'STATE', value: key => key.state },
      { heading: 'VALUES', value: key => key.secrets },
      { heading: 'MADE', value: key => key.createdAt },
      { heading: 'RETIRED', value: key => key.retiredAt },
    ],
    look,
  );
  const warnings = vault.warnings.map(warning => problemText(warning, style));
  return [pairs, ...(vault.keys.length > 0 ? [keys] : []), ...warnings].join('\n\n');
}
