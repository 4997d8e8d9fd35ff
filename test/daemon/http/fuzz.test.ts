import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Problem } from '../../../shared/api/problem.ts';
import type { Route } from '../../../shared/api/route.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';
import { addUser } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { requestsOf } from '../../support/requests.ts';

/** They end the daemon, lock its vault, replace the token that asks, or never end. */
const leftOut = new Set(['stopDaemon', 'rotateToken', 'changeMasterKey', 'unlockVault', 'streamEvents']);
const runs = 60;

describe('requests that fit more or less', () => {
  let daemon: InProcessDaemon;
  const ids = ['mine', 'none'];
  before(async () => {
    daemon = await startInProcessDaemon();
    await daemon.api.createServer({ body: { type: 'command', id: 'mine', command: process.execPath } });
    ids.push(await addUser(daemon, 'ada', 'viewer'));
    const { key } = await daemon.api.createKey({ body: { name: 'some', kind: 'key', roles: ['viewer'] } });
    const secret = await daemon.api.createSecret({ body: { name: 'mine.token', serverId: null, value: 'value' } });
    ids.push(key.id, secret.id);
  });
  after(() => daemon[Symbol.asyncDispose]());

  for (const id of operationIds.filter(each => !leftOut.has(each))) {
    it(`make ${id} answer, and never fail in a way that it did not expect`, async () => {
      const route: Route = routes[id];
      await fc.assert(
        fc.asyncProperty(requestsOf(route, ids), async ({ path, body }) => {
          const response = await daemon.request(path, {
            method: route.method.toUpperCase(),
            headers: { ...daemon.asOwner, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
            ...(body === undefined ? {} : { body }),
          });
          const text = await response.text();
          assert.notEqual(response.status, 500, `${text} for ${body}`);
          if (response.ok) route.response.parse(JSON.parse(text));
          else Problem.parse(JSON.parse(text));
        }),
        { seed: 5, numRuns: runs, interruptAfterTimeLimit: 15_000, endOnFailure: true },
      );
    });
  }
});
