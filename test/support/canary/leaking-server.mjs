// A server that says its secret wherever it can: in its instructions, its lists, its errors and its output.
import { readFileSync } from 'node:fs';
import { serve, text, tool } from '../mcp-servers/json-lines.mjs';

const value = process.env.SECRET ?? readFileSync(process.env.SECRET_FILE, 'utf8');
const bytes = Buffer.from(value);
const forms = [
  value,
  JSON.stringify({ value }),
  JSON.stringify(JSON.stringify({ value })),
  encodeURIComponent(value),
  new URLSearchParams({ value }).toString(),
  bytes.toString('base64'),
  bytes.toString('base64url'),
  Buffer.from(`user:${value}`).toString('base64'),
  bytes.toString('hex'),
  bytes.toString('hex').toUpperCase(),
];
const say = () => {
  for (const form of forms) console.error(`The key is ${form}.`);
  process.stdout.write(`not MCP, but ${value}\n`);
};
say();
if (process.argv[2] === 'fail') process.exit(3);

serve({
  name: 'leaking',
  version: '1.0.0',
  instructions: `Use ${value}, which is ${forms[8]}`,
  tools: () => [
    { ...tool('environment', `Tells ${value}`), title: value, annotations: { title: forms[3] } },
    tool('fail', `Fails with ${forms[5]}`),
    tool('break', 'Answers with an error of the protocol'),
    tool('say', 'Prints it'),
    tool('end', 'Says it and ends'),
  ],
  call(name) {
    if (name === 'environment') return text(JSON.stringify(process.env));
    if (name === 'fail') return text(`It did not work with ${value}`, { isError: true });
    if (name === 'break') throw Object.assign(new Error(`No access with ${value}`), { code: -32603 });
    say();
    if (name === 'end') process.exit(4);
    return text('said');
  },
});
