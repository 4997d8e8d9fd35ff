// JSON as a tree that opens and closes. Values come from servers: how much is drawn is bounded, and opened by hand.
import { useState } from 'preact/hooks';
import { countOf } from './format.ts';
import { ServerText } from './text.tsx';
import './json-tree.css';

const shownChildren = 100;
const shownText = 500;

interface JsonTreeProps {
  value: unknown;
  label: string;
}

export const JsonTree = ({ value, label }: JsonTreeProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
  <section class="json-tree" aria-label={label} tabIndex={0}>
    <Branch value={value} open />
  </section>
);

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;

interface BranchProps {
  name?: string;
  value: unknown;
  open?: boolean;
}

function Branch({ name, value, open = false }: BranchProps) {
  const [isOpen, setOpen] = useState(open);
  if (!isBranch(value)) return <Leaf {...(name === undefined ? {} : { name })} value={value} />;
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  if (entries.length === 0) return <Leaf {...(name === undefined ? {} : { name })} text={isList ? '[]' : '{}'} />;
  return (
    <details
      open={isOpen}
      onToggle={event => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>
        {name !== undefined && <Name name={name} />}
        <span class="quiet">{isList ? countOf(entries.length, 'item') : countOf(entries.length, 'member')}</span>
      </summary>
      {isOpen && (
        <div class="json-children">
          {entries.slice(0, shownChildren).map(([key, child]) => (
            <Branch key={key} name={key} value={child} open={entries.length <= 12 && open} />
          ))}
          {entries.length > shownChildren && (
            <p class="quiet">{entries.length - shownChildren} more. Open it as JSON to see them.</p>
          )}
        </div>
      )}
    </details>
  );
}

const Name = ({ name }: { name: string }) => (
  <span class="json-name">
    <ServerText text={name} />:{' '}
  </span>
);

function Leaf({ name, value, text }: { name?: string; value?: unknown; text?: string }) {
  const shown = text ?? (typeof value === 'string' ? JSON.stringify(value) : String(value));
  return (
    <div class={`json-leaf json-${value === null ? 'null' : typeof value}`}>
      {name !== undefined && <Name name={name} />}
      <ServerText text={shown.length > shownText ? `${shown.slice(0, shownText)}…` : shown} />
    </div>
  );
}
