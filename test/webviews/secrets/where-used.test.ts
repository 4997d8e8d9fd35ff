import assert from 'node:assert/strict';
import type { SecretReference } from '../../../shared/api/secrets.ts';
import { placesBySecret } from '../../../webviews/secrets/where-used.ts';

const server = (id: string, secretReferences: SecretReference[]) => ({
  id,
  configuration: {
    id,
    serverId: id,
    arguments: [],
    environment: {},
    disabledTools: [],
    settings: {},
    workingDirectory: null,
    restart: 'never' as const,
    session: 'shared' as const,
    limits: { startSeconds: 30, callSeconds: 60, messageBytes: 1_048_576, concurrentCalls: 32, waitingCalls: 256 },
    network: { inheritProxy: false, headers: {} },
    secretReferences,
    updatedAt: '2026-01-01T00:00:00Z',
  },
});

describe('where secrets are used', () => {
  it('is told by secret, with each server’s own name for it', () => {
    const places = placesBySecret([
      server('files', [{ secretId: 'a', environmentVariable: 'API_KEY', required: true }]),
      server('remote', [
        { secretId: 'a', header: 'Authorization', required: false },
        { secretId: 'b', environmentVariable: 'TOKEN', required: true },
      ]),
    ]);
    assert.deepEqual(places.get('a'), [
      { serverId: 'files', place: 'API_KEY', required: true },
      { serverId: 'remote', place: 'header Authorization', required: false },
    ]);
    assert.deepEqual(places.get('b'), [{ serverId: 'remote', place: 'TOKEN', required: true }]);
    assert.equal(places.size, 2);
  });
});
