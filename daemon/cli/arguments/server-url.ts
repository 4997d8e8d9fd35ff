// The address of a Bitwarden server on the command line.
import { UsageError } from '../exit-codes.ts';

/** `cloud` stands for Bitwarden’s own; nothing for the one of last time. Errors: UsageError. */
export function toServerUrl(text: string | undefined): { serverUrl?: string | null } {
  if (text === undefined) return {};
  if (text === 'cloud') return { serverUrl: null };
  if (URL.canParse(text) && new URL(text).protocol === 'https:') return { serverUrl: text.replace(/\/+$/, '') };
  throw new UsageError(`"${text}" is no address that begins with https://.`);
}
