import assert from 'node:assert/strict';
import * as z from 'zod';
import { createApiClient } from '../../shared/api/client.ts';
import {
  isHonestRequest,
  PanelMessage,
  type PanelPort,
  panelCarrier,
  relayedOperations,
} from '../../shared/api/panel.ts';
import { isProblemError, toProblem } from '../../shared/api/problem.ts';
import { operationIds, routes } from '../../shared/api/routes.ts';

function createPort() {
  const sent: PanelMessage[] = [];
  const listeners = new Set<(message: unknown) => void>();
  const port: PanelPort = {
    post: message => sent.push(PanelMessage.parse(message)),
    onMessage(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    sent,
    port,
    listeners,
    tell: (message: unknown) => [...listeners].forEach(listener => void listener(message)),
  };
}

const request = (change: Partial<Extract<PanelMessage, { type: 'request' }>>) => ({
  type: 'request' as const,
  id: 1,
  operationId: 'startServer' as const,
  method: 'POST' as const,
  path: '/api/v1/servers/everything/start',
  body: undefined,
  ...change,
});

describe('the channel between a panel and its host', () => {
  it('carries a call there and its answer back', async () => {
    const { sent, port, tell, listeners } = createPort();
    const answer = createApiClient(panelCarrier(port)).getHealth();
    const [message] = sent;
    assert.ok(message?.type === 'request');
    tell({ type: 'response', id: message.id + 1, status: 200, body: {} });
    tell('garbage');
    tell({
      type: 'response',
      id: message.id,
      status: 200,
      body: { name: 'quayside', status: 'ok', version: '1.2.3', apiVersion: 1 },
    });
    assert.equal((await answer).version, '1.2.3');
    assert.equal(listeners.size, 0);
  });

  it('carries a problem back as an error', async () => {
    const { sent, port, tell } = createPort();
    const answer = createApiClient(panelCarrier(port)).getServer({ params: { id: 'x' } });
    const [message] = sent;
    assert.ok(message?.type === 'request');
    tell({ type: 'response', id: message.id, status: 404, body: toProblem('SERVER_001', { detail: 'No.' }) });
    await assert.rejects(answer, error => isProblemError(error) && error.code === 'SERVER_001');
  });

  it('tells the host when a call is cancelled', async () => {
    const { sent, port, listeners } = createPort();
    const abort = new AbortController();
    const answer = createApiClient(panelCarrier(port)).listServers({}, { signal: abort.signal });
    abort.abort(new Error('enough'));
    await assert.rejects(answer, /enough/);
    assert.deepEqual(
      sent.map(message => message.type),
      ['request', 'cancel'],
    );
    assert.equal(listeners.size, 0);
  });

  it('believes a request only if its path and method are those of the operation it names', () => {
    assert.equal(isHonestRequest(request({})), true);
    assert.equal(isHonestRequest(request({ path: '/api/v1/servers/everything/start?x=1' })), true);
    for (const path of [
      '/api/v1/access/token',
      '/api/v1/servers/a/b/start',
      '/api/v1/servers/../daemon/stop',
      '/api/v1/servers/everything/start#x',
      '/api/v1/servers/everything/start/..',
      '/api/v1/servers/%2e%2e/start',
      '/api/v1/servers/.%2E/start',
      '/api/v1/servers/..\\x/start',
    ]) {
      assert.equal(isHonestRequest(request({ path })), false, path);
    }
    assert.equal(isHonestRequest(request({ method: 'GET' })), false);
  });

  it('relays what a person does to one secret, and nothing that opens or carries away the vault', () => {
    const aboutSecrets = operationIds.filter(id => /secret|vault|masterkey/i.test(id));
    assert.deepEqual(aboutSecrets.filter(id => !relayedOperations.has(id)).sort(), [
      'changeMasterKey',
      'exportSecrets',
      'importSecrets',
      'unlockVault',
    ]);
  });

  it('relays no route that answers with the value of a secret', () => {
    const answers = [...relayedOperations]
      .filter(id => /secret|vault/i.test(id))
      .map(id => JSON.stringify(z.toJSONSchema(routes[id].response, { unrepresentable: 'any' })));
    assert.equal(answers.length, 8);
    for (const answer of answers) {
      assert.doesNotMatch(answer, /"(?:value|passphrase|masterKey|ciphertext)":/);
    }
  });

  it('relays what a person does to users and keys, and neither providers nor what only users have', () => {
    const never = operationIds.filter(id =>
      /^(?:save|delete)Provider|BitwardenLink$|^(?:changeMy|begin|confirm|remove|give)|^signIn|Invitation$/.test(id),
    );
    assert.equal(never.length, 12);
    for (const id of never) assert.equal(relayedOperations.has(id), false, id);
    for (const id of ['createUser', 'createKey', 'explainAccess'] as const) assert.ok(relayedOperations.has(id), id);
  });

  it('relays neither the daemon’s end nor its tokens', () => {
    // Who one is, one's own sessions, who is connected, and what tools cost: nothing in it would let anybody in.
    const harmless = new Set<string>([
      'getSession',
      'listMySessions',
      'endMySession',
      'listMcpSessions',
      'deleteMcpSession',
      'getTokenCosts',
    ]);
    const never = operationIds.filter(id => /token|login|session|daemon|masterkey/i.test(id) && !harmless.has(id));
    assert.ok(never.includes('stopDaemon') && never.includes('getToken'));
    for (const id of never) {
      assert.equal(relayedOperations.has(id), false, id);
    }
    assert.ok(relayedOperations.has('callTool'));
  });
});
