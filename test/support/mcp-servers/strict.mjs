// Ends at a first message that is not initialize, as some servers do.
import { serve, text, tool } from './json-lines.mjs';

let isFirst = true;
process.stdin.on('data', piece => {
  if (isFirst && !String(piece).includes('"initialize"')) process.exit(1);
  isFirst = false;
});
serve({
  name: 'strict',
  tools: () => [tool('echo', 'Gives the message back')],
  call: (_name, { message }) => text(`Echo: ${message}`),
});
