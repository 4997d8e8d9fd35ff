// What of an item may become a secret, and its value.
import { BitwardenPart, type BitwardenItem as Listed } from '../../../shared/api/bitwarden.ts';
import { limits } from '../../../shared/domain/limits.ts';
import type { BitwardenItem } from '../../engines/bitwarden-account.ts';

const fieldPart = 'field:';

/** The value of a part, or why there is none. `gone`: it was there or might have been. */
export type PartValue = { value: string } | { gone: string } | { refused: string };

const askedAgain = 'Bitwarden asks for the master password again before this item is shown.';
const refusals: Readonly<Record<string, string>> = {
  'login.totp':
    'The key of a second factor is not taken over: with the password beside it, it would be no second factor any more.',
};

export function partValue(item: BitwardenItem, part: string): PartValue {
  if (part.startsWith('attachment:')) return { refused: 'Attachments are not taken over.' };
  const refusal = refusals[part] ?? (item.asksAgain ? askedAgain : undefined);
  if (refusal !== undefined) return { refused: refusal };
  const found = find(item, part);
  if (typeof found === 'object' && found !== null) return found;
  if (found === null || found === '') return { gone: `The item has no ${wordsFor(part)} any more, or it is empty.` };
  if (found.length > limits.secretCharacters)
    return { refused: `It has more than ${limits.secretCharacters} characters.` };
  if (found.includes('\0')) return { refused: 'It has a null character in it.' };
  return { value: found };
}

function find(item: BitwardenItem, part: string): string | null | { refused: string } {
  if (part === 'login.password') return item.login?.password ?? null;
  if (part === 'login.username') return item.login?.username ?? null;
  if (part === 'notes') return item.notes;
  const named = item.fields.filter(({ name }) => name === part.slice(fieldPart.length));
  if (named.length > 1) return { refused: 'The item has several fields of this name.' };
  return named[0]?.value ?? null;
}

const wordsFor = (part: string): string =>
  part.startsWith(fieldPart) ? `field "${part.slice(fieldPart.length)}"` : part.replace('login.', '');

/** The item without a value of it. */
export function toListed(item: BitwardenItem): Listed {
  const { id, name, kind, login, fields, attachments } = item;
  const all = ['login.username', 'login.password', 'notes', ...fields.map(field => `${fieldPart}${field.name}`)];
  const parts = [...new Set(all)].filter(
    part => BitwardenPart.safeParse(part).success && 'value' in partValue(item, part),
  );
  const left = [
    ...(item.asksAgain ? [askedAgain] : []),
    ...(login?.totp ? [refusals['login.totp'] ?? ''] : []),
    ...(attachments > 0 ? [`Attachments are not taken over: it has ${attachments}.`] : []),
  ];
  return { id, name, kind, parts, left };
}
