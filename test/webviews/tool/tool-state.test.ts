import assert from 'node:assert/strict';
import type { App } from '../../../webviews/kit/app.ts';
import type { Host } from '../../../webviews/kit/host.ts';
import { createLive } from '../../../webviews/kit/live.ts';
import { toDraft } from '../../../webviews/tool/draft.ts';
import { createToolState, type ToolState } from '../../../webviews/tool/tool.state.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('a tool’s form', () => {
  let daemon: InProcessDaemon;
  let app: App;
  const open: ToolState[] = [];
  const tool = async (name: string): Promise<ToolState> => {
    const state = createToolState(app, 'mine', name);
    open.push(state);
    await until(() => state.tool.value.value ?? state.tool.problem.value);
    return state;
  };
  const fill = (state: ToolState, values: Record<string, string | number>) => {
    assert.ok(state.field.value);
    state.edit(toDraft(state.field.value, values));
  };

  before(async () => {
    daemon = await startInProcessDaemon();
    app = { api: daemon.api, live: createLive(daemon.api), host: {} as Host };
    await addTestServer(daemon.api, 'mine');
    await daemon.api.startServer({ params: { id: 'mine' } });
    app.live.start();
    await until(() => app.live.connection.value === 'live', 'events come');
  });
  after(async () => {
    for (const state of open) state.close();
    app.live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('calls the tool with what was typed and shows what it answered', async () => {
    const state = await tool('echo');
    const [first] = state.field.value?.kind === 'group' ? state.field.value.fields : [];
    assert.ok(first);
    fill(state, { [first.key]: 'hello' });
    await state.call();
    assert.equal(state.problem.value, undefined);
    assert.match(JSON.stringify(state.result.value?.content), /hello/);
    assert.equal(state.runningSince.value, undefined);
  });

  it('does not call while something required is missing, and says so at the field', async () => {
    const state = await tool('add');
    assert.equal(state.errors.value.size, 0, 'nothing is wrong before a person has tried');
    await state.call();
    assert.ok(state.errors.value.size > 0);
    assert.equal(state.result.value, undefined);
  });

  it('keeps form and JSON in step, both ways', async () => {
    const state = await tool('add');
    state.editJson('{"a": 1, "b": 2, "more": true}');
    assert.equal(state.jsonError.value, undefined);
    assert.ok(state.draft.value.kind === 'group');
    assert.deepEqual(state.draft.value.entries.get('a'), { kind: 'text', text: '1' });
    fill(state, { a: 5, b: 2 });
    assert.deepEqual(JSON.parse(state.json.value), { a: 5, b: 2 });
  });

  it('leaves broken JSON as it was typed, and sends nothing', async () => {
    const state = await tool('add');
    state.editJson('{"a": 1,');
    assert.equal(state.json.value, '{"a": 1,');
    assert.match(state.jsonError.value ?? '', /not valid JSON/);
    await state.call();
    assert.equal(state.result.value, undefined);
    state.editJson('[1]');
    assert.match(state.jsonError.value ?? '', /object/);
  });

  it('shows the daemon’s refusal at the field that it is about', async () => {
    const state = await tool('add');
    state.editJson('{"a": "one", "b": 2}');
    await state.call();
    assert.equal(state.problem.value?.code, 'TOOL_002');
    assert.ok(state.errors.value.get('/a'), JSON.stringify(state.problem.value));
  });

  it('marks an error that the tool itself reported, which is a result', async () => {
    const state = await tool('fail');
    await state.call();
    assert.equal(state.problem.value, undefined);
    assert.equal(state.result.value?.isError, true);
  });

  it('says that a tool is not there', async () => {
    const state = await tool('nothing');
    assert.equal(state.tool.problem.value?.code, 'TOOL_001');
  });

  it('says that a rule holds the call back, until somebody allows it', async () => {
    const { version } = await daemon.api.getApprovalRules();
    await daemon.api.replaceApprovalRules({ body: { version, preset: 'ask-destructive' } });
    const state = await tool('fail');
    const ended = state.call();
    const id = await until(() => state.heldBy.value, 'the approval that it waits for');
    const { digest } = await daemon.api.getApproval({ params: { id } });
    await daemon.api.approveCall({ params: { id }, body: { digest } });
    await ended;
    assert.deepEqual([state.heldBy.value, state.result.value?.isError], [undefined, true]);
    await daemon.api.replaceApprovalRules({ body: { version: version + 1, preset: 'off' } });
  });

  it('does not lose what was typed when the tool is read again', async () => {
    const state = await tool('add');
    fill(state, { a: 7, b: 8 });
    await state.tool.reload();
    assert.deepEqual(JSON.parse(state.json.value), { a: 7, b: 8 });
  });
});
