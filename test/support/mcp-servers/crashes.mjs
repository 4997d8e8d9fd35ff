// Ends with code 7 at its n-th call (argument, default 1), or when it was started if that is 0.
import { serve, text, tool } from './json-lines.mjs';

let left = Number(process.argv[2] ?? '1');
const crash = () => {
  process.stderr.write('Something is broken inside.\n', () => process.exit(7));
};
serve({
  name: 'crashes',
  tools: () => [tool('echo', 'Gives the message back', { message: { type: 'string' } })],
  call(_name, { message }) {
    left -= 1;
    if (left <= 0) return crash();
    return text(`Echo: ${message}`);
  },
});
if (left === 0) setTimeout(crash, 150);
