import assert from 'node:assert/strict';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { findArgumentErrors, findContentErrors } from '../../../daemon/features/tools/argument-check.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('tools', () => {
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const run = async (id: string, script = id, configuration = {}) => {
    await addTestServer(daemon.api, id, script, configuration);
    await daemon.api.startServer({ params: { id } });
  };
  const call = (id: string, tool: string, args: Record<string, unknown> = {}, options = {}) =>
    daemon.api.callTool({ params: { id, tool }, body: { arguments: args, ...options } });

  it('are listed with their schemas, also while their server is stopped', async () => {
    await run('echo');
    await daemon.api.stopServer({ params: { id: 'echo' } });
    const { items, total } = await daemon.api.listServerTools({ params: { id: 'echo' } });
    assert.equal(total, 5);
    const add = items.find(({ name }) => name === 'add');
    assert.deepEqual(
      [add?.title, add?.annotations.readOnly, add?.annotations.destructive, add?.enabled],
      ['Add', true, null, true],
    );
    assert.equal((await daemon.api.listTools({ query: { q: 'adds two' } })).total, 1);
    assert.equal((await daemon.api.getServer({ params: { id: 'echo' } })).toolCount, 5);
  });

  it('can be called as soon as their server is started', async () => {
    await run('echo');
    assert.equal((await call('echo', 'echo', { message: 'hi' })).isError, false);
  });

  it('answer with content, structured content, time and size', async () => {
    await run('echo');
    const result = await call('echo', 'add', { a: 2, b: 3 });
    assert.deepEqual(result.structuredContent, { sum: 5 });
    assert.deepEqual(result.schemaErrors, []);
    assert.equal((await call('echo', 'echo', { message: 'hi' })).schemaErrors, null);
    assert.deepEqual(result.content, [{ type: 'text', text: '5' }]);
    assert.ok(result.durationMs > 0 && result.bytes > 20 && !result.isError);
  });

  it('report errors of their own as results', async () => {
    await run('echo');
    assert.equal((await call('echo', 'fail')).isError, true);
  });

  it('are not called with arguments of the wrong type', async () => {
    await run('echo');
    await assert.rejects(call('echo', 'add', { a: 'two' }), error => {
      assert.ok(isProblemError(error));
      assert.equal(error.code, 'TOOL_002');
      assert.deepEqual(error.problem.errors?.map(({ path }) => path).toSorted(), ['/arguments/a', '/arguments/b']);
      return true;
    });
  });

  it('can be switched off and on again', async () => {
    await run('echo');
    const set = (enabled: boolean) =>
      daemon.api.updateTool({ params: { id: 'echo', tool: 'echo' }, body: { enabled } });
    assert.equal((await set(false)).enabled, false);
    await assert.rejects(call('echo', 'echo', { message: 'hi' }), hasCode('TOOL_005'));
    assert.equal((await set(true)).enabled, true);
    assert.equal((await call('echo', 'echo', { message: 'hi' })).isError, false);
    await assert.rejects(
      daemon.api.updateTool({ params: { id: 'echo', tool: 'no' }, body: { enabled: false } }),
      hasCode('TOOL_001'),
    );
  });

  it('say clearly what is not there or not running', async () => {
    await run('echo');
    await assert.rejects(call('echo', 'nothing'), hasCode('TOOL_001'));
    await assert.rejects(call('nobody', 'echo'), hasCode('SERVER_001'));
    await assert.rejects(call('echo', 'break'), hasCode('TOOL_004'));
    await daemon.api.stopServer({ params: { id: 'echo' } });
    await assert.rejects(call('echo', 'echo', { message: 'hi' }), hasCode('SERVER_003'));
  });

  it('are given up after the time limit, and the server is told', async () => {
    await run('slow');
    await assert.rejects(call('slow', 'wait', { ms: 60_000 }, { timeoutSeconds: 1 }), hasCode('TOOL_003'));
    const told = await until(async () => {
      const { content } = await call('slow', 'cancelled');
      return (content[0] as unknown as { text: string }).text.includes('1');
    });
    assert.ok(told);
  });

  it('are cancelled when the caller goes away', async () => {
    await run('slow');
    const abort = new AbortController();
    const pending = daemon.api.callTool(
      { params: { id: 'slow', tool: 'wait' }, body: { arguments: { ms: 60_000 } } },
      { signal: abort.signal },
    );
    setTimeout(() => abort.abort(new Error('enough')), 100);
    await assert.rejects(pending, /enough/);
    await until(async () =>
      ((await call('slow', 'cancelled')).content[0] as unknown as { text: string }).text.includes('1'),
    );
  });

  it('fail with size and limit when an answer is too large, and leave the server usable', async () => {
    await run('large-result');
    await assert.rejects(call('large-result', 'large', { bytes: 50_000_000 }), hasCode('TOOL_007'));
    assert.equal((await call('large-result', 'echo', { message: 'hi' })).isError, false);
  });

  it('follow the server when it changes its list', async () => {
    await run('changing-tools');
    const before = (await daemon.api.listServerTools({ params: { id: 'changing-tools' } })).total;
    await call('changing-tools', 'grow');
    await until(
      async () => (await daemon.api.listServerTools({ params: { id: 'changing-tools' } })).total === before + 1,
    );
  });

  it('leave a record of each call without what was sent or answered', async () => {
    await run('echo');
    await call('echo', 'echo', { message: 'canary-4711' });
    await call('echo', 'fail');
    await assert.rejects(call('echo', 'break'));
    await daemon.restart();
    const database = new Database(join(daemon.home, 'quayside.db'), { readonly: true });
    const rows = database
      .prepare('select server_id, tool, caller, outcome, code from tool_calls order by started_at')
      .raw()
      .all();
    assert.deepEqual(rows, [
      ['echo', 'echo', 'owner (token)', 'ok', null],
      ['echo', 'fail', 'owner (token)', 'tool-error', null],
      ['echo', 'break', 'owner (token)', 'failed', 'rpc:-32603'],
    ]);
    const dump = database.serialize();
    database.close();
    assert.equal(dump.includes('canary-4711'), false);
  });

  it('list the resources and prompts of their server', async () => {
    await run('echo');
    assert.equal((await daemon.api.listResources({ params: { id: 'echo' } })).items[0]?.uri, 'test://one');
    assert.deepEqual((await daemon.api.listPrompts({ params: { id: 'echo' } })).items[0]?.arguments, [
      { name: 'who', description: null, required: true },
    ]);
  });
});

