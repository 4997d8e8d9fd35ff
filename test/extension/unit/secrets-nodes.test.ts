import assert from 'node:assert/strict';
import { secretsRows, toSecretNode } from '../../../extension/features/secrets/secrets.nodes.ts';
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
