import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Name, nameFromPackage, PackageName, PlainValue } from '../../shared/domain/names.ts';

describe('names', () => {
  it('takes what the grammar takes', () => {
    for (const name of ['a', '0', 'everything', 'my.server_2-x', 'a'.repeat(64)])
      assert.ok(Name.safeParse(name).success, name);
  });

  it('refuses everything else', () => {
    for (const name of ['', 'A', '-a', '.a', '_a', 'a b', 'a/b', '..', 'a\n', 'ä', 'a'.repeat(65), '--help']) {
      assert.equal(Name.safeParse(name).success, false, JSON.stringify(name));
    }
  });

  it('never takes a name that a command or a path could misread', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        if (!Name.safeParse(text).success) return;
        assert.match(text, /^[a-z0-9]/);
        assert.doesNotMatch(text, /[\s/\\$`"';|&<>*?~]/);
      }),
    );
  });

  it('makes a name that is allowed from the name of any package', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(@[a-z0-9~][a-z0-9._~-]{0,20}\/)?[a-z0-9~][a-z0-9._~-]{0,80}$/), text => {
        fc.pre(PackageName.safeParse(text).success);
        assert.ok(Name.safeParse(nameFromPackage(text)).success, `${text} -> ${nameFromPackage(text)}`);
      }),
    );
    assert.equal(nameFromPackage('@modelcontextprotocol/server-everything'), 'everything');
    assert.equal(nameFromPackage('mcp-server-kubernetes'), 'kubernetes');
  });

  it('refuses a value that would be read as a flag', () => {
    assert.equal(PlainValue.safeParse('--privileged').success, false);
    assert.equal(PlainValue.safeParse('node').success, true);
  });
});
