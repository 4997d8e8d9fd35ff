import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { FieldError, idsOf, RequiredMark } from './fields.tsx';

interface FieldGroupProps {
  label: string;
  description?: ComponentChildren;
  error?: string | undefined;
  required?: boolean;
  children: ComponentChildren;
}

/** Boxes to tick that are one question. */
export function FieldGroup({ label, description, error, required, children }: FieldGroupProps) {
  const id = useId();
  return (
    <fieldset
      class={`field-group ${error ? 'field-invalid' : ''}`}
      aria-describedby={idsOf(Boolean(description) && `${id}-text`, error !== undefined && `${id}-error`)}
    >
      <legend class="field-label">
        {label}
        {required && <RequiredMark />}
      </legend>
      {description && (
        <div class="field-description" id={`${id}-text`}>
          {description}
        </div>
      )}
      {children}
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}
