import assert from 'node:assert/strict';
import { parseInstallLink } from '../../../extension/features/catalog/install-link.ts';

describe('install links', () => {
  it('name a catalog entry', () => {
    assert.deepEqual(parseInstallLink('/install', 'catalog=everything'), { catalogEntry: 'everything' });
  });

  it('name an npm package, its version and its checksum', () => {
    assert.deepEqual(parseInstallLink('/install', 'package=%40scope%2Fx'), { package: '@scope/x' });
    assert.deepEqual(parseInstallLink('/install', 'package=@scope/x&version=^1.2.3'), {
      package: '@scope/x',
      version: '^1.2.3',
    });
    const integrity = `sha512-${'a+/b'.repeat(21)}aa==`;
    assert.deepEqual(parseInstallLink('/install', `package=x&version=1.0.0&integrity=${integrity}`), {
      package: 'x',
      version: '1.0.0',
      integrity,
    });
  });

  const refused: [why: string, path: string, query: string][] = [
    ['another act', '/remove', 'catalog=everything'],
    ['nothing to install', '/install', ''],
    ['both kinds at once', '/install', 'catalog=everything&package=x'],
    ['a name with capitals', '/install', 'catalog=Everything'],
    ['a path in place of a name', '/install', 'catalog=../../etc'],
    ['a flag in place of a package', '/install', 'package=--global'],
    ['a flag in place of a version', '/install', 'package=x&version=--force'],
    ['an address in place of a version', '/install', 'package=x&version=https://example.com/x.tgz'],
    ['a path in place of a version', '/install', 'package=x&version=file:../x'],
    ['two values for one thing', '/install', 'package=x&package=y'],
    ['a wish to run scripts', '/install', 'package=x&allowScripts=true'],
    ['arguments for the server', '/install', 'catalog=filesystem&arguments=/'],
    ['a wish to start at once', '/install', 'catalog=everything&start=true'],
    ['a name of 65 characters', '/install', `catalog=${'a'.repeat(65)}`],
    ['a checksum of another kind', '/install', 'package=x&integrity=md5-abc'],
  ];
  for (const [why, path, query] of refused) {
    it(`are refused for ${why}`, () => assert.equal(parseInstallLink(path, query), undefined));
  }
});