describe('the check of arguments', () => {
  it('never runs a regular expression of a server', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' } },
      patternProperties: { '^(b+)+$': false },
    };
    const begin = performance.now();
    assert.deepEqual(findArgumentErrors(schema, { a: `${'a'.repeat(50)}!`, [`${'b'.repeat(50)}!`]: 1 }), []);
    assert.ok(performance.now() - begin < 10_000);
  });

  it('gives up on schemas that are made to take for ever', () => {
    const defs: Record<string, unknown> = { a26: { type: 'object' } };
    for (let i = 0; i < 26; i++)
      defs[`a${i}`] = { allOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] };
    const begin = performance.now();
    assert.deepEqual(findArgumentErrors({ type: 'object', $defs: defs, allOf: [{ $ref: '#/$defs/a0' }] }, {}), []);
    const many = { type: 'object', properties: { list: { type: 'array', uniqueItems: true } } };
    assert.deepEqual(findArgumentErrors(many, { list: Array.from({ length: 100_000 }, (_, i) => i) }), []);
    assert.ok(performance.now() - begin < 15_000);
  });

  it('keeps a property that is called like a keyword', () => {
    const schema = {
      type: 'object',
      properties: { pattern: { type: 'string' }, format: { type: 'number' } },
      required: ['pattern'],
    };
    assert.deepEqual(
      findArgumentErrors(schema, { format: 'x' })
        .map(({ path }) => path)
        .toSorted(),
      ['/arguments/format', '/arguments/pattern'],
    );
  });

  it('tells what of a result does not fit, and when that cannot be told', () => {
    const schema = { type: 'object', properties: { sum: { type: 'number' } }, required: ['sum'] };
    assert.deepEqual(findContentErrors(schema, { sum: 1 }), []);
    const paths = (content: unknown) => findContentErrors(schema, content)?.map(({ path }) => path);
    assert.deepEqual(paths({}), ['/structuredContent/sum']);
    assert.deepEqual(paths({ sum: 'x' }), ['/structuredContent/sum']);
    assert.deepEqual(paths([]), ['/structuredContent']);
    assert.equal(findContentErrors({ $ref: '#' }, {}), null);
  });

  it('leaves a schema that cannot be used to the server', () => {
    const endless = { $ref: '#' };
    for (const schema of [endless, { type: 'nonsense' }, { allOf: [{ $ref: 'https://unknown.test/schema' }] }]) {
      assert.doesNotThrow(() => findArgumentErrors(schema, { a: 1 }));
    }
  });
});
