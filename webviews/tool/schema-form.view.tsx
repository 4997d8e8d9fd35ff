// The fields of a schema as form controls. Knows fields and drafts, nothing of schemas.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { Button, IconButton } from '../kit/controls.tsx';
import { FieldError, idsOf, RequiredMark, Select } from '../kit/fields.tsx';
import { ServerText } from '../kit/text.tsx';
import { absent, type Draft, emptyGroup, escapePointer, type FieldErrors, newItem, variantDraft } from './draft.ts';
import {
  ChoiceView,
  type FieldProps,
  FlagView,
  JsonView,
  NumberView,
  TextView,
  textsOf,
} from './plain-fields.view.tsx';
import type { Field, GroupField, ListField, VariantField } from './schema-form.ts';

/** The fields of a group one below the other, without a frame around them. */
export function GroupFields({ field, draft, at, errors, onChange }: Omit<FieldProps<GroupField>, 'label'>) {
  const group = draft.kind === 'group' ? draft : undefined;
  const change = (key: string, next: Draft) =>
    onChange({
      kind: 'group',
      entries: new Map([...(group?.entries ?? []), [key, next]]),
      rest: group?.rest ?? new Map(),
    });
  return (
    <>
      {field.fields.map(inner => (
        <FieldView
          key={inner.key}
          field={inner}
          draft={group?.entries.get(inner.key) ?? absent}
          at={`${at}/${escapePointer(inner.key)}`}
          errors={errors}
          onChange={next => change(inner.key, next)}
        />
      ))}
      {group && group.rest.size > 0 && (
        <p class="field-description">
          Also sent, from the JSON below: <ServerText text={[...group.rest.keys()].join(', ')} />
        </p>
      )}
    </>
  );
}

export function FieldView(props: FieldProps) {
  const { field, draft } = props;
  if (draft.kind === 'value') return <KeptValue {...props} />;
  switch (field.kind) {
    case 'text':
      return <TextView {...props} field={field} />;
    case 'number':
      return <NumberView {...props} field={field} />;
    case 'flag':
      return <FlagView {...props} />;
    case 'choice':
      return <ChoiceView {...props} field={field} />;
    case 'list':
      return <ListView {...props} field={field} />;
    case 'group':
      return <GroupView {...props} field={field} />;
    case 'variant':
      return <VariantView {...props} field={field} />;
    case 'json':
      return <JsonView {...props} field={field} />;
  }
}

function Frame(props: FieldProps & { children: ComponentChildren }) {
  const { label, description, error, required } = textsOf(props);
  const id = useId();
  return (
    <fieldset
      class={`field-group ${error ? 'field-invalid' : ''}`}
      aria-describedby={idsOf(Boolean(description) && id, error !== undefined && `${id}-error`)}
    >
      <legend class="field-label">
        {label}
        {required && <RequiredMark />}
      </legend>
      {description && (
        <div class="field-description" id={id}>
          {description}
        </div>
      )}
      {props.children}
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}

function ListView(props: FieldProps<ListField>) {
  const { field, draft, at, errors, onChange } = props;
  const items = draft.kind === 'list' ? draft.items : [];
  const remove = (gone: number) => {
    const rest = items.filter((_, index) => index !== gone);
    onChange(rest.length === 0 && !field.required ? absent : { kind: 'list', items: rest });
  };
  const full = field.maxItems !== undefined && items.length >= field.maxItems;
  return (
    <Frame {...props}>
      {items.length > 0 && (
        <ol class="list-items">
          {items.map((item, index) => (
            <li key={`${index}`} class="list-item">
              <div class="list-item-field">
                <FieldView
                  field={field.item}
                  draft={item}
                  at={`${at}/${index}`}
                  errors={errors}
                  label={`Item ${index + 1}`}
                  onChange={next =>
                    onChange({ kind: 'list', items: items.map((old, place) => (place === index ? next : old)) })
                  }
                />
              </div>
              <IconButton icon="trash" label={`Remove item ${index + 1}`} onClick={() => remove(index)} />
            </li>
          ))}
        </ol>
      )}
      <div class="button-row">
        <Button
          icon="add"
          disabled={full}
          onClick={() => onChange({ kind: 'list', items: [...items, newItem(field)] })}
        >
          Add item
        </Button>
        {draft.kind === 'absent' && field.required && (
          <Button onClick={() => onChange({ kind: 'list', items: [] })}>Send an empty list</Button>
        )}
        {draft.kind === 'list' && items.length === 0 && <span class="field-hint">An empty list is sent.</span>}
      </div>
    </Frame>
  );
}

function GroupView(props: FieldProps<GroupField>) {
  const { field, draft, onChange } = props;
  if (draft.kind === 'absent')
    return (
      <Frame {...props}>
        <div class="button-row">
          <Button icon="add" onClick={() => onChange(emptyGroup(field))}>
            Fill in
          </Button>
        </div>
      </Frame>
    );
  return (
    <Frame {...props}>
      <GroupFields {...props} />
      {!field.required && (
        <div class="button-row">
          <Button icon="trash" onClick={() => onChange(absent)}>
            Leave out
          </Button>
        </div>
      )}
    </Frame>
  );
}

/** Which of several, and the fields of the one that was chosen. */
function VariantView(props: FieldProps<VariantField>) {
  const { field, draft, at, errors, onChange } = props;
  const chosen = draft.kind === 'variant' ? draft : undefined;
  const option = chosen && field.options[chosen.index];
  const inner = {
    draft: chosen?.draft ?? absent,
    at,
    errors,
    onChange: (next: Draft) => chosen && onChange({ ...chosen, draft: next }),
  };
  return (
    // What is wrong with the value is said at the field that holds it.
    <Frame {...props} errors={option ? noErrors : errors}>
      <Select
        label={`Kind of ${toVisibleText(field.label || 'value')}`}
        value={chosen ? String(chosen.index) : ''}
        options={[
          { value: '', label: field.required ? 'Choose…' : 'Not set' },
          ...field.options.map(({ label }, index) => ({ value: String(index), label: toVisibleText(label) })),
        ]}
        onChange={value => onChange(value === '' ? absent : variantDraft(field, Number(value)))}
      />
      {option &&
        (option.kind === 'group' && inner.draft.kind === 'group' ? (
          <GroupFields field={withoutConstants(option)} {...inner} />
        ) : isConstant(option) ? null : (
          <FieldView field={option} {...inner} label="Value" />
        ))}
    </Frame>
  );
}

const noErrors: FieldErrors = new Map();

/** What tells one of several from the others is said by the choice itself. */
const withoutConstants = (group: GroupField): GroupField => ({
  ...group,
  fields: group.fields.filter(field => !(field.required && isConstant(field))),
});

const isConstant = (field: Field): boolean => field.kind === 'choice' && field.options.length === 1;

/** A value that the form has no control for: shown as it is, to be replaced. */
function KeptValue(props: FieldProps) {
  const { draft, onChange } = props;
  return (
    <Frame {...props}>
      <div class="kept-value">
        <code>
          <ServerText text={draft.kind === 'value' ? JSON.stringify(draft.value) : ''} />
        </code>
        <Button icon="discard" onClick={() => onChange(absent)}>
          Clear
        </Button>
      </div>
    </Frame>
  );
}
