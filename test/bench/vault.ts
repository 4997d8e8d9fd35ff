// node test/bench/vault.ts: how fast the vault encrypts and decrypts 1 KiB beside bare node:crypto, as JSON on the output.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { newDerivation, stretchPassphrase } from '../../daemon/features/secrets/key-derivation.ts';
import { seal, unseal } from '../../daemon/features/secrets/sealed-record.ts';
import { summarise } from './statistics.ts';

const key = randomBytes(32);
const value = randomBytes(1_024);
const context = { secretId: '8f3ddc5e-2c2b-4d6e-9a59-0d1f6f1c3b7a', version: 7, owner: 'github' };
const at = '2026-01-02T03:04:05.000Z';
const associatedData = Buffer.from(JSON.stringify(Object.values(context)));

const bareEncrypt = () => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData);
  const ciphertext = cipher.update(value);
  cipher.final();
  return { nonce, ciphertext, tag: cipher.getAuthTag() };
};
const bareRecord = bareEncrypt();
const bareDecrypt = () => {
  const decipher = createDecipheriv('aes-256-gcm', key, bareRecord.nonce);
  decipher.setAAD(associatedData);
  decipher.setAuthTag(bareRecord.tag);
  const plain = decipher.update(bareRecord.ciphertext);
  decipher.final();
  return plain;
};
const record = seal(key, 'key-1', context, value, at);

const acts = {
  bareEncrypt,
  vaultEncrypt: () => seal(key, 'key-1', context, value, at),
  bareDecrypt,
  vaultDecrypt: () => unseal(key, context, record),
};

const times = 250;
const rounds = 600;

/** Acts a second, one figure a round. The acts take turns within a round, so that a busy machine is busy for all of them. */
function measure(): Record<keyof typeof acts, number[]> {
  const rates: Record<keyof typeof acts, number[]> = {
    bareEncrypt: [],
    vaultEncrypt: [],
    bareDecrypt: [],
    vaultDecrypt: [],
  };
  for (let round = -50; round < rounds; round++) {
    for (const name of ['bareEncrypt', 'vaultEncrypt', 'bareDecrypt', 'vaultDecrypt'] as const) {
      const begin = performance.now();
      for (let turn = 0; turn < times; turn++) acts[name]();
      if (round >= 0) rates[name].push((times * 1_000) / (performance.now() - begin));
    }
  }
  return rates;
}

const rates = measure();
const share = (ours: readonly number[], bare: readonly number[]) =>
  summarise(ours.map((rate, round) => rate / (bare[round] ?? rate))).median;

const passphrases: number[] = [];
for (let run = 0; run < 3; run++) {
  const begin = performance.now();
  await stretchPassphrase('correct horse battery staple', newDerivation());
  passphrases.push(performance.now() - begin);
}

console.log(
  JSON.stringify(
    {
      node: process.version,
      bytes: value.length,
      perSecond: Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, summarise(values)])),
      shareOfBare: {
        target: 0.9,
        encrypt: share(rates.vaultEncrypt, rates.bareEncrypt),
        decrypt: share(rates.vaultDecrypt, rates.bareDecrypt),
      },
      passphraseMilliseconds: summarise(passphrases),
    },
    null,
    2,
  ),
);
