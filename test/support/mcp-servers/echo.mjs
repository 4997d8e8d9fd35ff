// A well-behaved server: gives back what it gets, and tells what it was started with.
import { serve, text, tool, unknownTool } from './json-lines.mjs';

serve({
  name: 'echo',
  version: '1.2.3',
  instructions: 'Says what you say.',
  tools: () => [
    tool('echo', 'Gives the message back', { message: { type: 'string' } }, ['message']),
    {
      ...tool('add', 'Adds two numbers', { a: { type: 'number' }, b: { type: 'number' } }, ['a', 'b']),
      title: 'Add',
      outputSchema: { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] },
      annotations: { readOnlyHint: true, idempotentHint: true },
      _meta: { 'quayside.test/kept': true },
    },
    tool('fail', 'Reports an error of its own'),
    tool('break', 'Answers with a protocol error'),
    tool('started', 'Tells its arguments, folder and environment'),
  ],
  capabilities: { resources: {}, prompts: {} },
  methods: {
    'resources/list': () => ({ resources: [{ uri: 'test://one', name: 'one', mimeType: 'text/plain' }] }),
    'prompts/list': () => ({ prompts: [{ name: 'greet', arguments: [{ name: 'who', required: true }] }] }),
  },
  call(name, args) {
    if (name === 'echo') return text(`Echo: ${args.message}`, { _meta: { 'quayside.test/kept': true } });
    if (name === 'add') return text(String(args.a + args.b), { structuredContent: { sum: args.a + args.b } });
    if (name === 'fail') return text('It did not work', { isError: true });
    if (name === 'break') throw Object.assign(new Error('Nothing works here'), { code: -32603 });
    if (name === 'started')
      return text(JSON.stringify({ args: process.argv.slice(2), folder: process.cwd(), environment: process.env }));
    throw unknownTool(name);
  },
});
