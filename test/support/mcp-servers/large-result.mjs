// Answers as large as it is asked for.
import { serve, text, tool } from './json-lines.mjs';

serve({
  name: 'large-result',
  tools: () => [
    tool('large', 'Gives so many bytes', { bytes: { type: 'integer' } }, ['bytes']),
    tool('echo', 'Gives the message back', { message: { type: 'string' } }),
  ],
  call: (name, { bytes, message }) => (name === 'large' ? text('x'.repeat(bytes)) : text(`Echo: ${message}`)),
});
