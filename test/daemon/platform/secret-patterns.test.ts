import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { hideSecrets } from '../../../daemon/platform/secret-patterns.ts';

const canary = 'zebra4711quokka';

describe('Text that is shown to others', () => {
  for (const text of [
    `GITHUB_TOKEN=${canary}`,
    `{"apiKey":"${canary}"}`,
    `{ "client_secret" : "a \\"${canary}" }`,
    `password: ${canary}`,
    `DB_PASSWORD='${canary}'`,
    `Authorization: Bearer ${canary}`,
    `authorization: "Basic ${canary}"`,
    `postgres://me:${canary}@host/db`,
    `https://host/path?a=1&api_key=${canary}&b=2`,
    `--token ${canary}`,
    `--api-key=${canary}`,
    `["--password", "${canary}"]`,
    `ghp_${canary}${canary}`,
    `sk-${canary}${canary}`,
    `eyJhbGciOi.${canary}.${canary}`,
    `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\n${canary}`,
  ]) {
    it(`has no secret left: ${text.replaceAll(canary, '…').replaceAll('\n', ' ')}`, () => {
      const shown = hideSecrets(text);
      assert.ok(!shown.includes(canary), shown);
      assert.match(shown, /•••/);
    });
  }

  it('keeps what is no secret', () => {
    for (const text of [
      '{"passInstalled":true,"tokens":12,"secrets":[],"secretSlots":[{"required":true}]}',
      'The server everything has 8 tools.',
      'docker mcp gateway run --profile dev_tools',
      'https://host/path?page=2',
    ])
      assert.equal(hideSecrets(text), text);
  });

  it('keeps JSON readable as JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('token', 'name', 'password', 'a'), fc.string()), value => {
        JSON.parse(hideSecrets(JSON.stringify(value)));
      }),
    );
  });

  it('ends soon, whatever the text: quadratic work would take longer than the time limit', () => {
    for (const piece of ['a', 'token', '"', ' ', '://', '-', 'eyJ', 'token=', 'token:\\"', '?key=', 'Bearer ', '\\']) {
      hideSecrets(piece.repeat(Math.ceil(200_000 / piece.length)));
    }
  });
});
