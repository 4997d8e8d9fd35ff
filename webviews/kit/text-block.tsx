import type { ComponentChildren, RefObject } from 'preact';

interface TextBlockProps {
  label: string;
  children: ComponentChildren;
  class?: string;
  /** A log: read by hand, not out loud line by line. */
  log?: boolean;
  blockRef?: RefObject<HTMLElement | null>;
  onScroll?: (element: HTMLElement) => void;
}

/** A text in a box that scrolls. It takes the focus, because without a mouse it could not be scrolled otherwise. */
export const TextBlock = ({ label, children, class: name = '', log, blockRef, onScroll }: TextBlockProps) => (
  <section
    class={`text-block ${name}`}
    aria-label={label}
    {...(log ? { role: 'log', 'aria-live': 'off' as const } : {})}
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    tabIndex={0}
    {...(blockRef ? { ref: blockRef } : {})}
    onScroll={event => onScroll?.(event.currentTarget)}
  >
    <pre>{children}</pre>
  </section>
);
