import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expandTemplate, variablesOf } from '../../../webviews/server/uri-template.ts';

/** RFC 6570, sections 1.2 and 3.2, as far as one value for each variable goes. */
const values = { var: 'value', hello: 'Hello World!', path: '/foo/bar', x: '1024', y: '768', empty: '', semi: ';' };
const examples = [
  ['{var}', 'value'],
  ['{hello}', 'Hello%20World%21'],
  ['{+var}', 'value'],
  ['{+hello}', 'Hello%20World!'],
  ['{+path}/here', '/foo/bar/here'],
  ['here?ref={+path}', 'here?ref=/foo/bar'],
  ['X{#var}', 'X#value'],
  ['X{#hello}', 'X#Hello%20World!'],
  ['map?{x,y}', 'map?1024,768'],
  ['{x,hello,y}', '1024,Hello%20World%21,768'],
  ['{+x,hello,y}', '1024,Hello%20World!,768'],
  ['{#path,x}/here', '#/foo/bar,1024/here'],
  ['X{.var}', 'X.value'],
  ['{/var,x}/here', '/value/1024/here'],
  ['{;x,y}', ';x=1024;y=768'],
  ['{?x,y}', '?x=1024&y=768'],
  ['?fixed=yes{&x}', '?fixed=yes&x=1024'],
  ['{var:3}', 'val'],
  ['{+path:6}/here', '/foo/b/here'],
  ['{semi}', '%3B'],
  ['{?nobody}', ''],
] as const;

describe('an address made of a template', () => {
  for (const [template, expected] of examples) {
    it(`is ${expected || 'empty'} for ${template}`, () => assert.equal(expandTemplate(template, values), expected));
  }

  it('names each variable once, in order', () => {
    assert.deepEqual(variablesOf('{+path}/{id}{?limit,id:3,tags*}'), ['path', 'id', 'limit', 'tags']);
  });

  it('takes any template and any value, and leaves what is outside of expressions alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (template, value) => {
        const names = variablesOf(template);
        const address = expandTemplate(template, Object.fromEntries(names.map(name => [name, value])));
        if (names.length === 0) assert.equal(address, template);
      }),
    );
  });

  it('lets no value end its part of the address, unless the template says that it may', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), value => {
        const part = expandTemplate('file:///notes/{id}', { id: value }).slice('file:///notes/'.length);
        assert.match(part, /^[A-Za-z0-9\-._~%]+$/);
      }),
    );
  });
});
