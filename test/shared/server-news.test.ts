import assert from 'node:assert/strict';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { createServerNews } from '../../shared/api/server-news.ts';
import { buildServer } from '../support/server-builder.ts';

describe('news of a server', () => {
  it('are that it runs again, and that it has other tools', () => {
    const take = createServerNews();
    const state = (now: 'running' | 'stopped' | 'starting'): DaemonEvent => ({
      type: 'server.changed',
      server: buildServer({ id: 'a', state: now }),
    });
    const told = [
      // What ran before anybody looked has not come back.
      state('running'),
      state('running'),
      state('stopped'),
      state('starting'),
      state('running'),
      { type: 'tools.changed', serverId: 'a', countedOnly: true },
      { type: 'tools.changed', serverId: 'b' },
      { type: 'reset' },
    ] satisfies DaemonEvent[];
    const [back, tools] = [
      { serverId: 'a', what: 'back' },
      { serverId: 'b', what: 'tools' },
    ];
    assert.deepEqual(told.map(take), [undefined, undefined, undefined, undefined, back, undefined, tools, undefined]);
  });
});
