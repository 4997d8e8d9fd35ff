// Arguments that a tool wants in a header as well (SEP-2243, revision 2026-07-28), learnt from the list of tools.
import { toHeaderValue } from './http-messages.ts';
import type { WireObject } from './upstream.ts';
import { isObject, type WireMessage } from './wire-message.ts';

export interface HeaderParameters {
  /** `result`: of tools/list. */
  learn(result: WireObject): void;
  headersOf(message: WireMessage): Record<string, string>;
}

interface Parameter {
  path: readonly string[];
  header: string;
}

const most = { tools: 5_000, parameters: 32, depth: 8 } as const;

export function createHeaderParameters(): HeaderParameters {
  const byTool = new Map<string, Parameter[]>();
  return {
    learn({ tools }) {
      for (const tool of Array.isArray(tools) ? tools : []) {
        if (!isObject(tool) || typeof tool['name'] !== 'string') continue;
        const parameters = find(tool['inputSchema'], []).slice(0, most.parameters);
        if (parameters.length === 0) byTool.delete(tool['name']);
        else if (byTool.size < most.tools) byTool.set(tool['name'], parameters);
      }
    },
    headersOf({ method, params }) {
      if (method !== 'tools/call' || !isObject(params) || typeof params['name'] !== 'string') return {};
      const parameters = byTool.get(params['name']) ?? [];
      const headers = parameters.flatMap(({ path, header }) => {
        const value = path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), params['arguments']);
        const isSimple = typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number';
        return isSimple ? [[`mcp-param-${header.toLowerCase()}`, toHeaderValue(String(value))]] : [];
      });
      return Object.fromEntries(headers);
    },
  };
}

/** Only along `properties`: nowhere else is it certain that an argument is the one that is meant. */
function find(schema: unknown, path: readonly string[]): Parameter[] {
  if (!isObject(schema) || path.length > most.depth) return [];
  const header = schema['x-mcp-header'];
  const own =
    typeof header === 'string' && path.length > 0 && /^[!#$%&'*+.^_`|~\w-]{1,64}$/.test(header)
      ? [{ path, header }]
      : [];
  const inner = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  return [...own, ...inner.flatMap(([name, member]) => find(member, [...path, name]))];
}
