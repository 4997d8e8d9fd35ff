// A server that has what a JSON file describes ({tools, prompts, resources, resourceTemplates}) and echoes every call.
// Arguments: the file; "stays" makes it ignore the end of its input, "changes" makes it say at its start that its lists changed.
import { readFileSync } from 'node:fs';
import { send, serve, text } from '../../mcp-servers/json-lines.mjs';

const [file, ...traits] = process.argv.slice(2);
const described = JSON.parse(readFileSync(file, 'utf8'));

if (traits.includes('stays')) setInterval(() => {}, 1_000);
if (described.says) process.stderr.write(`${described.says}\n`);

const list = (method, field) => ({ [method]: () => ({ [field]: described[field] ?? [] }) });

serve({
  name: 'described',
  tools: () => described.tools ?? [],
  call: (name, args) => text(name === 'echo' ? `Echo: ${args.message}` : `${name} was called`),
  capabilities: {
    ...(described.prompts ? { prompts: {} } : {}),
    ...(described.resources ? { resources: {} } : {}),
  },
  methods: {
    'logging/setLevel': () => ({}),
    ...list('prompts/list', 'prompts'),
    ...list('resources/list', 'resources'),
    ...list('resources/templates/list', 'resourceTemplates'),
  },
});

if (traits.includes('changes')) setTimeout(() => send({ method: 'notifications/tools/list_changed' }), 300).unref();
