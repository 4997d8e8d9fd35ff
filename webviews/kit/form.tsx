import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';

interface FormProps {
  label: string;
  onSubmit: () => void;
  children: ComponentChildren;
  /** False: Enter in a one-line field does not send; Ctrl+Enter and Cmd+Enter always do. */
  sendOnEnter?: boolean;
}

/** A form that sends by Enter, which the browser does alone only for native submit buttons. */
export function Form({ label, onSubmit, children, sendOnEnter = true }: FormProps) {
  const press = (event: TargetedKeyboardEvent<HTMLFormElement>) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    const inLine = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
    const withKey = event.ctrlKey || event.metaKey;
    if (!withKey && !(inLine && sendOnEnter)) {
      if (inLine) event.preventDefault();
      return;
    }
    event.preventDefault();
    event.currentTarget.requestSubmit();
  };
  return (
    <form
      aria-label={label}
      noValidate
      onKeyDown={press}
      onSubmit={event => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
