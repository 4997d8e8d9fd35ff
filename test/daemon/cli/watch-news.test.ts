// When watched tests run again for what their servers say, with a stream of events and a clock that are written here.
import assert from 'node:assert/strict';
import { followNews } from '../../../daemon/cli/tests/watch-tests.ts';
import type { DaemonEvent } from '../../../shared/api/events.ts';

function createWorld() {
  let now = 0;
  let tell = (_: DaemonEvent): void => {};
  const api = {
    async followEvents({ onEvent }: { onEvent: typeof tell }) {
      tell = onEvent;
    },
  };
  const news = followNews(api, new AbortController().signal, () => now);
  return {
    news,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    tools: () => tell({ type: 'tools.changed', serverId: 'echo', countedOnly: false } as unknown as DaemonEvent),
    state: (state: string) => tell({ type: 'server.changed', server: { id: 'echo', state } } as unknown as DaemonEvent),
  };
}

describe('what servers say to tests that are watched', () => {
  it('runs them at once for a server that is back, also while a change of its tools has to wait', () => {
    const { news, pass, tools, state } = createWorld();
    state('running');
    for (let run = 0; run < 10; run += 1) {
      news.begin(['echo'], 'tools');
      pass(3_000);
    }
    tools();
    pass(5_000);
    assert.equal(news.due(), undefined, 'runs that come of runs have become slow');
    state('stopped');
    state('running');
    assert.equal(news.due(), 'back');
  });

  it('is heard of their own servers only, and not of what a run itself did', () => {
    const { news, pass, tools } = createWorld();
    tools();
    assert.equal(news.due(), undefined, 'nothing was tested yet');
    news.begin(['echo'], 'file');
    tools();
    assert.equal(news.due(), undefined);
    pass(10_000);
    tools();
    assert.equal(news.due(), 'tools');
    news.begin(['other'], 'tools');
    pass(10_000);
    tools();
    assert.equal(news.due(), undefined);
  });
});
