// Writes to standard error as fast as it can be read, while it serves. Argument: megabytes of it (default 20).
import { serve, text, tool } from './json-lines.mjs';

const line = `${'flood '.repeat(20)}\n`;
const piece = line.repeat(500);
let left = Number(process.argv[2] ?? '20') * 1_000_000;
const write = () => {
  if (left <= 0) return;
  left -= piece.length;
  process.stderr.write(piece, () => setImmediate(write));
};
serve({
  name: 'stderr-flood',
  tools: () => [tool('echo', 'Gives the message back', { message: { type: 'string' } })],
  call: (_name, { message }) => text(`Echo: ${message}`),
});
process.stderr.write(`${'x'.repeat(5_000_000)}\n`);
write();
