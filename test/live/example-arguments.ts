// Which tool of an unknown server is called, and with what.

export interface CallableTool {
  name: string;
  inputSchema: Record<string, unknown>;
  annotations: { readOnly: boolean | null; destructive: boolean | null };
}

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  minLength?: number;
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

const texts: Record<string, string> = {
  uri: 'https://example.com/',
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'nobody@example.com',
};

/** A value that a JSON Schema allows, as small as it can be. */
export function exampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return exampleOf(choice);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (type === 'boolean') return false;
  if (type === 'null') return null;
  if (type === 'array')
    return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(schema.items ?? { type: 'string' }));
  if (type === 'object' || schema.properties) {
    const names = schema.required ?? [];
    return Object.fromEntries(names.map(name => [name, exampleOf(schema.properties?.[name] ?? { type: 'string' })]));
  }
  return (texts[schema.format ?? ''] ?? 'quayside').padEnd(schema.minLength ?? 0, '-');
}

const required = ({ inputSchema }: CallableTool): number => (inputSchema as Schema).required?.length ?? 0;

/** The tool that is least likely to do harm and needs least; undefined if there is none. */
export function chooseTool<T extends CallableTool>(tools: readonly T[]): T | undefined {
  const rank = (tool: T) => (tool.annotations.readOnly ? 0 : tool.annotations.destructive ? 200 : 100) + required(tool);
  return [...tools].sort((a, b) => rank(a) - rank(b))[0];
}
