// Pages and programs ask the same again and again: a query that was found right is not checked a second time.

const mostRemembered = 200;
const longest = 300;

export interface RememberedQueries {
  /** What was made of the same text before; undefined if it was not. */
  find(text: string): unknown;
  /** Of a query that is right. It is shared from then on, so it cannot be changed any more. */
  keep(text: string, query: unknown): void;
}

/** Of one route. The oldest goes first; long ones are not kept. */
export function createRememberedQueries(): RememberedQueries {
  const remembered = new Map<string, unknown>();
  return {
    find: text => remembered.get(text),
    keep(text, query) {
      if (text.length > longest) return;
      if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value ?? '');
      remembered.set(text, Object.freeze(query));
    },
  };
}
