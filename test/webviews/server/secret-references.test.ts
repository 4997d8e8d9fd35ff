import assert from 'node:assert/strict';
import { SecretName, type SecretReference } from '../../../shared/api/secrets.ts';
import {
  findReferenceErrors,
  kindOf,
  looksSecret,
  placeKindsOf,
  secretNameFor,
  toReference,
  withoutReference,
  withReference,
} from '../../../webviews/server/secret-references.draft.ts';

describe('a name that looks like a secret’s', () => {
  it('has one of the usual words on its own', () => {
    for (const name of [
      'API_KEY',
      'APIKEY',
      'GITHUB_TOKEN',
      'DB_PASSWORD',
      'CLIENT_SECRET_2',
      'X-Api-Key',
      'Authorization',
    ])
      assert.equal(looksSecret(name), true, name);
  });

  it('is none where the word is only part of another', () => {
    for (const name of ['MONKEY', 'KEYBOARD_LAYOUT', 'TOKENIZER', 'SECRETARY', 'PATH', 'LOG_LEVEL', ''])
      assert.equal(looksSecret(name), false, name);
  });
});

describe('the name of a server’s new secret', () => {
  it('is the server’s and the variable’s, in the grammar of secrets', () => {
    const name = secretNameFor('github', 'API_TOKEN', []);
    assert.equal(name, 'github.api_token');
    assert.ok(SecretName.safeParse(name).success);
  });

  it('has a number if it is taken', () => {
    assert.equal(secretNameFor('a', 'KEY', ['a.key']), 'a.key-2');
    assert.equal(secretNameFor('a', 'KEY', ['a.key', 'a.key-2']), 'a.key-3');
  });
});

describe('a server’s references to secrets', () => {
  const key: SecretReference = { secretId: '1', environmentVariable: 'KEY', required: true };
  const header: SecretReference = { secretId: '2', header: 'X-Key', required: true };

  it('fill each place once: a later one takes the place of an earlier one', () => {
    assert.deepEqual(withReference([key, header], { ...key, secretId: '3' }), [header, { ...key, secretId: '3' }]);
    assert.deepEqual(withReference([header], { ...header, header: 'x-KEY' }), [{ ...header, header: 'x-KEY' }]);
  });

  it('are files where a process of this machine may read them, and fill a variable as values do', () => {
    const file = toReference('file', 'KEY', '3', true);
    assert.deepEqual(file, { secretId: '3', environmentVariable: 'KEY', as: 'file', required: true });
    assert.deepEqual([key, header, file].map(kindOf), ['variable', 'header', 'file']);
    assert.deepEqual(withReference([key], file), [file]);
    assert.deepEqual(
      (['npm', 'command', 'remote', 'image'] as const).map(type => placeKindsOf(type).join()),
      ['variable,file', 'variable,file', 'header', 'variable'],
    );
  });

  it('keep the others when one is taken away', () => {
    assert.deepEqual(withoutReference([key, header], key), [header]);
  });

  it('are wrong without a place, and a new secret is wrong without a name or a value', () => {
    const draft = { place: '', secretId: undefined, newName: 'x', characters: 0 };
    assert.deepEqual(Object.keys(findReferenceErrors(draft, 'variable')).sort(), ['name', 'place', 'value']);
    const stored = { place: 'KEY', secretId: '1', newName: '', characters: 0 };
    assert.deepEqual(findReferenceErrors(stored, 'variable'), {});
    assert.deepEqual(Object.keys(findReferenceErrors({ ...stored, place: 'A KEY' }, 'header')), ['place']);
  });
});
