// Prints lines that are not MCP and nothing else.
const lines = ['Welcome to my server!', '{"not": "a message"}', '[1, 2', 'null', '\u001b[31mred\u001b[0m', '"text"'];
process.stdin.resume();
for (const line of lines) process.stdout.write(`${line}\n`);
setInterval(() => process.stdout.write(`tick ${Date.now()}\n`), 200);
