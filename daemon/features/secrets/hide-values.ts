// Takes every value that the vault holds out of a text that leaves the daemon: a support bundle, a file that is shown.
import { formsOf } from '../../supervision/redact.ts';
import type { SecretRepository } from './secrets.repository.ts';
import type { Vault } from './vault.ts';

/** A shorter value is found in ordinary words, which would be damaged. */
const shortest = 3;

export interface ValueHider {
  /** The text without any value of the vault. While it is locked nothing is known, and nothing is taken out. Never throws. */
  hideValues(text: string): string;
}

/** `unseal`: without the alarm, because nobody uses the values. */
export function createValueHider({
  repository,
  unseal,
}: {
  repository: Pick<SecretRepository, 'ids' | 'value'>;
  unseal: Vault['unseal'];
}): ValueHider {
  const clearValue = (id: string): string => {
    const stored = repository.value(id);
    if (!stored) return '';
    try {
      const bytes = unseal(stored.context, stored.record);
      const value = bytes.toString('utf8');
      bytes.fill(0);
      return value;
    } catch {
      return '';
    }
  };
  return {
    hideValues(text) {
      const forms = repository.ids().flatMap(id => formsOf(clearValue(id)));
      // The longest first, or a part of a secret would survive.
      const ordered = [...new Set(forms)].filter(form => form.length >= shortest).sort((a, b) => b.length - a.length);
      return ordered.reduce((rest, form) => rest.replaceAll(form, '•••'), text);
    },
  };
}
