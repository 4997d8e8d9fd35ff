import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wordsOf } from '../../../extension/features/gateway/call-words.ts';
import { buildApproval } from '../../webviews/gateway/gateway-facts.ts';

const wordsFor = (args: unknown) => wordsOf(buildApproval({ arguments: JSON.stringify(args, null, 2) }));

describe('a call that waits, in a notification', () => {
  it('says who wants what, with all of the arguments', () => {
    assert.deepEqual(wordsFor({ path: '/tmp/a' }), {
      text: 'agent robin (key) wants to call remove of files with {"path":"/tmp/a"}. The tool may destroy something.',
      isWhole: true,
    });
  });

  it('leaves out arguments that do not fit, so that they are looked at first', () => {
    const { text, isWhole } = wordsFor({ text: 'x'.repeat(200) });
    assert.equal(isWhole, false);
    assert.doesNotMatch(text, /xx/);
  });

  it('never shows other arguments than those that would be sent', () => {
    for (const path of ['two  spaces', 'a [link](command:x)', 'a\u202eb', 'a\u200bb', ' ends ']) {
      const { text, isWhole } = wordsFor({ path });
      assert.ok(!isWhole || text.includes(JSON.stringify({ path })), `${JSON.stringify(path)}: ${text}`);
    }
    assert.equal(wordsFor({ path: 'two  spaces' }).isWhole, false);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ unit: 'binary' })), args => {
        const { text, isWhole } = wordsFor(args);
        assert.ok(!isWhole || text.includes(` with ${JSON.stringify(args)}. `));
      }),
    );
  });

  it('is looked at first where more is sent than the arguments', () => {
    assert.equal(wordsOf(buildApproval({ besides: '{\n  "task": {}\n}' })).isWhole, false);
  });

  it('shows arguments only that it can read', () => {
    assert.equal(wordsOf(buildApproval({ arguments: '{ "cut": ' })).isWhole, false);
  });

  it('holds no link, whatever a tool is called', () => {
    const { text } = wordsOf(buildApproval({ tool: '[x](command:quayside.allowCall)', reason: '[y](https://z.test)' }));
    assert.doesNotMatch(text, /\]\(/);
  });
});
