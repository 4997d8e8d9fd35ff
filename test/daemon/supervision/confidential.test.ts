import assert from 'node:assert/strict';
import type { LaunchPlan } from '../../../daemon/engines/engine.ts';
import { createHider } from '../../../daemon/supervision/confidential.ts';

const plan = (...confidential: string[]): LaunchPlan => ({
  kind: 'stdio',
  command: 'x',
  args: [],
  environment: {},
  workingDirectory: '/',
  confidential,
});

describe('hiding secrets in what a server tells of itself', () => {
  it('goes into every text, however deep and however written', () => {
    const hide = createHider(plan('canary-value "1"'));
    const told = {
      description: 'I use canary-value "1".',
      inputSchema: { properties: { 'canary-value "1"': { enum: ['x', 'canary-value "1"'] } } },
      _meta: [
        Buffer.from('canary-value "1"').toString('base64'),
        encodeURIComponent('canary-value "1"'),
        1,
        null,
        true,
      ],
    };
    assert.deepEqual(hide(told), {
      description: 'I use •••.',
      inputSchema: { properties: { '•••': { enum: ['x', '•••'] } } },
      _meta: ['•••==', '•••', 1, null, true],
    });
  });

  it('leaves everything as it is where there is nothing to hide, and spares ordinary words', () => {
    const told = { description: 'The main branch of __proto__', inputSchema: JSON.parse('{"__proto__":{"a":1}}') };
    assert.equal(createHider(plan())(told), told);
    assert.deepEqual(createHider(plan('main', 'branch'))(told), told);
    assert.equal(Object.hasOwn(createHider(plan('long enough'))(told).inputSchema, '__proto__'), true);
  });
});
