// Speaks an older revision of the protocol than it is asked for. Argument: which (default 2024-11-05).
import { serve, text, tool } from './json-lines.mjs';

serve({
  name: 'old-protocol',
  tools: () => [tool('echo', 'Gives the message back', { message: { type: 'string' } })],
  call: (_name, { message }) => text(`Echo: ${message}`),
  methods: {
    initialize: () => ({
      protocolVersion: process.argv[2] ?? '2024-11-05',
      capabilities: { tools: {} },
      serverInfo: { name: 'old-protocol', version: '0.1.0' },
    }),
  },
});
