import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { openSession } from '../../support/mcp-requests.ts';

const token = `ghp_${'a1B2'.repeat(9)}`;

/** A server with a resource, a prompt and a tool that all say the same. */
const program = `
const text = 'it is ${token}';
const results = {
  initialize: params => ({
    protocolVersion: params.protocolVersion,
    capabilities: { tools: {}, resources: {}, prompts: {} },
    serverInfo: { name: 'says', version: '1' },
  }),
  'tools/list': () => ({ tools: [{ name: 'act', inputSchema: { type: 'object' }, annotations: { openWorldHint: false } }] }),
  'tools/call': () => ({ content: [{ type: 'text', text }] }),
  'resources/list': () => ({ resources: [{ uri: 'test://a', name: 'a' }] }),
  'resources/templates/list': () => ({ resourceTemplates: [] }),
  'resources/read': () => ({ contents: [{ uri: 'test://a', text }] }),
  'prompts/list': () => ({ prompts: [{ name: 'p' }] }),
  'prompts/get': () => ({ messages: [{ role: 'user', content: { type: 'text', text } }] }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', line => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || !results[method]) return;
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: results[method](params) }) + '\\n');
});
`;

describe('a resource or a prompt that is read by MCP', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
    const file = join(daemon.home, 'says.cjs');
    await writeFile(file, program);
    const configuration = { arguments: [file] };
    await daemon.api.createServer({ body: { type: 'command', id: 'says', command: process.execPath, configuration } });
    await daemon.api.startServer({ params: { id: 'says' } });
  });
  after(() => daemon[Symbol.asyncDispose]());

  const begin = async (path: string) => {
    const session = await openSession(
      (to, init) => daemon.request(to, { ...init, headers: { ...Object(init.headers), ...daemon.asOwner } }),
      { path },
    );
    return async (method: string, params: object) => JSON.stringify(await session.ask(method, params));
  };
  const reads = [
    ['resources/read', { uri: 'test://a' }],
    ['prompts/get', { name: 'p' }],
  ] as const;

  it('has no secrets in it where somebody wants results without them', async () => {
    for (const path of ['/mcp', '/mcp/server/says']) {
      const ask = await begin(path);
      await daemon.api.updateCallSettings({ body: { redactResults: false } });
      for (const [method, params] of reads) assert.ok((await ask(method, params)).includes(token));
      await daemon.api.updateCallSettings({ body: { redactResults: true } });
      for (const [method, params] of reads) {
        const answer = await ask(method, params);
        assert.ok(answer.includes('it is •••') && !answer.includes(token), answer);
      }
    }
  });

  it('is from outside for the rules of approvals, as a result of a tool without hints is', async () => {
    const { version } = await daemon.api.getApprovalRules();
    const rule = { id: 'taint', when: { tainted: true }, verdict: 'deny' as const, reason: 'Tainted.' };
    await daemon.api.replaceApprovalRules({ body: { version, rules: [rule] } });
    for (const [method, params] of reads) {
      const ask = await begin('/mcp');
      assert.doesNotMatch(await ask('tools/call', { name: 'act' }), /APPROVAL_001/);
      await ask(method, params);
      assert.match(await ask('tools/call', { name: 'act' }), /APPROVAL_001/);
    }
  });
});
