// What zod says of a value, as a person says it who has written the value.

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

/** The message of an issue; any other text as it is. */
export function plainIssue(message: string): string {
  const [, wanted, found] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (wanted === undefined || found === undefined) return message;
  if (found === 'undefined') return 'This is required.';
  return `This must be ${typeNames[wanted] ?? wanted}, and it is ${typeNames[found] ?? found}.`;
}

/** A sentence about the first of several, which says how many more there are. */
export const countingMore = (sentence: string, more: number): string =>
  more > 0 ? `${sentence.replace(/\.$/, '')} (and ${more} more)` : sentence;
