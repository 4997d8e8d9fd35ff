// A list that lives must not move what somebody is about to click: while a person is at it, rows stay where they are.
import { useEffect, useRef, useState } from 'preact/hooks';

export interface SteadyRow<T> {
  key: string;
  item: T;
  /** It is not in the list any more, and stands here only until the person has left. */
  gone: boolean;
}

/** Rows that were shown keep their places, those that came are put behind them, and those that went are marked. */
export function steadyRows<T>(
  shown: readonly SteadyRow<T>[],
  items: readonly T[],
  keyOf: (item: T) => string,
): SteadyRow<T>[] {
  const now = new Map(items.map(item => [keyOf(item), item]));
  const kept = shown.map(({ key, item }) => ({ key, item: now.get(key) ?? item, gone: !now.has(key) }));
  for (const { key } of shown) now.delete(key);
  return [...kept, ...[...now].map(([key, item]) => ({ key, item, gone: false }))];
}

/** What an element needs so that its rows are steady. */
interface SteadyArea {
  onPointerEnter: () => void;
  onPointerMove: () => void;
  onPointerLeave: () => void;
  onFocusIn: () => void;
  onFocusOut: (event: FocusEvent & { currentTarget: Element }) => void;
}

interface Steady {
  /** Somebody points at it, or the focus is in it. */
  held: boolean;
  area: SteadyArea;
}

/** A pointer that has not moved for so long was left lying there. */
const restsAfterMilliseconds = 60_000;

/** Whether somebody is at an element. */
export function useHeld(): Steady {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const point = (there: boolean) => {
    setPointed(there);
    clearTimeout(timer.current);
    if (there) timer.current = setTimeout(() => setPointed(false), restsAfterMilliseconds);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    held: pointed || focused,
    area: {
      onPointerEnter: () => point(true),
      onPointerMove: () => point(true),
      onPointerLeave: () => point(false),
      onFocusIn: () => setFocused(true),
      // Not at once: where what had the focus was taken away, the focus is put elsewhere a moment later.
      onFocusOut: ({ currentTarget }) =>
        void setTimeout(() => setFocused(currentTarget.contains(document.activeElement))),
    },
  };
}

/** The rows of a list; steady while it is `held`, and in the list's own order as soon as it is not. */
export function useSteady<T>(items: readonly T[], keyOf: (item: T) => string, held: boolean): SteadyRow<T>[] {
  const shown = useRef<SteadyRow<T>[]>([]);
  shown.current = steadyRows(held ? shown.current : [], items, keyOf);
  return shown.current;
}

/** Longer than a click that was already on its way takes, shorter than anybody needs to read what has come. */
const settlesAfterMilliseconds = 600;

/** False for a moment after it has come, so that a click meant for what stood there before does not reach it. */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settlesAfterMilliseconds);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
