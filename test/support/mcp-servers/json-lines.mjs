// The smallest MCP server over stdio, in raw JSON lines: the misbehaving servers beside it need a grip on every byte.
import { createInterface } from 'node:readline';

/** Writes one message. */
export const send = message => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

/** A result with one text block. */
export const text = (value, more = {}) => ({ content: [{ type: 'text', text: value }], ...more });

/** A tool's definition; every property is optional unless it is named in `required`. */
export const tool = (name, description, properties = {}, required = []) => ({
  name,
  description,
  inputSchema: { type: 'object', properties, required },
});

const protocolErrors = { unknownMethod: -32601, invalidParams: -32602, internal: -32603 };

/**
 * Serves until standard input ends.
 * `tools()` gives the definitions; `call(name, args, {id, send})` gives a result, or undefined if it answers by itself.
 */
export function serve({
  name,
  version = '1.0.0',
  instructions,
  tools,
  call,
  onCancelled,
  capabilities = {},
  methods = {},
}) {
  const answers = {
    initialize: ({ protocolVersion }) => ({
      protocolVersion,
      capabilities: { tools: { listChanged: true }, ...capabilities },
      serverInfo: { name, version },
      ...(instructions ? { instructions } : {}),
    }),
    ping: () => ({}),
    'tools/list': params => ({ tools: tools(params) }),
    'tools/call': ({ name: called, arguments: args = {} }, context) => call(called, args, context),
    ...methods,
  };
  createInterface({ input: process.stdin }).on('line', async line => {
    const { id, method, params = {} } = JSON.parse(line);
    if (method === 'notifications/cancelled') return onCancelled?.(params);
    if (id === undefined || method === undefined) return;
    const answer = answers[method];
    if (!answer)
      return send({ id, error: { code: protocolErrors.unknownMethod, message: `Unknown method ${method}` } });
    try {
      const result = await answer(params, { id, send });
      if (result !== undefined) send({ id, result });
    } catch (error) {
      send({ id, error: { code: error.code ?? protocolErrors.internal, message: error.message } });
    }
  });
}

/** The error for a call of a tool that does not exist. */
export const unknownTool = name =>
  Object.assign(new Error(`Unknown tool ${name}`), { code: protocolErrors.invalidParams });
