import assert from 'node:assert/strict';
import { planEnvFile } from '../../../extension/features/secrets/env-file.ts';
import type { Secret } from '../../../shared/api/secrets.ts';

const secret = (name: string, serverId: string | null): Secret => ({
  id: `id of ${name}`,
  name,
  serverId,
  hasValue: true,
  version: 1,
  keyVersion: 1,
  valueChangedAt: '2026-01-01T00:00:00Z',
  lastUsedAt: null,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
});

describe('a .env file on its way to the vault', () => {
  it('brings one secret for each variable, with the text between the quotes and nothing expanded', () => {
    const { imports, skipped } = planEnvFile('A_KEY="x $HOME\ny"\n# a remark\nexport B=1\n', 'mine', []);
    assert.deepEqual(imports, [
      { variable: 'A_KEY', name: 'mine.a_key', value: 'x $HOME\ny', replaces: undefined },
      { variable: 'B', name: 'mine.b', value: '1', replaces: undefined },
    ]);
    assert.deepEqual(skipped, []);
  });

  it('replaces a secret of this server, and leaves one of others alone', () => {
    const known = [secret('mine.a', 'mine'), secret('mine.b', null)];
    const { imports, skipped } = planEnvFile('A=1\nB=2', 'mine', known);
    assert.deepEqual(
      imports.map(({ name, replaces }) => ({ name, replaces })),
      [{ name: 'mine.a', replaces: 'id of mine.a' }],
    );
    assert.deepEqual(
      skipped.map(({ variable }) => variable),
      ['B'],
    );
  });

  it('leaves out what is empty, too long, or the same secret twice, and says so without a value', () => {
    const long = 'canary'.repeat(20_000);
    const { imports, skipped } = planEnvFile(`EMPTY=\nLONG=${long}\nKEY=1\nkey=canary`, 'mine', []);
    assert.deepEqual(
      imports.map(({ variable }) => variable),
      ['KEY'],
    );
    assert.deepEqual(skipped.map(({ variable }) => variable).sort(), ['EMPTY', 'LONG', 'key']);
    assert.doesNotMatch(JSON.stringify(skipped), /canary/);
  });
});
