// The server that offers everything. Without arguments: over standard input and output. `http [PORT]`: over HTTP; the first
// line printed is the address. With `sessions` as the last argument it does not speak the revision without sessions.
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { createEverythingServer } from './create-server.ts';
import { startEverythingServer } from './http-server.ts';

const sessionsOnly = process.argv.at(-1) === 'sessions';

if (process.argv[2] === 'http') {
  const { url } = await startEverythingServer(Number.parseInt(process.argv[3] ?? '0', 10) || 0, { sessionsOnly });
  process.stdout.write(`${url}\n`);
} else if (sessionsOnly) {
  await createEverythingServer({ isStateless: false }).connect(new StdioServerTransport());
} else {
  serveStdio(({ era }) => createEverythingServer({ isStateless: era === 'modern' }));
}
