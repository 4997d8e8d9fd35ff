// Variables in test files: ${name}, ${env:NAME}, ${uuid} and ${now}, in texts anywhere in a call and in what is expected.
// Nothing is computed.

const reference = /\$?\$\{([^${}]{0,200})\}/g;

/** All names that a value refers to, with `env:` before those of the environment. */
export function namesIn(value: unknown): Set<string> {
  const names = new Set<string>();
  visit(value, text => {
    for (const [whole, name = ''] of text.matchAll(reference)) if (!whole.startsWith('$$')) names.add(name);
  });
  return names;
}

function visit(value: unknown, onText: (text: string) => void): void {
  if (typeof value === 'string') onText(value);
  if (value === null || typeof value !== 'object') return;
  for (const [key, member] of Object.entries(value)) {
    if (!Array.isArray(value)) onText(key);
    visit(member, onText);
  }
}

/** A variable that is not there, at the moment when it is needed. */
export class UnknownVariable extends Error {
  override readonly name = 'UnknownVariable';
  readonly variable: string;

  constructor(variable: string) {
    super(
      variable.startsWith('env:')
        ? `The environment variable ${variable.slice(4)} is not set.`
        : `The variable "${variable}" has no value yet: the call that saves it did not come to its end.`,
    );
    this.variable = variable;
  }
}

export type FindVariable = (name: string) => unknown;

/**
 * The value with its variables filled in. A text that is one variable and nothing else becomes its value, of whatever
 * type; in a longer text, what is no text stands as JSON. `$${` is a plain `${`. Errors: UnknownVariable.
 */
export function fillIn(value: unknown, find: FindVariable): unknown {
  if (typeof value === 'string') return fillInText(value, find);
  if (Array.isArray(value)) return value.map(item => fillIn(item, find));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [asText(fillInText(key, find)), fillIn(member, find)]),
  );
}

function fillInText(text: string, find: FindVariable): unknown {
  const whole = /^\$\{([^${}]{0,200})\}$/.exec(text)?.[1];
  if (whole !== undefined) return get(whole, find);
  return text.replace(reference, (match, name: string) =>
    match.startsWith('$$') ? match.slice(1) : asText(get(name, find)),
  );
}

function get(name: string, find: FindVariable): unknown {
  const value = find(name);
  if (value === undefined) throw new UnknownVariable(name);
  return value;
}

export const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
