import assert from 'node:assert/strict';
import { screenResult } from '../../../daemon/features/calls/screen-result.ts';
import { createSecretScanner } from '../../../daemon/features/calls/secret-scanner.ts';
import { createToolsAndCalls, wireTool } from '../../support/tools-and-calls.ts';

const token = `ghp_${'a1B2'.repeat(9)}`;

describe('secrets in results', () => {
  const scanner = createSecretScanner();

  it('are passed on as they are unless somebody wants them hidden, for all, a server or a tool', async () => {
    const world = await createToolsAndCalls();
    const answers = {
      'tools/call': () => ({ content: [{ type: 'text', text: `it is ${token}` }] }),
      'resources/read': () => ({ contents: [{ uri: 'test://x', text: token }] }),
    };
    await world.install('one', [wireTool('leak'), wireTool('other')], { answers });
    const textOf = async (tool: string) =>
      (await world.api.callTool({ params: { id: 'one', tool }, body: {} })).content[0]?.['text'];
    const rule = { serverId: 'one', keep: null };
    assert.equal(await textOf('leak'), `it is ${token}`);
    await world.api.updateCallSettings({
      body: { redactResults: true, rules: [{ ...rule, tool: 'other', redactResults: false }] },
    });
    assert.equal(await textOf('leak'), 'it is •••');
    assert.equal(await textOf('other'), `it is ${token}`);
    const read = await world.api.readResource({ params: { id: 'one' }, body: { uri: 'test://x' } });
    assert.equal(read.contents[0]?.['text'], '•••');
    await world.api.updateCallSettings({ body: { rules: [{ ...rule, tool: null, redactResults: false }] } });
    assert.equal(await textOf('leak'), `it is ${token}`);
    await world[Symbol.asyncDispose]();
  });

  it('are marked, counted, and found in names and in what is structured', () => {
    const result = {
      content: [{ type: 'text', text: `${token} and ${token}` }],
      structuredContent: { password: 'tiger', count: 5, list: ['plain'] },
      _meta: { kept: 1 },
    };
    assert.deepEqual(screenResult(result, scanner), {
      content: [{ type: 'text', text: '••• and •••' }],
      structuredContent: { password: '•••', count: 5, list: ['plain'] },
      _meta: { kept: 1, 'quayside/redacted': 3 },
    });
  });

  it('cost nothing where there are none: the same object goes on', () => {
    const result = {
      content: [
        { type: 'image', mimeType: 'image/png', data: token },
        { type: 'text', text: 'plain' },
      ],
    };
    assert.equal(screenResult(result, scanner), result);
  });

  it('are left in the state that a server wants back as it was, and nowhere else', () => {
    const asks = (more: object) => ({ resultType: 'input_required', inputRequests: { a: { text: token } }, ...more });
    const screened = screenResult(asks({ requestState: token }), scanner);
    assert.deepEqual(screened, {
      ...asks({ requestState: token, inputRequests: { a: { text: '•••' } } }),
      _meta: { 'quayside/redacted': 1 },
    });
    for (const result of [{ requestState: token }, asks({ inputRequests: { requestState: token } })])
      assert.ok(!JSON.stringify(screenResult(result, scanner)).includes(token));
  });

  it('cannot be hidden by nesting them deeply', () => {
    let inner: unknown = token;
    for (let depth = 0; depth < 5_000; depth += 1) inner = [inner];
    assert.equal(JSON.stringify(screenResult({ content: inner }, scanner)).includes(token), false);
  });

  it('are not stored while the vault is locked, because its values are not known then', async () => {
    const world = await createToolsAndCalls();
    await world.install('one', [wireTool('echo')]);
    await world.api.updateCallSettings({ body: { keep: 'everything' } });
    world.vault.isLocked = true;
    const { id } = await world.api.callTool({
      params: { id: 'one', tool: 'echo' },
      body: { arguments: { a: 'tiger' } },
    });
    assert.equal((await world.api.getCall({ params: { id } })).argumentsState, 'none');
    await world[Symbol.asyncDispose]();
  });
});
