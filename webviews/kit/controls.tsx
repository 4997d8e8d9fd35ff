// Buttons, icons and links of every view.
import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useContext } from 'preact/hooks';
import { type OperationId, routes } from '../../shared/api/routes.ts';
import { AppContext, useApp } from './app.ts';
import type { Location } from './location.ts';
import { whyNot } from './why-not.ts';
import './controls.css';

export const Icon = ({ name, spin = false, class: extra = '' }: { name: string; spin?: boolean; class?: string }) => (
  <span class={`codicon codicon-${name} ${spin ? 'codicon-modifier-spin' : ''} ${extra}`} aria-hidden="true" />
);

export interface ButtonProps {
  children: ComponentChildren;
  kind?: 'primary' | 'secondary';
  icon?: string;
  type?: 'button' | 'submit';
  disabled?: boolean | undefined;
  /** What it asks of the daemon. Who may not do that sees it greyed, and why. */
  asks?: OperationId | undefined;
  /** Shows that it works and takes no second click. It stays focusable: a disabled button would drop the focus. */
  busy?: boolean | undefined;
  /** A tooltip: what its name has no room for. */
  hint?: string | undefined;
  /** Of a button that shows and hides something: whether it is there. */
  expanded?: boolean | undefined;
  onClick?: (() => void) | undefined;
}

/** Of the toolkit. A submit button asks its form itself, because the element's own way needs a hidden inline-styled twin. */
export function Button({
  children,
  kind = 'secondary',
  icon,
  type = 'button',
  asks,
  busy,
  hint,
  expanded,
  onClick,
  ...rest
}: ButtonProps) {
  const reason = useReason(asks);
  const disabled = rest.disabled || reason !== undefined;
  const act = (event: TargetedMouseEvent<HTMLElement>) => {
    if (disabled || busy) return;
    if (type === 'submit') event.currentTarget.closest('form')?.requestSubmit();
    onClick?.();
  };
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: the element hands it on to the button within it
    <vscode-button
      appearance={kind}
      type="button"
      class={busy ? 'busy' : ''}
      title={reason ?? hint}
      aria-expanded={expanded}
      disabled={disabled}
      onClick={act}
    >
      {(busy || icon) && (
        <span
          slot="start"
          class={`codicon codicon-${busy ? 'loading codicon-modifier-spin' : icon}`}
          aria-hidden="true"
        />
      )}
      {children}
    </vscode-button>
  );
}

/** Why the person who looks may not ask for this; undefined if it may. */
function useReason(asks: OperationId | undefined): string | undefined {
  const session = useContext(AppContext)?.live.session.value.value;
  const permission = asks && routes[asks].permission;
  return permission === undefined || permission === 'public' ? undefined : whyNot(session, permission);
}

interface IconButtonProps {
  icon: string;
  label: string;
  disabled?: boolean | undefined;
  /** As of a button. */
  asks?: OperationId | undefined;
  busy?: boolean | undefined;
  pressed?: boolean | undefined;
  /** As of a button. */
  expanded?: boolean | undefined;
  onClick: () => void;
}

export function IconButton({ icon, label, disabled, asks, busy, pressed, expanded, onClick }: IconButtonProps) {
  const reason = useReason(asks);
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={reason === undefined ? label : `${label}: ${reason}`}
      aria-pressed={pressed}
      aria-expanded={expanded}
      aria-disabled={busy || undefined}
      disabled={disabled === true || reason !== undefined}
      onClick={() => {
        if (!busy) onClick();
      }}
    >
      <Icon name={busy ? 'loading' : icon} spin={busy ?? false} />
    </button>
  );
}

interface PlaceLinkProps {
  to: Location;
  children: ComponentChildren;
  class?: string;
  current?: boolean;
}

/** A link to a place in the app, in whichever host. */
export function PlaceLink({ to, children, class: name = '', current = false }: PlaceLinkProps) {
  const { host } = useApp();
  const open = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (host.kind === 'page' && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    host.open(to);
  };
  return (
    <a href={host.linkTo(to)} class={name} onClick={open} aria-current={current ? 'page' : undefined}>
      {children}
    </a>
  );
}

/** A link out of the app. Only http and https are links; anything else is shown as text. */
export function ExternalLink({ url, children }: { url: string; children: ComponentChildren }) {
  const { host } = useApp();
  if (!/^https?:\/\//.test(url)) return <span>{children}</span>;
  return (
    <vscode-link
      href={url}
      onClick={event => {
        event.preventDefault();
        host.openExternal(url);
      }}
    >
      {children}
    </vscode-link>
  );
}

export const Badge = ({ children }: { children: ComponentChildren }) => <span class="badge">{children}</span>;
export const Divider = () => <vscode-divider />;
