// A catalog that is about to be made, while a person fills in its form. Pure: texts in, a request or errors out.
import type { NewCatalog } from '../../shared/api/catalogs.ts';
import { ImageReference } from '../../shared/domain/docker-names.ts';
import type { TextFile } from '../kit/text-file.tsx';

export const catalogSources = ['file', 'profile', 'oci', 'empty'] as const;
export type CatalogSourceKind = (typeof catalogSources)[number];

export interface CatalogDraft {
  kind: CatalogSourceKind;
  ref: string;
  title: string;
  file: TextFile | undefined;
  profile: string;
  oci: string;
}

export interface CatalogDraftErrors {
  ref?: string;
  file?: string;
  profile?: string;
  oci?: string;
}

export interface CatalogDraftResult {
  wanted: NewCatalog | undefined;
  errors: CatalogDraftErrors;
}

/** The request to preview and to send, or what is missing. */
export function toNewCatalog(draft: CatalogDraft): CatalogDraftResult {
  const { kind, file, profile } = draft;
  const [ref, oci, title] = [draft.ref.trim(), draft.oci.trim(), draft.title.trim()];
  const errors: CatalogDraftErrors = {};
  const wrongRef = referenceError(ref);
  if (wrongRef) errors.ref = wrongRef;
  if (kind === 'oci' && referenceError(oci)) errors.oci = referenceError(oci) ?? '';
  if (kind === 'file' && !file) errors.file = 'A file is missing.';
  if (kind === 'file' && file?.text.trim() === '') errors.file = 'The file is empty.';
  if (kind === 'profile' && profile === '') errors.profile = 'Choose a profile.';
  if (Object.keys(errors).length > 0) return { wanted: undefined, errors };
  const from = sourceOf(kind, { file, profile, oci });
  return { wanted: from && { ref, ...(title === '' ? {} : { title }), from, replace: false }, errors };
}

function sourceOf(
  kind: CatalogSourceKind,
  { file, profile, oci }: Pick<CatalogDraft, 'file' | 'profile' | 'oci'>,
): NewCatalog['from'] | undefined {
  if (kind === 'empty') return { type: 'empty' };
  if (kind === 'profile') return { type: 'profile', profile };
  if (kind === 'oci') return { type: 'oci', ref: oci };
  return file && { type: 'file', content: file.text };
}

/** Why a text is no reference of a catalog, or undefined. */
export const referenceError = (text: string): string | undefined =>
  text === '' ? 'A reference is missing.' : ImageReference.safeParse(text).error?.issues[0]?.message;
