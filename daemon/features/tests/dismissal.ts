// What somebody has started ends with what lets them in: a revoked key, a removed user, a sign-out.
import type { Lifelines } from '../../http/lifelines.ts';
import type { Principal } from '../../http/principal.ts';

export type WhileLetIn = Pick<Lifelines, 'until'>;
/** A signal that aborts when this principal is not let in any more. */
export type DismissalOf = (principal: Principal | null) => AbortSignal;

/** A key ends when it expires. What a session or an access token shows for a while is renewed while it is used, so its end says nothing. */
export const createDismissalOf =
  ({ until }: WhileLetIn): DismissalOf =>
  principal => {
    const lasting = principal && principal.via !== 'key' ? { ...principal, expiresAt: null } : principal;
    return until(lasting, new AbortController().signal);
  };

export const dismissed =
  'Whoever started it is not let in any more: the key or the session was ended, or what the user may do was changed.';
