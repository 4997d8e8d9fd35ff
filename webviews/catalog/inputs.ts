import { useMemo, useState } from 'preact/hooks';
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { Json } from '../../shared/domain/json-schema.ts';
import { type Draft, initialDraft, toArguments } from '../tool/draft.ts';
import { toFields } from '../tool/schema-form.ts';

/** The form of an entry's configurationSchema, if it has one that a form can show. */
export function useInputs(entry: CatalogEntry) {
  const text = JSON.stringify(entry.configurationSchema);
  const group = useMemo(() => {
    const schema: unknown = JSON.parse(text);
    const field = schema === null ? undefined : toFields(entry.configurationSchema ?? {});
    return field?.kind === 'group' && field.fields.length > 0 ? field : undefined;
  }, [text]);
  const [typed, setDraft] = useState<Draft>();
  const draft = typed ?? (group ? initialDraft(group) : { kind: 'absent' as const });
  const outcome = group ? toArguments(group, draft) : { value: {}, errors: new Map<string, string>() };
  return { group, draft, setDraft, outcome };
}

export const toRecord = (value: Json | undefined): Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
