import assert from 'node:assert/strict';
import * as z from 'zod';
import { countingMore, plainIssue } from '../../shared/domain/plain-issue.ts';

const saidOf = (schema: z.ZodType, value: unknown): string =>
  plainIssue(schema.safeParse(value).error?.issues[0]?.message ?? '');

describe('what is said of a value that does not fit', () => {
  it('tells what is missing from what is of another type', () => {
    const schema = z.object({ name: z.string(), times: z.int().optional() });
    assert.equal(saidOf(schema, {}), 'This is required.');
    assert.equal(saidOf(schema, { name: ['a'] }), 'This must be text, and it is a list.');
    assert.equal(saidOf(schema, { name: 'a', times: '1' }), 'This must be a number, and it is text.');
    assert.equal(saidOf(schema, null), 'This must be an object, and it is null.');
  });

  it('counts what else there is', () => {
    assert.equal(countingMore('This is required.', 2), 'This is required (and 2 more)');
    assert.equal(countingMore('This is required.', 0), 'This is required.');
  });

  it('leaves alone what is said otherwise', () => {
    assert.equal(plainIssue('Choose one.'), 'Choose one.');
    assert.match(saidOf(z.string().max(1), 'ab'), /^Too big/);
  });
});
