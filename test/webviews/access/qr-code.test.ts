// Compared with codes that another program (qrencode 4.1.1, level M, bytes) has made of the same texts.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { encodeQrCode, type Modules } from '../../../webviews/access/qr-code.ts';

const known: [bytes: number, version: number, mask: number, sha256: string][] = [
  [1, 1, 0, 'ebf9b577ce9e2f30097d183c0a9683bd'],
  [15, 2, 0, '80fbdcb619d20bce57423b14367d9510'],
  [62, 4, 0, '54b84c78921cb44af1663ebe1bfbf798'],
  [106, 6, 1, '29b71e14149aade56ccc21814fd273cb'],
  [122, 7, 0, '3bbddc177f2365fa896557717ae34c9d'],
  [180, 9, 3, '25ae53c3e0b9843afdbc7524086c174b'],
  [251, 11, 4, '098129435db6d845e26ad2e7b1b0b4ba'],
  [412, 15, 4, 'f80b76a6f02b909b8015d6708507f408'],
];

const textOf = (bytes: number): string => 'otpauth://totp/Quayside:ada?secret='.repeat(12).slice(0, bytes);
const rows = (modules: Modules): string[] => modules.map(row => row.map(dark => (dark ? '1' : '0')).join(''));
const hash = (modules: Modules): string => createHash('sha256').update(rows(modules).join('\n')).digest('hex');

/** The two copies of the format, as the standard places them. */
function formats(modules: Modules): [string, string] {
  const dark = (x: number, y: number) => (modules[y]?.[x] ? '1' : '0');
  const size = modules.length;
  const first =
    [0, 1, 2, 3, 4, 5, 7, 8].map(y => dark(8, y)).join('') + [7, 5, 4, 3, 2, 1, 0].map(x => dark(x, 8)).join('');
  const right = Array.from({ length: 8 }, (_, index) => dark(size - 1 - index, 8)).join('');
  const below = Array.from({ length: 7 }, (_, index) => dark(8, size - 7 + index)).join('');
  return [first, right + below];
}

describe('a QR code', () => {
  for (const [bytes, version, mask, sha256] of known) {
    it(`of ${bytes} bytes is that of another program (version ${version}, mask ${mask})`, () => {
      const modules = encodeQrCode(textOf(bytes), mask);
      assert.equal(modules.length, 17 + 4 * version);
      assert.equal(hash(modules).slice(0, 32), sha256);
    });
  }

  it('is drawn with one of the eight masks when none is asked for, and says twice which', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80, unit: 'grapheme' }), text => {
        const modules = encodeQrCode(text);
        const all = [0, 1, 2, 3, 4, 5, 6, 7].map(mask => hash(encodeQrCode(text, mask)));
        assert.equal(new Set(all).size, 8);
        assert.ok(all.includes(hash(modules)));
        assert.equal(...formats(modules));
      }),
      { numRuns: 20 },
    );
  });

  it('holds no more than fits, and says so', () => {
    assert.equal(encodeQrCode('x'.repeat(412)).length, 77);
    assert.throws(() => encodeQrCode('x'.repeat(413)), /does not hold 413 bytes/);
    assert.throws(() => encodeQrCode('€'.repeat(138)), RangeError);
  });
});
