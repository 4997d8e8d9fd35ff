// What a server's references to secrets look like while a person edits them. Pure: names in, references out.
import { isFile, SecretName, type SecretReference } from '../../shared/api/secrets.ts';
import type { ServerSource } from '../../shared/api/servers.ts';
import { EnvironmentVariableName } from '../../shared/domain/names.ts';

/** Where a secret goes: into a variable, into a file whose path a variable has, or into a header. */
export type PlaceKind = 'variable' | 'file' | 'header';

/** A remote server takes its secrets as headers, one of Docker as variables; a process can read files too. The usual first. */
export function placeKindsOf(source: ServerSource['type']): readonly [PlaceKind, ...PlaceKind[]] {
  if (source === 'remote') return ['header'];
  return source === 'image' ? ['variable'] : ['variable', 'file'];
}

export const kindOf = (reference: SecretReference): PlaceKind => {
  if ('header' in reference) return 'header';
  return isFile(reference) ? 'file' : 'variable';
};

export const describeKind: Record<PlaceKind, string> = {
  variable: 'An environment variable',
  file: 'A file',
  header: 'A header',
};

/** The name of the variable or the header that a reference fills. */
export const placeName = (reference: SecretReference): string =>
  'header' in reference ? reference.header : reference.environmentVariable;

/** Whether a variable or header is one that usually holds a secret: API_KEY, GITHUB_TOKEN, but not MONKEY or KEYBOARD. */
export const looksSecret = (name: string): boolean =>
  /(?:^|[_-])(?:api)?(?:keys?|tokens?|passwords?|passwd|passphrase|secrets?|credentials?)(?:[_-]|$)/i.test(name) ||
  /^authorization$/i.test(name);

/** The usual name of a server's secret for a place: `github` and `API_TOKEN` make `github.api_token`; a second one gets a number. */
export function secretNameFor(serverId: string, place: string, taken: readonly string[]): string {
  const key = place.toLowerCase().replace(/[^a-z0-9_-]+/g, '-') || 'value';
  const base = `${serverId}.${key}`;
  let name = base;
  for (let number = 2; taken.includes(name); number++) name = `${base}-${number}`;
  return name;
}

/** The references with one more; one that fills the same place is replaced. */
export const withReference = (references: readonly SecretReference[], added: SecretReference): SecretReference[] => [
  ...references.filter(each => !isSamePlace(each, added)),
  added,
];

export const withoutReference = (references: readonly SecretReference[], removed: SecretReference): SecretReference[] =>
  references.filter(each => !isSamePlace(each, removed));

const isSamePlace = (one: SecretReference, other: SecretReference): boolean =>
  'header' in one
    ? 'header' in other && one.header.toLowerCase() === other.header.toLowerCase()
    : 'environmentVariable' in other && one.environmentVariable === other.environmentVariable;

export function toReference(kind: PlaceKind, place: string, secretId: string, required: boolean): SecretReference {
  if (kind === 'header') return { secretId, required, header: place };
  const variable = { secretId, required, environmentVariable: place };
  return kind === 'file' ? { ...variable, as: 'file' } : variable;
}

export interface ReferenceDraft {
  place: string;
  /** The id of a stored secret, or undefined for a new one. */
  secretId: string | undefined;
  newName: string;
  /** How long the new value is. */
  characters: number;
}

export interface ReferenceErrors {
  place?: string;
  name?: string;
  value?: string;
}

/** What is wrong with a reference that is about to be added; empty if nothing is. */
export function findReferenceErrors(
  { place, secretId, newName, characters }: ReferenceDraft,
  kind: PlaceKind,
): ReferenceErrors {
  const errors: ReferenceErrors = {};
  if (kind === 'header' && !/^[A-Za-z0-9-]{1,64}$/.test(place))
    errors.place = 'A header’s name has letters, digits and hyphens.';
  const wrongVariable = kind !== 'header' && EnvironmentVariableName.safeParse(place).error?.issues[0]?.message;
  if (wrongVariable) errors.place = place === '' ? 'A name is missing.' : wrongVariable;
  if (secretId !== undefined) return errors;
  const wrongName = SecretName.safeParse(newName).error?.issues[0]?.message;
  if (wrongName) errors.name = wrongName;
  if (characters === 0) errors.value = 'A value is missing.';
  return errors;
}
