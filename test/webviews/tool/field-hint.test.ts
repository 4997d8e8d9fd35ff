import assert from 'node:assert/strict';
import { defaultHint, numberHint, textHint } from '../../../webviews/tool/field-hint.ts';
import { toFields } from '../../../webviews/tool/schema-form.ts';

const hint = (schema: unknown): string => {
  const form = toFields({ type: 'object', properties: { it: schema } });
  const [field] = form.kind === 'group' ? form.fields : [];
  if (field?.kind === 'text') return textHint(field);
  assert.ok(field?.kind === 'number');
  return numberHint(field);
};

describe('the hint beside a field', () => {
  it('says what a number may be', () => {
    assert.equal(hint({ type: 'integer', minimum: 1, maximum: 5 }), 'whole number, at least 1, at most 5');
    assert.equal(hint({ type: 'number', exclusiveMinimum: 0 }), 'number, more than 0');
  });
  it('does not bother anybody with the limits that every number has', () => {
    assert.equal(hint({ type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 }), 'whole number');
  });
  it('says what a text may be, and nothing where it may be anything', () => {
    assert.equal(hint({ type: 'string' }), '');
    assert.equal(hint({ type: 'string', format: 'email', minLength: 3 }), 'email, at least 3 characters');
    assert.equal(hint({ type: 'string', format: 'date' }), '');
    assert.equal(hint({ type: 'string', format: 'date-time' }), 'date and time, such as 2026-03-01T10:00:00Z');
  });

  it('shows in an empty field what the server takes then', () => {
    assert.equal(defaultHint({ default: 0.5 }), '0.5');
    assert.equal(defaultHint({ default: 'a' }), 'a');
    assert.equal(defaultHint({ default: undefined }), undefined);
    assert.equal(defaultHint({ default: [1] }), undefined);
  });
});
