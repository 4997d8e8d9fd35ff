// The same with SDK 1.x and a session that stays, as most servers over HTTP are written today. node sdk-session-server.mjs SERVERS prints its address.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as z from 'zod';

const servers = Number(process.argv[2] ?? '1');
const big = Array.from(
  { length: 1_100 },
  (_, line) => `${String(line).padStart(5)} ${'lorem ipsum dolor sit amet '.repeat(2)}x\n`,
)
  .join('')
  .slice(0, 65_536);
const says = value => ({ content: [{ type: 'text', text: value }] });
const sessions = new Map();

async function open() {
  const server = new McpServer({ name: 'sdk', version: '1.0.0' });
  for (let each = 0; each < servers; each++) {
    const name = `up${each}`;
    const inputSchema = { message: z.string() };
    server.registerTool(`${name}_echo`, { description: 'Gives the message back', inputSchema }, ({ message }) =>
      says(`Echo: ${message}`),
    );
    server.registerTool(`${name}_big`, { description: 'Gives 64 KiB of text' }, () => says(big));
    for (const which of ['first', 'second', 'third']) {
      const description = `The ${which} tool of ${name}, which says what it was told and does nothing else.`;
      const place = { path: z.string().optional(), limit: z.int().min(1).max(100).optional() };
      server.registerTool(`${name}_${which}`, { description, inputSchema: place }, () => says('done'));
    }
  }
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    onsessioninitialized: id => sessions.set(id, transport),
    onsessionclosed: id => sessions.delete(id),
  });
  await server.connect(transport);
  return transport;
}

const server = createServer(async (request, response) => {
  const known = sessions.get(request.headers['mcp-session-id']);
  await (known ?? (await open())).handleRequest(request, response);
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
