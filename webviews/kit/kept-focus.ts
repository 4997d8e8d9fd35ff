import { useLayoutEffect, useRef } from 'preact/hooks';

/** What an element needs to keep the focus within it. */
interface KeptFocus<E> {
  ref: { current: E | null };
  tabIndex: -1;
  'data-keeps-focus': '';
  onFocusIn: (event: FocusEvent) => void;
  onFocusOut: () => void;
}

/**
 * Where what had the focus is taken away, the focus would fall to the start of the page. It goes to the first field of the
 * element instead, or to the element itself, from where Tab goes on.
 */
export function useKeptFocus<E extends HTMLElement = HTMLElement>(): KeptFocus<E> {
  const ref = useRef<E>(null);
  const last = useRef<Element | undefined>(undefined);
  useLayoutEffect(() => {
    const gone = last.current !== undefined && !last.current.isConnected;
    if (!gone) return;
    last.current = undefined;
    if (document.activeElement !== document.body) return;
    const field = ref.current?.querySelector<HTMLElement>('input:not(:disabled), select:not(:disabled), textarea');
    (field ?? ref.current)?.focus({ preventScroll: true });
  });
  return {
    ref,
    tabIndex: -1,
    'data-keeps-focus': '',
    onFocusIn: ({ target }) => {
      last.current = target instanceof Element && target !== ref.current ? target : undefined;
    },
    // Somebody who has left of their own accord is not called back.
    onFocusOut: () =>
      void setTimeout(() => {
        if (last.current?.isConnected && !ref.current?.contains(document.activeElement)) last.current = undefined;
      }),
  };
}
