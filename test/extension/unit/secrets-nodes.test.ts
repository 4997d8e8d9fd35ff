import assert from 'node:assert/strict';
import { secretsRows, toSecretNode } from '../../../extension/features/secrets/secrets.nodes.ts';
import type { BitwardenStatus } from '../../../shared/api/bitwarden.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import type { Secret } from '../../../shared/api/secrets.ts';
import type { VaultStatus } from '../../../shared/api/vault.ts';

const vault: VaultStatus = {
  state: 'open',
  source: 'editor',
  problem: null,
  warnings: [],
  secrets: 0,
  keys: [],
  rotation: null,
};
const secret = (part: Partial<Secret> = {}): Secret => ({
  id: 's1',
  name: 'github.token',
  serverId: 'github',
  hasValue: true,
  version: 1,
  keyVersion: 2,
  valueChangedAt: '2026-01-02T03:04:05Z',
  lastUsedAt: null,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  ...part,
});
const rowsOf = (secrets: Secret[], state: Partial<VaultStatus> = {}) =>
  secretsRows({ ...vault, ...state }, secrets, new Map());

describe('the Secrets tree', () => {
  it('lists the secrets by name', () => {
    const rows = rowsOf([secret({ id: '2', name: 'z.key' }), secret({ id: '1', name: 'a.key' })]);
    assert.deepEqual(
      rows.map(row => toSecretNode(row).label),
      ['a.key', 'z.key'],
    );
  });

  it('says in the tooltip where a secret is used', () => {
    const usedBy = new Map([['s1', [{ serverId: 'github', place: 'TOKEN', required: true }]]]);
    const [row] = secretsRows(vault, [secret()], usedBy);
    assert.ok(row);
    const facts = toSecretNode(row).tooltip.flatMap(part =>
      part.kind === 'fact' ? [`${part.name}: ${part.value}`] : [],
    );
    assert.ok(facts.includes('Used by: github as TOKEN'), facts.join());
    assert.ok(facts.includes('Value set: 2026-01-02 03:04 UTC'), facts.join());
  });

  it('marks a secret that has no value yet', () => {
    const [row] = rowsOf([secret({ hasValue: false, valueChangedAt: null, keyVersion: null })]);
    assert.ok(row);
    assert.deepEqual(toSecretNode(row).marks, ['secret', 'empty']);
    assert.equal(toSecretNode(row).description, 'no value yet');
  });

  it('says what comes from Bitwarden, and that it is stale', () => {
    const bitwarden: BitwardenStatus = {
      state: 'offline',
      version: '2026.9.0',
      serverUrl: null,
      email: 'ada@example.test',
      problem: toProblem('BITWARDEN_004', { detail: 'The connection failed.' }),
      lastSyncAt: '2026-01-02T03:04:05Z',
      stale: true,
      lastSync: null,
      mappings: 1,
      autoLockMinutes: 30,
      syncEveryMinutes: null,
      nextSyncAt: null,
    };
    const secrets = [secret({ source: 'bitwarden' }), secret({ id: 's2', name: 'github.other' })];
    const describe = (standing: BitwardenStatus) =>
      secretsRows(vault, secrets, new Map(), standing)
        .map(toSecretNode)
        .map(node => `${node.label}: ${node.description}`);
    assert.deepEqual(describe(bitwarden), [
      'Bitwarden is stale: offline',
      'github.other: github',
      'github.token: github · Bitwarden, stale',
    ]);
    assert.deepEqual(describe({ ...bitwarden, state: 'unlocked', stale: false }), [
      'github.other: github',
      'github.token: github · Bitwarden',
    ]);
    const commandOf = (state: BitwardenStatus['state']) =>
      secretsRows(vault, secrets, new Map(), { ...bitwarden, state }).map(toSecretNode)[0]?.command?.id;
    assert.equal(commandOf('locked'), 'quayside.unlockBitwarden');
    assert.equal(commandOf('logged-out'), 'quayside.loginBitwarden');
    assert.equal(commandOf('offline'), 'quayside.syncBitwarden');
  });

  it('puts a locked vault first, and a click asks for its passphrase only if it has one', () => {
    const problem = toProblem('SECRET_003', { detail: 'Its key is not there.' });
    const node = (source: VaultStatus['source']) => {
      const [row] = rowsOf([secret()], { state: 'locked', source, problem });
      assert.ok(row);
      return toSecretNode(row);
    };
    assert.equal(node('passphrase').label, 'The vault is locked');
    assert.equal(node('passphrase').command?.id, 'quayside.unlockVault');
    assert.equal(node('editor').command?.id, 'quayside.openSecrets');
  });
});
