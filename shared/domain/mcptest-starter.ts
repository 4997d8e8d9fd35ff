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
const skipReason = 'Look at what this tool changes, then remove this line';

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
  const args = exampleOf(tool.inputSchema, 0);
  const hasArguments = typeof args === 'object' && args !== null && Object.keys(args).length > 0;
  return [
    `  - name: ${quote(`${tool.name} answers`)}`,
    `    tool: ${quote(tool.name)}`,
    ...(hasArguments ? [`    arguments: ${JSON.stringify(args)}`] : []),
    ...(tool.annotations.readOnly === true ? [] : [`    skip: ${skipReason}`]),
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
function exampleOf(schema: JSONSchema, depth: number): Json {
  const examples = schema['examples'];
  const given = schema['default'] ?? (Array.isArray(examples) ? examples[0] : undefined) ?? schema['const'];
  if (given !== undefined) return toJson(given);
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return toJson(schema['enum'][0]);
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type'];
  if (type === 'object' || isRecord(schema['properties'])) return exampleObject(schema, depth);
  if (type === 'array') return [];
  if (type === 'integer' || type === 'number') return typeof schema['minimum'] === 'number' ? schema['minimum'] : 1;
  if (type === 'boolean') return false;
  return type === 'null' ? null : 'example';
}

function exampleObject(schema: JSONSchema, depth: number): Json {
  const properties = isRecord(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'].filter(each => typeof each === 'string') : [];
  if (depth > 5) return {};
  return Object.fromEntries(
    required.map(name => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      return [name, exampleOf(isRecord(property) ? property : {}, depth + 1)];
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
