// What a command is called with is a row, an id, or nothing: this reads the part that it is about.

/** The text at a path of members, `undefined` if it is not there: `textIn(row, 'profile', 'id')`. */
export function textIn(argument: unknown, ...path: string[]): string | undefined {
  let at: unknown = argument;
  for (const member of path) {
    if (typeof at !== 'object' || at === null || !(member in at)) return undefined;
    at = (at as Record<string, unknown>)[member];
  }
  return typeof at === 'string' ? at : undefined;
}

/** The id of what a command is about: the text itself, or the one in the row. */
export const idOf = (argument: unknown, ...path: string[]): string | undefined =>
  typeof argument === 'string' ? argument : textIn(argument, ...path);
