// A link, a key or codes that can be read here and then nowhere again.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button, Icon } from './controls.tsx';
import { CopyButton } from './copy-button.tsx';

interface ShownOnceProps {
  /** What it is: "The key of ci". */
  title: string;
  text: string;
  onDone: () => void;
  /** More ways to take it along. */
  actions?: ComponentChildren;
  /** What to do with it. */
  children: ComponentChildren;
}

/** Takes the focus, because what was asked for is here and goes with this box. */
export function ShownOnce({ title, text, onDone, actions, children }: ShownOnceProps) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => element.current?.focus(), []);
  return (
    <section class="notice notice-good shown-once" aria-label={title} tabIndex={-1} ref={element}>
      <Icon name="pass-filled" class="notice-icon state-good" />
      <div class="notice-body">
        <p class="notice-title">{title}</p>
        {children}
        <pre class="once-text" data-once="">
          {text}
        </pre>
        <div class="button-row">
          <CopyButton text={() => text} label={`Copy: ${title}`}>
            Copy
          </CopyButton>
          {actions}
          <Button onClick={onDone}>Done</Button>
        </div>
      </div>
    </section>
  );
}
