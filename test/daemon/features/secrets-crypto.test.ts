import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decrypt, encrypt } from '../../../daemon/features/secrets/aes-gcm.ts';
import { openBundle, sealBundle } from '../../../daemon/features/secrets/bundle.ts';
import { argon2id, argon2idInSlices, hkdf, newDerivation } from '../../../daemon/features/secrets/key-derivation.ts';
import { type SealedRecord, type SecretContext, seal, unseal } from '../../../daemon/features/secrets/sealed-record.ts';
import { isProblemError } from '../../../shared/api/problem.ts';
import { hasCode } from '../../support/problems.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const range = (from: number, to: number): Buffer =>
  Buffer.from(Array.from({ length: to - from + 1 }, (_, i) => from + i));

const longKey = 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308';
const longText =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255';
const longCipher =
  '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad';

/** The AES-256 cases of the GCM submission to NIST (13 to 16), and the first of NIST's own CAVS vectors. */
const gcmVectors = [
  {
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    aad: '',
    text: '',
    cipher: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    key: '00'.repeat(32),
    nonce: '00'.repeat(12),
    aad: '',
    text: '00'.repeat(16),
    cipher: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    key: longKey,
    nonce: 'cafebabefacedbaddecaf888',
    aad: '',
    text: longText,
    cipher: longCipher,
    tag: 'b094dac5d93471bdec1a502270e3cc6c',
  },
  {
    key: longKey,
    nonce: 'cafebabefacedbaddecaf888',
    aad: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    text: longText.slice(0, 120),
    cipher: longCipher.slice(0, 120),
    tag: '76fc6ece0f4e1768cddf8853bb2d551b',
  },
  {
    key: 'b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4',
    nonce: '516c33929df5a3284ff463d7',
    aad: '',
    text: '',
    cipher: '',
    tag: 'bdc1ac884d332457a1d2664f168c76f0',
  },
];

