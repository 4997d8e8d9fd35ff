// A server that asks for the client's folders when the session begins and when they change, and answers from what it remembers.
import { createInterface } from 'node:readline';
import { send, serve, text, tool } from './json-lines.mjs';

let remembered = 'nothing';
let last = 0;
createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, result } = JSON.parse(line);
  if (method === 'notifications/initialized' || method === 'notifications/roots/list_changed')
    send({ id: `folders-${++last}`, method: 'roots/list' });
  else if (method === undefined && id === `folders-${last}` && result) remembered = JSON.stringify(result.roots);
});

serve({
  name: 'remembers-folders',
  tools: () => [tool('folders', 'Tells the folders that it remembers')],
  call: () => text(remembered),
});
