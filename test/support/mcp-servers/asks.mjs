// A server that asks its client in the middle of a call: for a form to be filled in, an answer of its model, its folders.
import { createInterface } from 'node:readline';
import { send, serve, text, tool } from './json-lines.mjs';

const waiting = new Map();
createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, result, error } = JSON.parse(line);
  if (method !== undefined || !waiting.has(id)) return;
  waiting.get(id)(error ? { error: error.message } : result);
  waiting.delete(id);
});

let last = 0;
const ask = (method, params) =>
  new Promise(resolve => {
    const id = `ask-${++last}`;
    waiting.set(id, resolve);
    send({ id, method, params });
  });

const form = {
  type: 'object',
  properties: { name: { type: 'string', title: 'Your name' }, times: { type: 'integer', default: 1 } },
  required: ['name'],
};
const questions = {
  form: ['elicitation/create', { message: 'Who are you?', requestedSchema: form }],
  model: [
    'sampling/createMessage',
    { messages: [{ role: 'user', content: { type: 'text', text: 'What is up?' } }], maxTokens: 10 },
  ],
  folders: ['roots/list', undefined],
};

const link = { type: 'resource_link', uri: 'test://note', name: 'note', title: 'What to look at' };

serve({
  name: 'asks',
  tools: () => [tool('ask', 'Asks, and tells the answer', { what: { type: 'string' } }, ['what'])],
  capabilities: { resources: {}, prompts: {}, logging: {} },
  methods: {
    'resources/list': () => ({ resources: [{ uri: 'test://note', name: 'note', mimeType: 'text/plain' }] }),
    'resources/templates/list': () => ({ resourceTemplates: [{ uriTemplate: 'test://{name}', name: 'any' }] }),
    'resources/read': ({ uri }) => ({ contents: [{ uri, mimeType: 'text/plain', text: `This is ${uri}` }] }),
    'prompts/list': () => ({
      prompts: [{ name: 'greet', arguments: [{ name: 'who', required: true }] }, { name: 'look' }],
    }),
    'prompts/get': ({ name, arguments: { who } = {} }) => ({
      messages: [{ role: 'user', content: name === 'look' ? link : { type: 'text', text: `Say hello to ${who}` } }],
    }),
  },
  async call(_name, { what }) {
    const answer = await ask(...questions[what]);
    return text(JSON.stringify(answer));
  },
});
