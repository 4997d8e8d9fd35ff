// Prints values the way that the Go program prints them.

const escaped = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };
const escapeForHtml = text => text.replace(/[<>&\u2028\u2029]/g, found => escaped[found]);

/** JSON as Go's encoder writes it: HTML characters escaped, keys in the order of the value. */
export const compactJson = value => escapeForHtml(JSON.stringify(value));

/** Indented with two spaces. */
export const indentedJson = value => escapeForHtml(JSON.stringify(value, null, 2));

/** The same value with the keys of every map in order, as Go prints maps. */
export function withSortedKeys(value) {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, withSortedKeys(inner)]),
  );
}

/** A value as Go's %v prints it: map[max:5], [a b]. */
export function goValue(value) {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const pairs = Object.entries(withSortedKeys(value)).map(([key, inner]) => `${key}:${goValue(inner)}`);
  return `map[${pairs.join(' ')}]`;
}

/** Milliseconds as Go prints a duration: 484.452626ms, 1.845741489s, 11.273µs. */
export function goDuration(milliseconds) {
  const nanoseconds = Math.max(1, Math.round(milliseconds * 1e6));
  if (nanoseconds < 1_000_000) return `${nanoseconds / 1e3}µs`;
  if (nanoseconds < 1_000_000_000) return `${nanoseconds / 1e6}ms`;
  const minutes = Math.floor(nanoseconds / 60e9);
  const seconds = (nanoseconds - minutes * 60e9) / 1e9;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

const plain = /^[A-Za-z_/][\w ./@()+,=<>%~-]*(?::[^\s][\w ./@()+,:=%~-]*)?$/;
const reserved = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

function yamlScalar(value) {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = plain.test(value) && !reserved.test(value) && !/\s$|: | #/.test(value);
  if (isPlain) return value;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what single quotes cannot hold.
  return value === '' || /[\u0000-\u001f]/.test(value) ? JSON.stringify(value) : `'${value.replaceAll("'", "''")}'`;
}

const isEmpty = value => Object.keys(value).length === 0;
const isScalar = value => value === null || typeof value !== 'object' || isEmpty(value);
const scalar = value => {
  if (value !== null && typeof value === 'object') return Array.isArray(value) ? '[]' : '{}';
  return yamlScalar(value);
};

// yaml.v3 goes to the next multiple of four, also from the two columns behind a dash.
const deeper = column => Math.floor((column + 4) / 4) * 4;

/** YAML as Go's yaml.v3 writes it: list items indented. */
export function goYaml(value, column = 0) {
  const pad = ' '.repeat(column);
  if (isScalar(value)) return `${pad}${scalar(value)}\n`;
  if (Array.isArray(value)) return value.map(item => `${pad}- ${goYaml(item, column + 2).slice(column + 2)}`).join('');
  return Object.entries(value)
    .map(([key, inner]) =>
      isScalar(inner) ? `${pad}${key}: ${scalar(inner)}\n` : `${pad}${key}:\n${goYaml(inner, deeper(column))}`,
    )
    .join('');
}

/** Rows as the human tables of `server ls` have them: columns padded, separated by " | ". */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => row[column].length)));
  return rows.map(row => `${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')}\n`).join('');
}

/** The message of Go's decoder for a text that is no JSON. */
export function goJsonError(text) {
  const trimmed = text.trim();
  if (trimmed === '') return 'unexpected end of JSON input';
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    const at = /position (\d+)/.exec(error.message)?.[1];
    if (at === undefined || Number(at) >= trimmed.length) return 'unexpected end of JSON input';
    const character = text[Number(at)];
    const isKey = /property name/.test(error.message);
    return `invalid character '${character}' looking for beginning of ${isKey ? 'object key string' : 'value'}`;
  }
}
