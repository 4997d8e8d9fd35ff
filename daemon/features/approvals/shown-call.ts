import { toVisibleText } from '../../../shared/domain/visible-text.ts';

/** Beyond this, nobody reads what is approved, and a harmless start could hide the rest. */
export const mostCharacters = 131_072;

/** Indented JSON, without values of the vault, and with everything invisible written out. */
export interface ShownCall {
  arguments: string;
  /** Empty: nothing else is sent. */
  besides: string;
}

/** What would be sent, for a person. undefined: it is too large, or nested too deeply, to be shown whole. */
export function showCall(
  call: { arguments: Record<string, unknown>; besides: Record<string, unknown> },
  hideValues: (text: string) => string,
): ShownCall | undefined {
  try {
    const args = JSON.stringify(call.arguments, null, 2);
    const besides = Object.keys(call.besides).length === 0 ? '' : JSON.stringify(call.besides, null, 2);
    if (args.length + besides.length > mostCharacters) return undefined;
    const shown = { arguments: toVisibleText(hideValues(args)), besides: toVisibleText(hideValues(besides)) };
    // Written out, what is invisible is several times as long.
    return shown.arguments.length + shown.besides.length > mostCharacters ? undefined : shown;
  } catch {
    return undefined;
  }
}
