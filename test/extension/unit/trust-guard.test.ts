import assert from 'node:assert/strict';
import { guardCarrier } from '../../../extension/daemon-link/trust-guard.ts';
import { HostProblem } from '../../../extension/platform/host-problem.ts';
import { type Carrier, createApiClient } from '../../../shared/api/client.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';

describe('a window in Restricted Mode', () => {
  const sent: string[] = [];
  const carrier: Carrier = {
    send: async ({ operationId }) => {
      sent.push(operationId);
      return { status: 200, body: {} };
    },
    follow: async () => {},
  };
  const guarded = (isTrusted: boolean) => guardCarrier(carrier, () => isTrusted);
  const tryAll = async (isTrusted: boolean): Promise<string[]> => {
    sent.length = 0;
    for (const operationId of operationIds) {
      const method = routes[operationId].method.toUpperCase() as 'GET';
      await guarded(isTrusted)
        .send({ operationId, method, path: '/api/v1/x', body: undefined, signal: undefined })
        .catch(error => assert.ok(error instanceof HostProblem && error.kind === 'restricted'));
    }
    return [...sent];
  };

  it('reads, and changes nothing', async () => {
    const allowed = await tryAll(false);
    const changing = allowed.filter(id => routes[id as keyof typeof routes].method !== 'get');
    assert.deepEqual(changing.sort(), ['cancelOperation', 'createLoginLink']);
    for (const id of [
      'startServer',
      'callTool',
      'createOperation',
      'createServer',
      'updateTool',
      'stopDaemon',
      'startTestRun',
      'createComparison',
    ]) {
      assert.ok(!allowed.includes(id), id);
    }
  });

  it('does not even see the names of secrets', async () => {
    const allowed = await tryAll(false);
    assert.deepEqual(
      allowed.filter(id => /secret|vault/i.test(id)),
      [],
    );
    assert.ok(allowed.includes('listServers'));
  });

  it('may do everything once it is trusted', async () => {
    assert.equal((await tryAll(true)).length, operationIds.length);
  });

  it('is told so in plain words by the client', async () => {
    const api = createApiClient(guarded(false));
    await assert.rejects(api.startServer({ params: { id: 'some' } }), /Restricted Mode/);
  });
});
