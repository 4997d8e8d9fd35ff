// Stands in for Bitwarden where it is switched off.
import { problem } from '../../shared/api/problem.ts';
import type { Bitwarden } from './bitwarden-account.ts';

export function createNoBitwarden(): Bitwarden {
  const refuse = (): Promise<never> =>
    Promise.reject(
      problem('BITWARDEN_001', { detail: 'Bitwarden is switched off.', next: 'Start the daemon with it.' }),
    );
  return {
    find: async () => null,
    inFolder: () => ({
      status: refuse,
      setServer: refuse,
      loginByPassword: refuse,
      loginByApiKey: refuse,
      unlock: refuse,
      lock: refuse,
      logout: refuse,
      sync: refuse,
      items: refuse,
    }),
    close: async () => {},
  };
}
