// A first test file for a server, made from the definitions of its tools.
import { stringify } from 'yaml';
import type { Tool } from '../../../shared/api/tools.ts';
import type { JSONSchema, Json } from '../../../shared/domain/json-schema.ts';

const mostTools = 100;

/** A test for each tool that says it only reads; the others are there too, but left out until somebody has looked at them. */
export function startingFile(server: string, tools: readonly Tool[]): string {
  const tests = tools.slice(0, mostTools).map(tool => {
    const args = exampleOf(tool.inputSchema, 0);
    const isSafe = tool.annotations.readOnly === true;
    return {
      name: `${literal(tool.name)} answers`,
      tool: literal(tool.name),
      ...(isEmpty(args) ? {} : { arguments: args }),
      ...(isSafe ? {} : { skip: 'Look at what this tool changes, then remove this line' }),
      expect: { isError: false, ...(tool.outputSchema === null ? {} : { schema: { type: 'object' } }) },
    };
  });
  const empty = [{ name: 'the server answers', tool: 'name-of-a-tool', expect: { isError: false } }];
  const text = stringify(
    { server, tests: tests.length > 0 ? tests : empty },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
  // A blank line before each test, for whoever goes on with it.
  return `# yaml-language-server: $schema=./mcptest.schema.json\n# Run it: quayside test\n${text.replace(/\n {2}- name:/g, '\n\n  - name:').replace('tests:\n\n', 'tests:\n')}`;
}

const isEmpty = (value: Json): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
/** A text that looks like a variable is none. */
const literal = (text: string): string => text.replaceAll('$' + '{', '$$' + '{');
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value that fits the schema as far as a glance tells: what is required, with defaults and examples where there are any. */
function exampleOf(schema: JSONSchema, depth: number): Json {
  const given =
    schema['default'] ?? (Array.isArray(schema['examples']) ? schema['examples'][0] : undefined) ?? schema['const'];
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
