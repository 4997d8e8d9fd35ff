import assert from 'node:assert/strict';
import { type CatalogDraft, toNewCatalog } from '../../../webviews/catalog/new-catalog.draft.ts';

const draft = (part: Partial<CatalogDraft>): CatalogDraft => ({
  kind: 'file',
  ref: ' team/catalog:v1 ',
  title: '',
  file: { name: 'x.yaml', text: 'registry: {}' },
  profile: '',
  oci: '',
  ...part,
});

describe('a catalog that is about to be made', () => {
  it('never replaces another one before a person has said so', () => {
    assert.deepEqual(toNewCatalog(draft({})).wanted, {
      ref: 'team/catalog:v1',
      from: { type: 'file', content: 'registry: {}' },
      replace: false,
    });
  });
  it('says what is missing, beside it', () => {
    assert.deepEqual(toNewCatalog(draft({ ref: '' })).errors, { ref: 'A reference is missing.' });
    assert.deepEqual(toNewCatalog(draft({ file: undefined })).errors, { file: 'A file is missing.' });
    assert.deepEqual(toNewCatalog(draft({ file: { name: 'x', text: ' \n' } })).errors, { file: 'The file is empty.' });
    assert.deepEqual(toNewCatalog(draft({ kind: 'profile' })).errors, { profile: 'Choose a profile.' });
    assert.equal(toNewCatalog(draft({ kind: 'oci', oci: '--flag' })).wanted, undefined);
  });
  it('takes its servers from a profile, a registry or nowhere', () => {
    assert.deepEqual(toNewCatalog(draft({ kind: 'profile', profile: 'dev' })).wanted?.from, {
      type: 'profile',
      profile: 'dev',
    });
    assert.deepEqual(toNewCatalog(draft({ kind: 'empty', title: 'Mine' })).wanted, {
      ref: 'team/catalog:v1',
      title: 'Mine',
      from: { type: 'empty' },
      replace: false,
    });
  });
});
