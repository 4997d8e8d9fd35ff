// The secrets as the tree and the commands know them, read when something about them changes.
import type { BitwardenStatus } from '../../../shared/api/bitwarden.ts';
import type { Secret, SecretDetail } from '../../../shared/api/secrets.ts';
import type { VaultStatus } from '../../../shared/api/vault.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readAll } from '../../daemon-link/pages.ts';

export interface KnownSecrets {
  vault: VaultStatus;
  secrets: readonly Secret[];
  usedBy: ReadonlyMap<string, SecretDetail['usedBy']>;
  /** Undefined if no secret comes from there. */
  bitwarden: BitwardenStatus | undefined;
}

/** More tooltips than this are not read ahead. */
const mostDetails = 200;

/** Errors: as of listSecrets and getVault. */
export async function readSecrets({ api }: Pick<DaemonLink, 'api'>): Promise<KnownSecrets> {
  const [vault, secrets] = await Promise.all([api.getVault(), readAll(query => api.listSecrets({ query }))]);
  const usedBy = new Map<string, SecretDetail['usedBy']>();
  for (const { id } of secrets.slice(0, mostDetails)) {
    // One that was deleted meanwhile is told by the next event.
    const detail = await api.getSecret({ params: { id } }).catch(() => undefined);
    if (detail) usedBy.set(id, detail.usedBy);
  }
  const comesFromThere = secrets.some(({ source }) => source === 'bitwarden');
  const bitwarden = comesFromThere ? await api.getBitwarden().catch(() => undefined) : undefined;
  return { vault, secrets, usedBy, bitwarden };
}
