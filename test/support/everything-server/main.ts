// node main.ts: over standard input and output. node main.ts http [PORT]: over HTTP; the first line printed is the address.
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createEverythingServer } from './create-server.ts';
import { startEverythingServer } from './http-server.ts';

if (process.argv[2] === 'http') {
  const { url } = await startEverythingServer(Number(process.argv[3] ?? 0));
  process.stdout.write(`${url}\n`);
} else {
  serveStdio(({ era }) => createEverythingServer({ isStateless: era === 'modern' }));
}
