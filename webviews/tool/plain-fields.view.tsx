// The fields that hold one value each: texts, numbers, switches, choices, and JSON where no form fits.
import type { ComponentChildren } from 'preact';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { Button } from '../kit/controls.tsx';
import { Checkbox, Field as FieldFrame, Select, TextArea, TextInput } from '../kit/fields.tsx';
import { ServerText } from '../kit/text.tsx';
import { absent, type Draft, type FieldErrors } from './draft.ts';
import { defaultHint, numberHint, textHint } from './field-hint.ts';
import type { ChoiceField, Field, JsonField, NumberField, TextField } from './schema-form.ts';

export interface FieldProps<F extends Field = Field> {
  field: F;
  draft: Draft;
  /** JSON Pointer of this place. */
  at: string;
  errors: FieldErrors;
  onChange: (draft: Draft) => void;
  /** Instead of the field's own: for the items of a list. */
  label?: string;
}

/** What stands around a field. */
export const textsOf = ({ field, at, errors, label }: FieldProps, hint = '') => ({
  label: label ?? <FieldName field={field} />,
  description: describe(field, hint),
  error: errors.get(at),
  required: field.required && label === undefined,
});

/** What the field is called, and the property's own name where that differs. */
const FieldName = ({ field }: { field: Field }) => (
  <>
    <ServerText text={field.label || 'Value'} />
    {field.key !== '' && field.label !== field.key && (
      <span class="field-key">
        {' '}
        <ServerText text={field.key} />
      </span>
    )}
  </>
);

function describe(field: Field, hint: string): ComponentChildren {
  if (!field.description && !hint) return undefined;
  return (
    <>
      <ServerText text={field.description} />
      {hint && <span class="field-hint">{field.description ? ` (${hint})` : capitalised(hint)}</span>}
    </>
  );
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const inputTypes: Record<string, 'url' | 'email' | 'date' | 'time'> = {
  uri: 'url',
  url: 'url',
  email: 'email',
  date: 'date',
};

export function TextView(props: FieldProps<TextField>) {
  const { field, draft, onChange } = props;
  const text = draft.kind === 'text' ? draft.text : '';
  const empties = field.required && field.minLength === 0 && field.format === '';
  // A cleared field is left out; an empty text is sent only where a person says so.
  const change = (next: string) =>
    onChange(next === '' && props.label === undefined ? absent : { kind: 'text', text: next });
  const type = inputTypes[field.format];
  const long = /\n/.test(text) || isLong(field);
  return (
    <FieldFrame {...textsOf(props, textHint(field))}>
      {long && !type ? (
        <TextArea value={text} onInput={change} rows={4} placeholder={defaultHint(field)} />
      ) : (
        <TextInput value={text} onInput={change} type={type} placeholder={defaultHint(field)} />
      )}
      {empties && text === '' && props.label === undefined && props.errors.has(props.at) && (
        <div class="button-row">
          <Button onClick={() => onChange({ kind: 'text', text: '' })}>Send an empty text</Button>
        </div>
      )}
      {empties && draft.kind === 'text' && text === '' && props.label === undefined && (
        <p class="field-description">An empty text is sent.</p>
      )}
    </FieldFrame>
  );
}

const longNames = /^(?:content|contents|text|body|thought|prompt|code|script|query|sql|markdown|html)$/i;
const isLong = (field: TextField): boolean =>
  field.format === '' && (longNames.test(field.key) || (field.maxLength ?? 0) > 300);

export function NumberView(props: FieldProps<NumberField>) {
  const { field, draft, onChange } = props;
  const text = draft.kind === 'text' ? draft.text : '';
  const change = (next: string) =>
    onChange(next === '' && props.label === undefined ? absent : { kind: 'text', text: next });
  return (
    <FieldFrame {...textsOf(props, numberHint(field))}>
      <TextInput
        value={text}
        onInput={change}
        inputMode={field.integer ? 'numeric' : 'decimal'}
        placeholder={defaultHint(field)}
      />
    </FieldFrame>
  );
}

export function FlagView(props: FieldProps) {
  const { draft, onChange } = props;
  return (
    <Checkbox
      {...textsOf(props)}
      checked={draft.kind === 'flag' && draft.on}
      onChange={on => onChange({ kind: 'flag', on })}
    />
  );
}

export function ChoiceView(props: FieldProps<ChoiceField>) {
  const { field, draft, onChange } = props;
  const options = field.options.map((choice, index) => ({ value: String(index), label: toVisibleText(choice.label) }));
  return (
    <FieldFrame {...textsOf(props)}>
      <Select
        value={draft.kind === 'choice' ? String(draft.index) : ''}
        options={[{ value: '', label: field.required ? 'Choose…' : 'Not set' }, ...options]}
        onChange={value => onChange(value === '' ? absent : { kind: 'choice', index: Number(value) })}
      />
    </FieldFrame>
  );
}

export function JsonView(props: FieldProps<JsonField>) {
  const { field, draft, onChange } = props;
  const text = draft.kind === 'text' ? draft.text : '';
  return (
    <FieldFrame {...textsOf(props, `${field.reason} Write it as JSON.`)}>
      <TextArea
        value={text}
        rows={4}
        monospace
        placeholder={field.example}
        onInput={next => onChange(next.trim() === '' ? absent : { kind: 'text', text: next })}
      />
    </FieldFrame>
  );
}
