import assert from 'node:assert/strict';
import { problemCodes } from '../../../shared/api/problem.ts';
import { describeRefusal } from '../../../webviews/shell/provider-refusal.ts';

describe('why a provider let somebody not in', () => {
  it('is told in words and with what to do, for every code and for none', () => {
    for (const code of [...problemCodes, 'NONE_123', '<b>']) {
      const { detail, next } = describeRefusal(code);
      assert.ok(detail.length > 20 && (next?.length ?? 0) > 10, code);
    }
    assert.match(describeRefusal('ACCESS_006').next ?? '', /verified e-mail address/);
    assert.match(describeRefusal('ACCESS_011').title, /provider cannot be used/);
    assert.doesNotMatch(JSON.stringify(describeRefusal('<b>')), /<b>/);
  });
});
