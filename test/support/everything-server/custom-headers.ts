// Parameters that a tool wants in a header as well (SEP-2243): the SDK checks them for its own kind of tools alone.
import { tools } from './offer.ts';

interface Call {
  id?: unknown;
  method?: string;
  params?: { name?: string; arguments?: Record<string, unknown> };
}

/** A refusal, or undefined if header and body say the same. */
export async function checkCustomHeaders(request: Request): Promise<Response | undefined> {
  if (request.method !== 'POST' || request.headers.get('mcp-method') !== 'tools/call') return undefined;
  const call: Call = await request
    .clone()
    .json()
    .catch(() => ({}));
  const tool = tools.find(({ name }) => name === call.params?.name);
  for (const [name, schema] of Object.entries<Record<string, unknown>>(tool?.inputSchema.properties ?? {})) {
    if (typeof schema['x-mcp-header'] !== 'string') continue;
    const header = request.headers.get(`mcp-param-${schema['x-mcp-header']}`);
    const value = call.params?.arguments?.[name];
    if (header === null ? value === undefined : decodeHeader(header) === String(value)) continue;
    const error = { code: -32_020, message: `The header of "${name}" is not what the body says.` };
    return Response.json({ jsonrpc: '2.0', id: call.id ?? null, error }, { status: 400 });
  }
  return undefined;
}

function decodeHeader(value: string): string | undefined {
  const encoded = /^=\?base64\?(.*)\?=$/.exec(value)?.[1];
  if (encoded === undefined) return value;
  const bytes = Buffer.from(encoded, 'base64');
  return bytes.toString('base64') === encoded ? bytes.toString('utf8') : undefined;
}
