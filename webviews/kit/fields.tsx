// Form pieces: native controls with their label, description and error tied together, in the editor's look.
import { type ComponentChildren, createContext, type TargetedEvent } from 'preact';
import { useContext, useId } from 'preact/hooks';
import { Icon } from './controls.tsx';
import './fields.css';

export interface FieldTexts {
  label: ComponentChildren;
  description?: ComponentChildren;
  error?: string | undefined;
  required?: boolean | undefined;
}

interface Ids {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
}

/** For controls that live in files of their own. */
export const FieldContext = createContext<Ids>({ id: '', describedBy: undefined, invalid: false });

/** A label, a control inside, a description and an error. The control finds its ids by context. */
export function Field({ label, description, error, required, children }: FieldTexts & { children: ComponentChildren }) {
  const id = useId();
  const describedBy = idsOf(Boolean(description) && `${id}-text`, error !== undefined && `${id}-error`);
  return (
    <div class={`field ${error ? 'field-invalid' : ''}`}>
      <label class="field-label" for={id}>
        {label}
        {required && <RequiredMark />}
      </label>
      {description && (
        <div class="field-description" id={`${id}-text`}>
          {description}
        </div>
      )}
      <FieldContext.Provider value={{ id, describedBy, invalid: error !== undefined }}>
        {children}
      </FieldContext.Provider>
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

interface FieldRowProps {
  class?: string;
  error: string | undefined;
  children: ComponentChildren;
}

/** Controls side by side that name themselves, with one error for them all. */
export function FieldRow({ class: name = '', error, children }: FieldRowProps) {
  const id = useId();
  const invalid = error !== undefined;
  return (
    <div class={`edit-row ${name} ${invalid ? 'field-invalid' : ''}`}>
      <FieldContext.Provider value={{ id: '', describedBy: invalid ? id : undefined, invalid }}>
        {children}
      </FieldContext.Provider>
      <FieldError id={id} error={error} />
    </div>
  );
}

/** The ids of what is there, for aria-describedby. */
export const idsOf = (...ids: (string | false)[]): string | undefined => ids.filter(Boolean).join(' ') || undefined;

export const RequiredMark = () => (
  <span class="required">
    <span aria-hidden="true">*</span>
    <span class="only-heard"> required</span>
  </span>
);

export const FieldError = ({ id, error }: { id?: string; error: string | undefined }) =>
  error === undefined ? null : (
    <div class="field-error" id={id}>
      <Icon name="error" /> {error}
    </div>
  );

interface TextInputProps {
  value: string;
  onInput: (value: string) => void;
  type?: 'text' | 'search' | 'url' | 'email' | 'password' | 'date' | 'time' | undefined;
  placeholder?: string | undefined;
  label?: string | undefined;
  inputMode?: 'decimal' | 'numeric' | 'text' | undefined;
  maxLength?: number | undefined;
  /** What the browser may fill in: "username", "current-password", "one-time-code". */
  autocomplete?: string | undefined;
  monospace?: boolean;
  disabled?: boolean;
}

export function TextInput({
  value,
  onInput,
  type = 'text',
  label,
  monospace,
  autocomplete = 'off',
  ...rest
}: TextInputProps) {
  const { id, describedBy, invalid } = useContext(FieldContext);
  return (
    <input
      {...rest}
      {...(label === undefined ? { id } : { 'aria-label': label })}
      ref={element => {
        // As a property: preact's types know one set of attributes for each literal type and none for a variable one.
        if (element) element.type = type;
      }}
      class={`text-input ${monospace ? 'monospace' : ''}`}
      value={value}
      autocomplete={autocomplete}
      spellcheck={false}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      onInput={event => onInput(event.currentTarget.value)}
    />
  );
}

interface TextAreaProps {
  value: string;
  onInput: (value: string) => void;
  onBlur?: (() => void) | undefined;
  rows?: number;
  monospace?: boolean;
  label?: string | undefined;
  placeholder?: string | undefined;
}

export function TextArea({ value, onInput, onBlur, rows = 3, monospace, label, placeholder }: TextAreaProps) {
  const { id, describedBy, invalid } = useContext(FieldContext);
  return (
    <textarea
      {...(label === undefined ? { id } : { 'aria-label': label })}
      class={`text-input ${monospace ? 'monospace' : ''}`}
      rows={rows}
      value={value}
      placeholder={placeholder}
      spellcheck={false}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      onInput={event => onInput(event.currentTarget.value)}
      onBlur={onBlur}
    />
  );
}

interface SelectProps<Value extends string> {
  value: Value;
  options: readonly { value: Value; label: string }[];
  onChange: (value: Value) => void;
  label?: string;
}

export function Select<Value extends string>({ value, options, onChange, label }: SelectProps<Value>) {
  const { id, describedBy, invalid } = useContext(FieldContext);
  return (
    <span class="select">
      <select
        {...(label === undefined ? { id } : { 'aria-label': label })}
        value={value}
        aria-describedby={describedBy}
        aria-invalid={invalid || undefined}
        onChange={({ currentTarget }) => {
          const chosen = options.find(option => option.value === currentTarget.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map(option => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </span>
  );
}

interface CheckboxProps extends FieldTexts {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean | undefined;
}

export function Checkbox({ label, description, error, required, checked, onChange, disabled }: CheckboxProps) {
  const id = useId();
  const change = (event: TargetedEvent<HTMLInputElement>) => {
    const wanted = event.currentTarget.checked;
    // The box follows the state and not the click: a change that is refused must not look as if it was made.
    event.currentTarget.checked = checked;
    onChange(wanted);
  };
  return (
    <div class={`field field-checkbox ${error ? 'field-invalid' : ''}`}>
      <input
        type="checkbox"
        class="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={idsOf(Boolean(description) && `${id}-text`, error !== undefined && `${id}-error`)}
        aria-invalid={error !== undefined || undefined}
        onChange={change}
      />
      <div class="checkbox-texts">
        <label for={id}>
          {label}
          {required && <RequiredMark />}
        </label>
        {description && (
          <div class="field-description" id={`${id}-text`}>
            {description}
          </div>
        )}
        <FieldError id={`${id}-error`} error={error} />
      </div>
    </div>
  );
}
