// QR codes (ISO/IEC 18004) of bytes at level M, versions 1 to 15: what an authenticator reads from the screen. Nothing leaves the page for it.

import { at, toCodewords } from './qr-codewords.ts';

/** Level M in the format's bits. */
const levelBits = 0;

/** True is dark. Rows from the top. */
export type Modules = readonly (readonly boolean[])[];

/**
 * The smallest code that holds the text as UTF-8. `mask` from 0 to 7; by default the one that scanners read best.
 * Errors: RangeError for a text of more than 412 bytes.
 */
export function encodeQrCode(text: string, mask?: number): Modules {
  const { version, codewords } = toCodewords(new TextEncoder().encode(text));
  const { modules, isFunction } = drawFunctions(version);
  placeCodewords(modules, isFunction, codewords);
  const masked = (which: number) => applyMask(modules, isFunction, which);
  if (mask !== undefined) return masked(mask);
  const all = [0, 1, 2, 3, 4, 5, 6, 7].map(masked);
  return all.reduce((best, next) => (penaltyOf(next) < penaltyOf(best) ? next : best));
}

const sizeOf = (version: number): number => 17 + 4 * version;

type Grid = boolean[][];

const emptyGrid = (size: number): Grid => Array.from({ length: size }, () => Array<boolean>(size).fill(false));
const isDark = (grid: Modules, x: number, y: number): boolean => grid[y]?.[x] === true;
function set(grid: Grid, x: number, y: number, dark: boolean): void {
  const row = grid[y];
  if (row && x >= 0 && x < row.length) row[x] = dark;
}

/** What is the same in every code of a version, and where it is. The format's place is kept free for the mask. */
function drawFunctions(version: number): { modules: Grid; isFunction: Grid } {
  const size = sizeOf(version);
  const modules = emptyGrid(size);
  const isFunction = emptyGrid(size);
  const put = (x: number, y: number, dark: boolean) => {
    set(modules, x, y, dark);
    set(isFunction, x, y, true);
  };
  for (let place = 0; place < size; place++) {
    put(6, place, place % 2 === 0);
    put(place, 6, place % 2 === 0);
  }
  const square = (x: number, y: number, radius: number, light: readonly number[]) => {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        put(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  };
  const places = alignmentPlaces(version);
  const last = places.length - 1;
  places.forEach((y, row) => {
    places.forEach((x, column) => {
      const isCorner = (row === 0 && (column === 0 || column === last)) || (row === last && column === 0);
      if (!isCorner) square(x, y, 2, [1]);
    });
  });
  for (const [x, y] of [
    [3, 3],
    [size - 4, 3],
    [3, size - 4],
  ] as const) {
    square(x, y, 4, [2, 4]);
  }
  for (const { x, y } of formatPlaces(size).flat()) put(x, y, false);
  put(8, size - 8, true);
  if (version >= 7) drawVersion(put, version, size);
  return { modules, isFunction };
}

function alignmentPlaces(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((4 * version + 4) / (2 * count - 2)) * 2;
  const rest = Array.from({ length: count - 1 }, (_, index) => sizeOf(version) - 7 - index * step);
  return [6, ...rest.reverse()];
}

function drawVersion(put: (x: number, y: number, dark: boolean) => void, version: number, size: number): void {
  let rest = version;
  for (let step = 0; step < 12; step++) rest = (rest << 1) ^ ((rest >> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let index = 0; index < 18; index++) {
    const dark = ((bits >> index) & 1) === 1;
    const [far, near] = [size - 11 + (index % 3), Math.floor(index / 3)];
    put(far, near, dark);
    put(near, far, dark);
  }
}

interface Place {
  x: number;
  y: number;
}

/** Both copies of the 15 bits of the format, from the lowest bit on. */
function formatPlaces(size: number): [Place[], Place[]] {
  const around = [0, 1, 2, 3, 4, 5, 7, 8].map(y => ({ x: 8, y }));
  const along = [7, 5, 4, 3, 2, 1, 0].map(x => ({ x, y: 8 }));
  const right = Array.from({ length: 8 }, (_, index) => ({ x: size - 1 - index, y: 8 }));
  const below = Array.from({ length: 7 }, (_, index) => ({ x: 8, y: size - 7 + index }));
  return [
    [...around, ...along],
    [...right, ...below],
  ];
}

/** In pairs of columns from the right, upwards and downwards in turn, leaving out the upright timing pattern. */
function placeCodewords(modules: Grid, isFunction: Grid, codewords: readonly number[]): void {
  const size = modules.length;
  let bit = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upwards = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step++) {
      const y = upwards ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (isDark(isFunction, x, y)) continue;
        set(modules, x, y, ((at(codewords, bit >> 3) >> (7 - (bit & 7))) & 1) === 1);
        bit++;
      }
    }
  }
}

const masks: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  x => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function applyMask(modules: Grid, isFunction: Grid, mask: number): Grid {
  const flips = masks[mask] ?? (() => false);
  const result = modules.map((row, y) => row.map((dark, x) => dark !== (!isDark(isFunction, x, y) && flips(x, y))));
  const data = (levelBits << 3) | mask;
  let rest = data;
  for (let step = 0; step < 10; step++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
  const bits = ((data << 10) | rest) ^ 0x5412;
  for (const places of formatPlaces(modules.length)) {
    places.forEach(({ x, y }, index) => {
      set(result, x, y, ((bits >> index) & 1) === 1);
    });
  }
  return result;
}

const likeFinder = [
  [true, false, true, true, true, false, true, false, false, false, false],
  [false, false, false, false, true, false, true, true, true, false, true],
] as const;

/** The less, the better it is read: runs, blocks, what looks like a corner, and more of one colour than of the other. */
function penaltyOf(modules: Modules): number {
  const size = modules.length;
  const columns = modules.map((_, x) => modules.map((_row, y) => isDark(modules, x, y)));
  let penalty = 0;
  for (const line of [...modules, ...columns]) penalty += penaltyOfLine(line);
  for (let y = 0; y + 1 < size; y++) {
    for (let x = 0; x + 1 < size; x++) {
      const dark = isDark(modules, x, y);
      const same = [isDark(modules, x + 1, y), isDark(modules, x, y + 1), isDark(modules, x + 1, y + 1)];
      if (same.every(each => each === dark)) penalty += 3;
    }
  }
  const share = modules.flat().filter(Boolean).length / (size * size);
  return penalty + 10 * Math.floor(Math.abs(share * 20 - 10));
}

function penaltyOfLine(line: readonly boolean[]): number {
  let penalty = 0;
  let run = 0;
  line.forEach((dark, index) => {
    run = index > 0 && dark === line[index - 1] ? run + 1 : 1;
    if (run === 5) penalty += 3;
    else if (run > 5) penalty += 1;
    if (likeFinder.some(pattern => pattern.every((each, place) => line[index + place] === each))) penalty += 40;
  });
  return penalty;
}
