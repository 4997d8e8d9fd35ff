// The probe of the recordings: fails on demand, and tells its environment. Arguments: crash, hang, or none.
import { serve, text, tool } from '../../mcp-servers/json-lines.mjs';

const mode = process.argv[2] ?? 'ok';

if (mode === 'crash') {
  process.stderr.write('probe: fatal: missing PROBE_DSN\n');
  process.exit(3);
}
process.stderr.write(`probe: started mode=${mode}\n`);

const number = { type: 'number' };
const string = { type: 'string' };
const none = (name, about) => ({ ...tool(name, about), inputSchema: { type: 'object', properties: {}, required: [] } });
const one = (name, about, properties) => tool(name, about, properties, Object.keys(properties));

const tools = [
  {
    ...one('probe_echo', 'Return the given text.', { text: { type: 'string', description: 'Text to return' } }),
    annotations: { title: 'Echo text', readOnlyHint: true },
  },
  one('probe_add', 'Add two numbers.', { a: number, b: number }),
  one('probe_env', 'Tell whether an environment variable is set, and its value.', { name: string }),
  none('probe_fail', 'Always report a tool error.'),
  none('probe_throw', 'Always answer with a protocol error.'),
  one('probe_slow', 'Answer after some milliseconds.', { ms: number }),
  none('probe_die', 'Exit the process while the call is pending.'),
  none('probe_image', 'Return a non-text content block.'),
];

const refuse = message => {
  throw Object.assign(new Error(message), { code: -32602 });
};

const calls = {
  probe_echo: args => (typeof args.text === 'string' ? text(`echo: ${args.text}`) : refuse('text must be a string')),
  probe_add: ({ a, b }) =>
    typeof a === 'number' && typeof b === 'number'
      ? text(String(a + b))
      : text(`a and b must be numbers, got ${typeof a} and ${typeof b}`, { isError: true }),
  probe_env: ({ name }) => text(name in process.env ? `${name}=${process.env[name]}` : `${name} is not set`),
  probe_fail: () => text('the probe failed on purpose', { isError: true }),
  probe_throw() {
    throw Object.assign(new Error('the probe raised a protocol error'), { code: -32000 });
  },
  probe_slow: ({ ms }) => new Promise(resolve => setTimeout(resolve, Number(ms), text(`waited ${ms} ms`))),
  probe_die: () => process.exit(7),
  probe_image: () => ({
    content: [
      { type: 'text', text: 'a picture follows' },
      { type: 'image', data: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1').toString('base64'), mimeType: 'image/png' },
    ],
  }),
};

if (mode === 'hang') process.stdin.resume();
else serve({ name: 'probe', tools: () => tools, call: (name, args) => calls[name](args) });