const hkdfVectors = [
  {
    secret: Buffer.alloc(22, 0x0b),
    salt: range(0x00, 0x0c),
    info: range(0xf0, 0xf9),
    made: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    secret: range(0x00, 0x4f),
    salt: range(0x60, 0xaf),
    info: range(0xb0, 0xff),
    made: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    secret: Buffer.alloc(22, 0x0b),
    salt: Buffer.alloc(0),
    info: Buffer.alloc(0),
    made: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
];

describe('the cryptography of the vault', () => {
  for (const [at, { key, nonce, aad, text, cipher, tag }] of gcmVectors.entries()) {
    it(`gives NIST’s answer ${at + 1} for AES-256-GCM, and takes it back`, () => {
      const made = encrypt(hex(key), hex(nonce), hex(aad), hex(text));
      assert.equal(made.ciphertext.toString('hex'), cipher);
      assert.equal(made.tag.toString('hex'), tag);
      assert.equal(decrypt(hex(key), hex(nonce), hex(aad), made)?.toString('hex'), text);
    });
  }

  for (const [at, { secret, salt, info, made }] of hkdfVectors.entries()) {
    it(`gives the answer ${at + 1} of RFC 5869 for HKDF-SHA-256`, () => {
      assert.equal(hkdf(secret, salt, info, made.length / 2).toString('hex'), made);
    });
  }

  for (const [how, derive] of [
    ['as Node computes it', argon2id],
    ['in slices', argon2idInSlices],
  ] as const) {
    it(`gives the answer of RFC 9106 for Argon2id ${how}`, async () => {
      const made = await derive(
        Buffer.alloc(32, 1),
        Buffer.alloc(16, 2),
        { memoryKiB: 32, iterations: 3, parallelism: 4 },
        { key: Buffer.alloc(8, 3), associatedData: Buffer.alloc(12, 4) },
      );
      assert.equal(made.toString('hex'), '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659');
    });
  }

  it('stretches passphrases with 64 MiB and three passes at least, and a salt of their own', () => {
    const [one, other] = [newDerivation(), newDerivation()];
    assert.ok(one.memoryKiB >= 65_536 && one.iterations >= 3);
    assert.equal(Buffer.from(one.salt, 'base64').length, 16);
    assert.notEqual(one.salt, other.salt);
  });
});

describe('a sealed record', () => {
  const key = randomBytes(32);
  const context: SecretContext = { secretId: 'secret-1', version: 3, owner: 'github' };
  const at = '2026-01-02T03:04:05.000Z';
  const make = (value: string, where = context) => seal(key, 'key-1', where, Buffer.from(value), at);
  const flip = (bytes: Buffer, index = 0): Buffer => {
    const copy = Buffer.from(bytes);
    copy[index] = (copy[index] ?? 0) ^ 1;
    return copy;
  };

  it('gives back what was put in, whatever that is', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 4_096 }),
        fc.string(),
        fc.nat(),
        fc.option(fc.string()),
        (value, secretId, version, owner) => {
          const where = { secretId, version, owner };
          const record = seal(key, 'key-1', where, value, at);
          assert.deepEqual(unseal(key, where, record), Buffer.from(value));
          assert.equal(record.nonce.length, 12);
          assert.equal(record.tag.length, 16);
          assert.equal(record.ciphertext.length, value.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  const record = make('a value that nobody may change');
  const changes: [what: string, changed: SealedRecord][] = [
    ['algorithm', { ...record, algorithm: 'aes-256-cbc' }],
    ['key id', { ...record, keyId: 'key-2' }],
    ['nonce', { ...record, nonce: flip(record.nonce) }],
    ['nonce’s length', { ...record, nonce: record.nonce.subarray(0, 8) }],
    ['tag', { ...record, tag: flip(record.tag, 15) }],
    ['tag’s length', { ...record, tag: record.tag.subarray(0, 4) }],
    ['ciphertext', { ...record, ciphertext: flip(record.ciphertext, 7) }],
    ['ciphertext’s length', { ...record, ciphertext: record.ciphertext.subarray(1) }],
    ['time', { ...record, createdAt: '2026-01-02T03:04:06.000Z' }],
  ];
  for (const [what, changed] of changes) {
    it(`is refused when its ${what} was changed`, () => {
      assert.throws(() => unseal(key, context, changed), hasCode('SECRET_006'));
    });
  }

  it('opens in its own context only', () => {
    const others: SecretContext[] = [
      { ...context, secretId: 'secret-2' },
      { ...context, version: 2 },
      { ...context, owner: 'gitlab' },
      { ...context, owner: null },
    ];
    for (const other of others) assert.throws(() => unseal(key, other, record), hasCode('SECRET_006'));
    assert.throws(() => unseal(randomBytes(32), context, record), hasCode('SECRET_006'));
    assert.equal(unseal(key, context, record).toString(), 'a value that nobody may change');
  });

  it('has a context that cannot be read in two ways', () => {
    const tricky = make('x', { secretId: 'a","b', version: 1, owner: null });
    assert.throws(() => unseal(key, { secretId: 'a', version: 1, owner: 'b' }, tricky), hasCode('SECRET_006'));
  });

  it('does not open with the ciphertext of another one', () => {
    const other = make('another value of the same length', { ...context, secretId: 'secret-2' });
    const { ciphertext, tag, nonce } = other;
    assert.throws(() => unseal(key, context, { ...record, ciphertext }), hasCode('SECRET_006'));
    assert.throws(() => unseal(key, context, { ...record, ciphertext, tag, nonce }), hasCode('SECRET_006'));
  });

  it('says nothing of the value when it is refused', () => {
    const canary = 'canary-0123456789';
    const changed = { ...make(canary), tag: randomBytes(16) };
    assert.throws(
      () => unseal(key, context, changed),
      (error: unknown) =>
        isProblemError(error) && !JSON.stringify([error, error.stack, error.problem]).includes(canary),
    );
  });

  it('has a nonce of its own in each of 100,000 writes', function () {
    this.timeout(60_000);
    const seen = new Set<string>();
    const value = Buffer.from('x');
    for (let write = 0; write < 100_000; write++) {
      seen.add(seal(key, 'key-1', context, value, at).nonce.toString('latin1'));
    }
    assert.equal(seen.size, 100_000);
  });
});

describe('a bundle of secrets', () => {
  const passphrase = 'correct horse battery staple';
  const secrets = [
    { name: 'github.token', serverId: 'github', value: 'canary-value-in-a-bundle' },
    { name: 'shared.name', serverId: null, value: null },
  ];

  it('opens with its passphrase alone, and only as it was made', async function () {
    this.timeout(120_000);
    const bundle = await sealBundle(secrets, passphrase, '2026-01-02T03:04:05.000Z');
    assert.doesNotMatch(JSON.stringify(bundle), /canary|github/);
    assert.deepEqual(await openBundle(bundle, passphrase), secrets);
    const wrong = [
      openBundle(bundle, `${passphrase}.`),
      openBundle({ ...bundle, createdAt: '2026-01-02T03:04:06.000Z' }, passphrase),
      openBundle({ ...bundle, tag: Buffer.alloc(16).toString('base64') }, passphrase),
    ];
    for (const attempt of wrong) await assert.rejects(attempt, hasCode('SECRET_012'));
  });

  it('takes no passphrase that is guessed at once', async () => {
    for (const weak of ['short', 'aaaaaaaaaaaaaaaaaaaa', 'abababababababab'])
      await assert.rejects(sealBundle(secrets, weak, '2026-01-02T03:04:05.000Z'), hasCode('SECRET_005'));
  });
});
