// A server with the official SDK in one process, over HTTP: the floor that everybody knows. node sdk-server.mjs SERVERS prints its address.
import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

const servers = Number(process.argv[2] ?? '1');
const big = Array.from(
  { length: 1_100 },
  (_, line) => `${String(line).padStart(5)} ${'lorem ipsum dolor sit amet '.repeat(2)}x\n`,
)
  .join('')
  .slice(0, 65_536);
const says = value => ({ content: [{ type: 'text', text: value }] });
const place = z.object({
  path: z.string().optional().describe('Where to look'),
  limit: z.int().min(1).max(100).optional().describe('How many to give back'),
});

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'sdk', version: '1.0.0' });
  for (let each = 0; each < servers; each++) {
    const name = `up${each}`;
    const inputSchema = z.object({ message: z.string() });
    server.registerTool(`${name}_echo`, { description: 'Gives the message back', inputSchema }, ({ message }) =>
      says(`Echo: ${message}`),
    );
    server.registerTool(`${name}_big`, { description: 'Gives 64 KiB of text' }, () => says(big));
    for (const which of ['first', 'second', 'third']) {
      const description = `The ${which} tool of ${name}, which says what it was told and does nothing else.`;
      server.registerTool(`${name}_${which}`, { description, inputSchema: place }, () => says('done'));
    }
  }
  return server;
});

serve({ fetch: request => handler.fetch(request), hostname: '127.0.0.1', port: 0 }, ({ port }) =>
  console.log(`http://127.0.0.1:${port}/mcp`),
);
