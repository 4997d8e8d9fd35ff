import { toVisibleText } from '../../../shared/domain/visible-text.ts';

/** Beyond this, nobody reads what is approved, and a harmless start could hide the rest. */
export const mostCharacters = 131_072;

/**
 * The arguments for a person: indented, without values of the vault, and with everything invisible written out.
 * undefined: they are too large, or nested too deeply, to be shown whole.
 */
export function showArguments(args: Record<string, unknown>, hideValues: (text: string) => string): string | undefined {
  try {
    const text = JSON.stringify(args, null, 2);
    return text.length > mostCharacters ? undefined : toVisibleText(hideValues(text));
  } catch {
    return undefined;
  }
}
