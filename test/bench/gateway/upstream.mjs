// The server behind every target: five tools, in raw JSON lines, so that what is measured is not the server.
// node upstream.mjs NAME: its tools are called NAME_echo, NAME_big, ...
import { serve, text, tool } from '../../support/mcp-servers/json-lines.mjs';

const [name = 'one'] = process.argv.slice(2);
const kibibytes64 = Array.from(
  { length: 1_100 },
  (_, line) => `${String(line).padStart(5)} ${'lorem ipsum dolor sit amet '.repeat(2)}x\n`,
)
  .join('')
  .slice(0, 65_536);
const more = ['first', 'second', 'third'].map(each =>
  tool(`${name}_${each}`, `The ${each} tool of ${name}, which says what it was told and does nothing else.`, {
    path: { type: 'string', description: 'Where to look' },
    limit: { type: 'integer', minimum: 1, maximum: 100, description: 'How many to give back' },
  }),
);

serve({
  name,
  tools: () => [
    tool(`${name}_echo`, 'Gives the message back', { message: { type: 'string' } }, ['message']),
    tool(`${name}_big`, 'Gives 64 KiB of text'),
    ...more,
  ],
  call: (called, { message }) => text(called.endsWith('_big') ? kibibytes64 : `Echo: ${message}`),
});
