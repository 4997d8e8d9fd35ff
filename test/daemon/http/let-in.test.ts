import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, request } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Authenticator } from '../../../daemon/http/authenticate.ts';
import { letInAtOnce } from '../../../daemon/http/let-in.ts';
import { ownerPrincipal, type Principal } from '../../../daemon/http/principal.ts';

const act = { permission: 'tools:call', action: 'mcp', server: undefined } as const;

/** Who is let in, or null; undefined: it failed. */
async function ask(byToken: Authenticator['byToken'], more: OutgoingHttpHeaders = {}): Promise<Principal | null> {
  const answer = Promise.withResolvers<Principal | null>();
  const server = createServer((incoming, outgoing) => {
    try {
      const options = { authenticator: { byToken }, hostNames: ['here.test'], now: Date.now };
      answer.resolve(letInAtOnce(incoming, act, options) ?? null);
    } catch (error) {
      answer.reject(error);
    }
    outgoing.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const headers = { authorization: 'Bearer token', 'content-type': 'application/json', ...more };
  const sent = request({ host: '127.0.0.1', port, method: 'POST', headers, agent: false }).end('{}');
  try {
    const [response] = await once(sent, 'response');
    response.resume();
    return await answer.promise;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('who is let in at once', () => {
  it('lets in whoever is known at once', async () => {
    assert.equal((await ask(() => ownerPrincipal()))?.kind, 'owner');
  });

  it('lets nobody in at once while it cannot be told who it is, and breaks nothing', async () => {
    const failing = () => {
      throw new Error('The disk is gone.');
    };
    assert.equal(await ask(failing), null);
    // A rejection that nobody handles would fail this run.
    assert.equal(await ask(() => Promise.reject(new Error('The disk is gone.'))), null);
    assert.equal(await ask(async () => ownerPrincipal()), null);
    await nextTurn();
  });

  it('lets nobody in at once who says something twice', async () => {
    for (const more of [{ 'x-any': ['a', 'b'] }] as OutgoingHttpHeaders[])
      assert.equal(await ask(() => ownerPrincipal(), more), null);
  });

  it('lets nobody in at once who is disabled, or may not call tools here', async () => {
    const user: Principal = { ...ownerPrincipal(), kind: 'user', id: 'ada', name: 'ada', roles: ['operator'] };
    assert.equal(await ask(() => ({ ...user, disabled: true })), null);
    assert.equal(await ask(() => ({ ...user, roles: [] })), null);
  });
});
