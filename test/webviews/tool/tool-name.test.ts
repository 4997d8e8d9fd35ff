import assert from 'node:assert/strict';
import { createToolNameState, type ToolNameState } from '../../../webviews/tool/tool-name.state.ts';
import { type CannedApp, createCannedApp, refuse } from '../canned-api.ts';
import { buildTool } from '../gateway/gateway-facts.ts';

describe('what a tool is called at /mcp, on its page', () => {
  let app: CannedApp;
  let state: ToolNameState;
  const tool = buildTool({ override: { name: 'peek', title: null, description: 'Mine.' } });
  beforeEach(() => {
    app = createCannedApp({ updateTool: () => tool });
    state = createToolNameState(app);
  });

  it('is typed over what was given before, and what is emptied is the server’s own again', async () => {
    state.begin(tool);
    assert.deepEqual(state.draft.value, { name: 'peek', title: '', description: 'Mine.' });
    state.draft.value = { name: ' look ', title: 'Look', description: ' ' };
    await state.save(tool);
    const [asked] = app.askedFor('updateTool');
    assert.deepEqual(
      [asked?.path, asked?.body],
      ['/api/v1/servers/files/tools/read', { name: 'look', title: 'Look', description: null }],
    );
    assert.equal(state.draft.value, undefined);
  });

  it('is not sent while it is no name, and says why once somebody has tried', async () => {
    state.begin(tool);
    state.draft.value = { name: 'not a name', title: '', description: '' };
    assert.equal(state.nameError.value, undefined);
    await state.save(tool);
    assert.match(state.nameError.value ?? '', /letters, digits/);
    assert.equal(app.askedFor('updateTool').length, 0);
  });

  it('is taken back as a whole', async () => {
    await state.reset(tool);
    assert.deepEqual(app.askedFor('updateTool')[0]?.body, { name: null, title: null, description: null });
  });

  it('stays typed while it is refused, with what is wrong', async () => {
    app.answers.updateTool = () =>
      refuse('TOOL_009', {
        detail: 'Taken.',
        next: 'Choose another.',
        errors: [{ path: '/body/name', message: 'This name is taken.' }],
      });
    state.begin(tool);
    await state.save(tool);
    assert.equal(state.act.problem.value?.errors?.[0]?.path, '/body/name');
    assert.equal(state.draft.value?.name, 'peek');
  });
});
