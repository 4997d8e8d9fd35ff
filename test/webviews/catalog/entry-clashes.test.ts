import assert from 'node:assert/strict';
import { createEntryClashes } from '../../../webviews/catalog/entry-clashes.state.ts';
import { createCannedApp, until } from '../canned-api.ts';
import { buildClash } from '../gateway/gateway-facts.ts';

describe('names that would clash, on the page of a catalog entry', () => {
  it('are those of the entry alone, by the name that its server would have', async () => {
    const [held] = buildClash().tools;
    assert.ok(held);
    const planned = { ...held, serverId: 'notes-2', gatewayName: 'notes-2__read', installed: false };
    const app = createCannedApp({
      listToolClashes: () => ({ items: [buildClash(), buildClash({ tools: [held, planned] })] }),
    });
    const state = createEntryClashes(app, 'notes');
    state.ask('notes-2');
    await until(() => state.load.value.value);
    assert.deepEqual(
      state.load.value.value?.map(({ wanted, gatewayName }) => [wanted, gatewayName]),
      [['read', 'notes-2__read']],
    );
    assert.match(app.askedFor('listToolClashes')[0]?.path ?? '', /\?entry=notes&name=notes-2$/);
    state.ask(undefined);
    await until(() => app.askedFor('listToolClashes').length === 2);
    assert.match(app.askedFor('listToolClashes')[1]?.path ?? '', /\?entry=notes$/);
    state.close();
  });
});
