import type { TargetedClipboardEvent } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import { Icon } from './controls.tsx';
import { FieldContext } from './fields.tsx';
import { countOf } from './format.ts';
import { hasLineBreaks, type SecretEntry } from './secret-entry.ts';

interface SecretInputProps {
  entry: SecretEntry;
  placeholder?: string;
}

/**
 * A field for a value that is never shown. A password field has one line and would join the lines of a pasted key,
 * so a text of several lines is kept beside it, and only its size is told.
 */
export function SecretInput({ entry, placeholder }: SecretInputProps) {
  const { id, describedBy, invalid } = useContext(FieldContext);
  useEffect(() => () => entry.clear(), [entry]);
  const { characters, lines } = entry.size.value;
  const kept = hasLineBreaks(entry.read());
  const control = useRef<HTMLElement | null>(null);
  const wasKept = useRef(kept);
  useEffect(() => {
    // One takes the place of the other, and with it the focus would be lost.
    if (wasKept.current !== kept) control.current?.focus();
    wasKept.current = kept;
  }, [kept]);
  const paste = (event: TargetedClipboardEvent<HTMLInputElement>) => {
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (!hasLineBreaks(text)) return;
    event.preventDefault();
    entry.set(text);
  };
  if (kept)
    return (
      <div class="kept-value">
        <Icon name="key" />
        <span id={id} role="status">
          {countOf(lines, 'line')} with {countOf(characters, 'character')}, kept as pasted
        </span>
        <button
          type="button"
          class="text-button"
          ref={element => {
            control.current = element;
          }}
          onClick={entry.clear}
        >
          Enter another value
        </button>
      </div>
    );
  return (
    <input
      key={entry.round.value}
      ref={element => {
        control.current = element;
      }}
      id={id}
      type="password"
      class="text-input monospace"
      placeholder={placeholder}
      autocomplete="off"
      spellcheck={false}
      aria-describedby={describedBy}
      aria-invalid={invalid || undefined}
      onInput={event => entry.set(event.currentTarget.value)}
      onPaste={paste}
    />
  );
}
