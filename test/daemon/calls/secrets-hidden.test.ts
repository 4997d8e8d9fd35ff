import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderCalls } from '../../../daemon/features/calls/call-export.ts';
import type { KeptCall } from '../../../daemon/features/calls/calls.repository.ts';
import { redactValues } from '../../../daemon/features/calls/redact-value.ts';
import { createSecretScanner } from '../../../daemon/features/calls/secret-scanner.ts';

const scanner = createSecretScanner();
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const word = (length: number, of = letters) =>
  fc.array(fc.constantFrom(...of), { minLength: length, maxLength: length }).map(all => all.join(''));
const upper = letters.slice(0, 26) + letters.slice(52);

/** Each with the part that must be gone. */
const planted: Record<string, fc.Arbitrary<{ text: string; secret: string }>> = {
  'aws-key-id': word(16, upper).map(each => whole(`AKIA${each}`)),
  'github-token': word(36).map(each => whole(`ghp_${each}`)),
  'a github-token of the new kind': word(60).map(each => whole(`github_pat_${each}`)),
  'gitlab-token': word(20).map(each => whole(`glpat-${each}`)),
  'slack-token': word(30).map(each => whole(`xoxb-${each}`)),
  'slack-webhook': word(30).map(each => whole(`hooks.slack.com/services/${each}`)),
  'stripe-key': word(24).map(each => whole(`sk_live_${each}`)),
  'openai-key': word(48).map(each => whole(`sk-proj-${each}`)),
  'an openai-key of the old kind': word(48).map(each => whole(`sk-${each}`)),
  'anthropic-key': word(60).map(each => whole(`sk-ant-api03-${each}`)),
  'google-key': word(35).map(each => whole(`AIza${each}`)),
  'npm-token': word(36).map(each => whole(`npm_${each}`)),
  jwt: fc.tuple(word(20), word(30), word(20)).map(([a, b, c]) => whole(`eyJ${a}.${b}.${c}`)),
  'private-key': word(200).map(each => ({
    text: `-----BEGIN RSA PRIVATE KEY-----\n${each}\n-----END RSA PRIVATE KEY-----`,
    secret: each,
  })),
  'a private-key that never ends': word(200).map(each => ({
    text: `-----BEGIN PRIVATE KEY-----\n${each}`,
    secret: each,
  })),
  authorization: word(30).map(each => ({ text: `Authorization: Bearer ${each}`, secret: each })),
  'address-password': word(12).map(each => ({ text: `postgres://app:${each}@db.example.test/x`, secret: each })),
  'named-secret': word(12, letters.slice(0, 52)).map(each => ({ text: `PASSWORD=${each}`, secret: each })),
  'a quoted secret': word(12).map(each => ({ text: `{"api_key": "${each}"}`, secret: each })),
  'a secret in JSON within JSON': word(12).map(each => ({
    text: JSON.stringify({ inner: JSON.stringify({ client_secret: each }) }),
    secret: each,
  })),
};
const whole = (secret: string) => ({ text: secret, secret });
const ordinary = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.lorem({ maxCount: 12 }),
  fc.json({ maxDepth: 2 }),
  fc.constantFrom('eyJ', 'sk-', '"', '\\', 'password', '://', 'ghp_', '-----BEGIN '),
);

describe('the scanner for secrets', () => {
  for (const [what, arbitrary] of Object.entries(planted)) {
    it(`leaves nothing of ${what}, wherever it stands`, () => {
      fc.assert(
        fc.property(
          ordinary,
          arbitrary,
          ordinary,
          fc.constantFrom(' ', '\n', '(', ',', '>'),
          (before, { text, secret }, after, joint) => {
            const around = `${before}${joint}${text}${joint}${after}`;
            assert.equal(scanner.hide(around).includes(secret), false, around);
          },
        ),
        { numRuns: 60 },
      );
    });
  }

  it('says where it is and what it looks like', () => {
    const secret = `ghp_${'a1'.repeat(18)}`;
    assert.deepEqual(scanner.find(`see ${secret}.`), [{ start: 4, end: 44, kind: 'github-token' }]);
    assert.deepEqual(
      scanner.find('https://u:tiger@h/').map(({ start, end, kind }) => [start, end, kind]),
      [[10, 15, 'address-password']],
    );
  });

  it('leaves ordinary text as it is', () => {
    for (const text of [
      '{"passInstalled":true,"tokens":12,"maxTokens":1024,"secrets":[],"token":null}',
      'the task-management-of-this-or-that is done, see https://example.test/a?b=c and mail me@example.test',
      'const password: string = undefined; key = value',
      'AKIA is a prefix, and so are ghp_ and eyJ',
    ])
      assert.equal(scanner.hide(text), text);
  });

  it('takes time in proportion to the text, also where it is made to take long', () => {
    const many = [
      'eyJ',
      'eyJaaaaaaaaaa.',
      '-----BEGIN PRIVATE KEY-----',
      'token',
      'token-',
      'password ',
      '://',
      '://a:',
      'bearer ',
      '\\',
      'token:"',
      'ghp_',
      '\\neyJ',
      '"',
      ':',
    ];
    const begin = performance.now();
    for (const part of many) scanner.find(part.repeat(500_000 / part.length));
    // Some 100 ms; by the square it would be minutes.
    assert.ok(performance.now() - begin < 10_000);
  });
});

