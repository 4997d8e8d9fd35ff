// The floor of every gateway: one server on standard streams behind Streamable HTTP, with no more done than to parse a message,
// change its id and pass it on. Nobody is asked who they are, nothing is looked at, nothing is kept.
// node pass-through.mjs SERVER.mjs NAME prints its address.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

const child = spawn(process.execPath, process.argv.slice(2), { stdio: ['pipe', 'pipe', 'ignore'] });
const waiting = new Map();
let last = 0;
let outbox = '';

const pass = message => {
  if (outbox === '')
    setImmediate(() => {
      child.stdin.write(outbox);
      outbox = '';
    });
  outbox += `${JSON.stringify(message)}\n`;
};

createInterface({ input: child.stdout }).on('line', line => {
  const message = JSON.parse(line);
  const waits = waiting.get(message.id);
  if (!waits) return;
  waiting.delete(message.id);
  message.id = waits.id;
  const text = JSON.stringify(message);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  if (waits.method === 'initialize') headers['mcp-session-id'] = randomUUID();
  waits.response.writeHead(200, headers).end(text);
});

const server = createServer((request, response) => {
  if (request.method !== 'POST') return response.writeHead(405).end();
  let body = '';
  request.setEncoding('utf8');
  request.on('data', piece => {
    body += piece;
  });
  request.on('end', () => {
    const message = JSON.parse(body);
    if (message.id === undefined) {
      pass(message);
      return response.writeHead(202).end();
    }
    last += 1;
    waiting.set(last, { id: message.id, method: message.method, response });
    pass({ ...message, id: last });
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/mcp`));
