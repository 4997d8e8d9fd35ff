// A first test file for a server, made from the definitions of its tools. Values are JSON, which is YAML too.
import type { JSONSchema, Json } from './json-schema.ts';

/** A tool as far as its first test needs it. */
export interface StarterTool {
  name: string;
  inputSchema: JSONSchema;
  outputSchema: JSONSchema | null;
  annotations: { readOnly: boolean | null };
}

const mostTools = 100;

/** Why the test of a tool is left out until somebody has looked at it. */
export const starterSkips = {
  changes: 'Look at what this tool changes, then remove this line',
  guessed: 'Fill in its arguments, then remove this line',
} as const;
export type StarterSkip = keyof typeof starterSkips;

/** undefined: it only reads, and what it is called with fits. */
export function starterSkipOf(tool: Pick<StarterTool, 'inputSchema' | 'annotations'>): StarterSkip | undefined {
  if (tool.annotations.readOnly !== true) return 'changes';
  const made: Made = { guessed: false };
  exampleOf(tool.inputSchema, 0, made);
  return made.guessed ? 'guessed' : undefined;
}

/** Set where a value was made up that a tool may well refuse: a path, an id, a question. */
interface Made {
  guessed: boolean;
}

/** A test for each tool that says it only reads; the others are there too, but left out until somebody has looked at them. */
export function starterFile(server: string, tools: readonly StarterTool[]): string {
  const tests = tools.slice(0, mostTools).map(starterTest);
  const first = [
    '  - name: the server answers',
    '    tool: name-of-a-tool',
    '    expect:',
    '      isError: false',
  ].join('\n');
  return `server: ${quote(server)}\ntests:\n${tests.length > 0 ? tests.join('\n\n') : first}\n`;
}

function starterTest(tool: StarterTool): string {
  const args = exampleOf(tool.inputSchema, 0, { guessed: false });
  const skip = starterSkipOf(tool);
  const hasArguments = typeof args === 'object' && args !== null && Object.keys(args).length > 0;
  return [
    `  - name: ${quote(`${tool.name} answers`)}`,
    `    tool: ${quote(tool.name)}`,
    ...(hasArguments ? [`    arguments: ${JSON.stringify(args)}`] : []),
    ...(skip === undefined ? [] : [`    skip: ${starterSkips[skip]}`]),
    '    expect:',
    '      isError: false',
    ...(tool.outputSchema === null ? [] : ['      schema: { type: object }']),
  ].join('\n');
}

/** A text that looks like a variable is none. */
const literal = (text: string): string => text.replaceAll('$' + '{', '$$$$' + '{');
const isPlain = /^[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)*$/;
const isWord = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
const quote = (text: string): string =>
  isPlain.test(text) && !isWord.test(text) ? text : JSON.stringify(literal(text));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that fits the schema as far as a glance tells: what is required, with defaults and examples where there are any. */
function exampleOf(schema: JSONSchema, depth: number, made: Made): Json {
  const examples = schema['examples'];
  const given = schema['default'] ?? (Array.isArray(examples) ? examples[0] : undefined) ?? schema['const'];
  if (given !== undefined) return toJson(given);
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return toJson(schema['enum'][0]);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type === 'object' || isRecord(schema['properties'])) return exampleObject(schema, depth, made);
  if (type === 'array') return exampleList(schema, depth, made);
  if (type === 'integer' || type === 'number') return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
  if (type === 'boolean') return false;
  if (type === 'null') return null;
  const format = typeof schema['format'] === 'string' ? schema['format'] : '';
  if (Object.hasOwn(formats, format)) return formats[format] ?? null;
  made.guessed = true;
  return 'example';
}

const formats: Record<string, string> = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'ada@example.com',
  uri: 'https://example.com/',
};
const mostItems = 3;

function exampleList(schema: JSONSchema, depth: number, made: Made): Json {
  const least = typeof schema['minItems'] === 'number' ? Math.min(schema['minItems'], mostItems) : 0;
  const items = isRecord(schema['items']) ? schema['items'] : {};
  if (depth > 5) return [];
  return Array.from({ length: least }, () => exampleOf(items, depth + 1, made));
}

function exampleObject(schema: JSONSchema, depth: number, made: Made): Json {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'].filter(each => typeof each === 'string') : [];
  if (depth > 5) return {};
  return Object.fromEntries(
    required.map(name => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [name, exampleOf(isRecord(property) ? property : {}, depth + 1, made)];
    }),
  );
}

function toJson(value: unknown): Json {
  if (typeof value === 'string') return literal(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(toJson);
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]))
    : null;
}