describe('what is kept of arguments and results', () => {
  const parts = (secrets: string[]) => ({
    scanner,
    hideValues: (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '•••'), text),
  });
  const secret = fc.oneof(word(8), fc.constantFrom('ab"cd"ef', 'back\\slash', '","a":"', 'line\nbreak', '{}[]'));
  const value = fc.oneof(
    fc.json({ maxDepth: 3 }).map(text => JSON.parse(text) as unknown),
    fc.dictionary(fc.string(), fc.string()),
  );

  it('never holds a value of the vault, neither in a text nor in a name, and is JSON unless it was cut', () => {
    fc.assert(
      fc.property(secret, value, value, (canary, around, other) => {
        const holder = { around, [`x${canary}y`]: canary, list: [other, `before ${canary} after`] };
        // As the vault hides its values: as they are, and as JSON writes them.
        const forms = [canary, JSON.stringify(canary).slice(1, -1)].toSorted((a, b) => b.length - a.length);
        const [kept, second] = redactValues([holder, other], 262_144, parts(forms));
        assert.ok(kept?.text);
        assert.equal(kept.text.includes(canary), false);
        assert.notEqual(kept.state, 'whole');
        JSON.parse(kept.text);
        if (second?.state === 'whole') assert.equal(second.text, JSON.stringify(other));
      }),
    );
  });

  it('is the value itself where nothing was found', () => {
    fc.assert(
      fc.property(fc.lorem(), text => {
        const [kept] = redactValues([{ text }], 262_144, parts([]));
        assert.deepEqual(kept, { text: JSON.stringify({ text }), state: 'whole' });
      }),
    );
  });

  it('hides all below a secret name', () => {
    const [kept] = redactValues([{ credentials: { user: 'ada', keys: ['one', 'two'] }, token: 5 }], 10_000, parts([]));
    assert.deepEqual(JSON.parse(kept?.text ?? ''), { credentials: { user: '•••', keys: ['•••', '•••'] }, token: 5 });
  });

  it('has not the beginning of a secret at the end of what was cut', () => {
    const canary = `ghp_${'a1B2'.repeat(9)}`;
    for (let before = 1_048_540; before < 1_048_580; before += 3) {
      const [kept] = redactValues([`${'x'.repeat(before)} ${canary} tail`], 2_000_000, parts([canary]));
      assert.equal(kept?.state, 'cut');
      assert.equal(kept.text?.includes('ghp_'), false);
    }
  });

  it('is nothing for what cannot be written', () => {
    const deep: unknown[] = [];
    let inner = deep;
    for (let depth = 0; depth < 100_000; depth += 1) {
      const next: unknown[] = [];
      inner.push(next);
      inner = next;
    }
    assert.deepEqual(
      redactValues([deep, undefined, 1n], 1_000, parts([])),
      Array(3).fill({ text: null, state: 'none' }),
    );
  });
});

describe('the export of calls', () => {
  it('is taken for no formula by a spreadsheet', () => {
    const call: KeptCall = {
      ...{ id: 'x', number: 1, serverId: 'one', tool: 'echo', caller: 'owner', callerKind: 'owner', session: null },
      ...{
        client: '=HYPERLINK("http://evil.test","x")',
        via: 'mcp',
        startedAt: '2026-01-01T00:00:00.000Z',
        durationMs: 1,
      },
      ...{ outcome: 'ok', code: null, protocolError: null, requestBytes: 1, bytes: 1, sameAs: null },
      ...{ argumentsKept: false, resultKept: false },
      arguments: { text: null, state: 'none' },
      result: { text: null, state: 'none' },
    };
    assert.match(renderCalls([call], 'csv', false, false), /,"'=HYPERLINK\(""http:\/\/evil.test"",""x""\)",/);
  });
});
