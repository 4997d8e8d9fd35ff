// A good server in a bad habit: it prints a banner and a log line around every message on standard output.
import { serve, text, tool } from './json-lines.mjs';

process.stdout.write('noisy server 1.0, listening on stdio\n{"level":"info","msg":"ready"}\n\n');
process.stdout.write(Buffer.from([0xff, 0xfe, 0x00, 0x0a]));
serve({
  name: 'noisy',
  tools: () => [tool('echo', 'Gives the message back', { message: { type: 'string' } })],
  call(_name, { message }) {
    process.stdout.write(`DEBUG called with ${message}\n`);
    return text(`Echo: ${message}`);
  },
});
