import type { ComponentChildren } from 'preact';
import { Icon } from './controls.tsx';
import './table.css';

/** A column by its name, or by what stands above it instead. */
export type Column = string | { name: string; heading?: ComponentChildren; class?: string };

/** Of figures, which stand at the right. */
export const figures = (name: string): Column => ({ name, class: 'number' });

/** Of buttons, which say themselves what they do. */
export const acts: Column = { name: 'acts', heading: <span class="only-heard">Acts</span>, class: 'acts' };

interface TableProps {
  label: string;
  class?: string;
  columns: readonly Column[];
  /** The rows. */
  children: ComponentChildren;
}

/** A table that scrolls in itself where it is wider than the page. */
export const Table = ({ label, class: look = '', columns, children }: TableProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
  <section class="table-scroll" aria-label={label} tabIndex={0}>
    <table class={`table ${look}`}>
      <thead>
        <tr>
          {columns
            .map(column => (typeof column === 'string' ? { name: column } : column))
            .map(({ name, heading = name, class: kind }) => (
              <th key={name} scope="col" class={kind}>
                {heading}
              </th>
            ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </section>
);

/** When something was, to the second, by the clock of the person; of today without the day. */
export function Moment({ at, title }: { at: string; title?: string }) {
  const when = new Date(at);
  const whole = when.toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
  const isToday = when.toDateString() === new Date().toDateString();
  return (
    <time class="moment" dateTime={at} title={title ?? whole}>
      {when.toLocaleString([], isToday ? { timeStyle: 'medium' } : { dateStyle: 'short', timeStyle: 'medium' })}
    </time>
  );
}

interface OutcomeProps {
  icon: string;
  look: string;
  word: string;
  code: string | number | null;
}

/** How something ended, in a word and never by the mark alone. */
export const Outcome = ({ icon, look, word, code }: OutcomeProps) => (
  <span class={`state ${look}`}>
    <Icon name={icon} /> {word}
    {code !== null && <span class="code"> {code}</span>}
  </span>
);
