// What a QR code holds, before it is drawn: mode, length, bytes and fill, with Reed-Solomon correction at level M.

/** Level M by version, from version 1 on: error correction codewords of a block, and how many blocks there are. */
const correctionPerBlock = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const blockCounts = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];
const mostVersion = correctionPerBlock.length;

export interface Codewords {
  /** The smallest that holds the bytes, from 1 to 15. */
  version: number;
  codewords: readonly number[];
}

/** Errors: RangeError for more than 412 bytes. */
export function toCodewords(bytes: Uint8Array): Codewords {
  const version = findVersion(bytes.length);
  return { version, codewords: addCorrection(toDataCodewords(bytes, version), version) };
}

const lengthBits = (version: number): number => (version < 10 ? 8 : 16);
export const at = (list: readonly number[], index: number): number => list[index] ?? 0;

function findVersion(bytes: number): number {
  for (let version = 1; version <= mostVersion; version++) {
    if (4 + lengthBits(version) + 8 * bytes <= 8 * dataCodewords(version)) return version;
  }
  throw new RangeError(`A QR code of level M and version ${mostVersion} does not hold ${bytes} bytes.`);
}

/** Codewords of data and correction together: what is left of the square after its patterns. */
function allCodewords(version: number): number {
  const bits = (16 * version + 128) * version + 64;
  if (version < 2) return bits >> 3;
  const count = Math.floor(version / 7) + 2;
  const patterns = (25 * count - 10) * count - 55;
  return (bits - patterns - (version >= 7 ? 36 : 0)) >> 3;
}

const dataCodewords = (version: number): number =>
  allCodewords(version) - at(correctionPerBlock, version - 1) * at(blockCounts, version - 1);

/** Mode (bytes), length, the bytes, an end, and the fill that the standard names. */
function toDataCodewords(bytes: Uint8Array, version: number): number[] {
  const capacity = 8 * dataCodewords(version);
  const bits: number[] = [];
  const push = (value: number, length: number) => {
    for (let bit = length - 1; bit >= 0; bit--) bits.push((value >> bit) & 1);
  };
  push(0b0100, 4);
  push(bytes.length, lengthBits(version));
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, capacity - bits.length));
  push(0, (8 - (bits.length % 8)) % 8);
  for (let fill = 0xec; bits.length < capacity; fill ^= 0xec ^ 0x11) push(fill, 8);
  return Array.from({ length: bits.length / 8 }, (_, index) =>
    bits.slice(index * 8, index * 8 + 8).reduce((value, bit) => (value << 1) | bit, 0),
  );
}

/** Cut into blocks, each with its Reed-Solomon remainder, and interleaved. The later blocks may be one longer. */
function addCorrection(data: readonly number[], version: number): number[] {
  const blocks = at(blockCounts, version - 1);
  const correction = at(correctionPerBlock, version - 1);
  const divisor = generatorOf(correction);
  const short = Math.floor(data.length / blocks);
  const longer = data.length % blocks;
  let start = 0;
  const parts = Array.from({ length: blocks }, (_, index) => {
    const part = data.slice(start, start + short + (index < blocks - longer ? 0 : 1));
    start += part.length;
    return { part, rest: remainderOf(part, divisor) };
  });
  const columns = (lists: readonly (readonly number[])[], length: number) =>
    Array.from({ length }, (_, column) => lists.flatMap(list => list[column] ?? [])).flat();
  return [
    ...columns(
      parts.map(({ part }) => part),
      short + 1,
    ),
    ...columns(
      parts.map(({ rest }) => rest),
      correction,
    ),
  ];
}

/** In GF(256) by x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((b >> bit) & 1) * a;
  }
  return product;
}

/** The product of (x - 2^i), without its first coefficient, which is 1. */
function generatorOf(degree: number): number[] {
  const result = [...Array<number>(degree - 1).fill(0), 1];
  let root = 1;
  for (let index = 0; index < degree; index++) {
    for (let place = 0; place < degree; place++) {
      result[place] = multiply(at(result, place), root) ^ at(result, place + 1);
    }
    root = multiply(root, 2);
  }
  return result;
}

function remainderOf(data: readonly number[], divisor: readonly number[]): number[] {
  const rest = Array<number>(divisor.length).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    divisor.forEach((coefficient, index) => {
      rest[index] = at(rest, index) ^ multiply(coefficient, factor);
    });
  }
  return rest;
}
