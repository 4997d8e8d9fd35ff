// Makes one picture of a pull out of what the engine tells line by line.
import * as z from 'zod';
import type { Transfer } from '../../../../shared/api/operations.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { PullProgress } from './container-control.ts';

type LayerState = Transfer['layers'][number]['state'];

interface Layer {
  state: LayerState;
  bytes: number;
  /** Where a layer that was cut goes on: the engine counts what is left then, and calls it the total. */
  from: number;
  totalBytes: number | null;
  /** It was here already: it took no transfer and counts for none. */
  cached: boolean;
}

/** No layer is larger than eight terabytes: sums stay exact. */
const bytes = z.number().nonnegative().max(8e12).optional().catch(undefined);

const Message = z.looseObject({
  id: z.string().max(200).optional(),
  status: z.string().optional(),
  progressDetail: z.looseObject({ current: bytes, total: bytes }).nullish().catch(undefined),
  error: z.string().optional(),
  errorDetail: z.looseObject({ message: z.string().optional() }).optional(),
});

const states: Readonly<Record<string, LayerState>> = {
  'Pulling fs layer': 'waiting',
  Waiting: 'waiting',
  Downloading: 'downloading',
  'Verifying Checksum': 'downloading',
  'Download complete': 'extracting',
  Extracting: 'extracting',
  'Pull complete': 'done',
  'Already exists': 'done',
};

export interface PullReader {
  /** Takes one object of the engine's answer; true if the picture is another one. */
  take(value: unknown): boolean;
  progress(): PullProgress;
  /** What the engine said when it gave up. */
  readonly error: string | undefined;
  /** sha256:… as the registry calls what was pulled. */
  readonly digest: string | undefined;
}

/** Layers with no size yet count as much as an average one. Downloading is four fifths of the way, extracting the rest. */
const downloadShare = 0.8;
const mostLayers = 500;

export function createPullReader(clock: Clock): PullReader {
  const layers = new Map<string, Layer>();
  const speed = createSpeedometer(clock);
  let error: string | undefined;
  let digest: string | undefined;
  let furthest: number | null = null;
  let retrying: string | undefined;

  const update = (id: string, status: string, current: number | undefined, total: number | undefined): boolean => {
    retrying = /^Retrying in \d+ second/.test(status) ? status : undefined;
    const state = states[status] ?? (retrying ? 'waiting' : undefined);
    if (!state || (!layers.has(id) && layers.size >= mostLayers)) return retrying !== undefined;
    const layer = layers.get(id) ?? { state, bytes: 0, from: 0, totalBytes: null, cached: false };
    layers.set(id, layer);
    layer.state = state;
    layer.cached ||= status === 'Already exists';
    if (status === 'Downloading') {
      const whole = layer.totalBytes ?? 0;
      if (total && total > 0) {
        layer.from = total < whole ? whole - total : 0;
        layer.totalBytes = Math.round(Math.max(whole, total));
      }
      const bytes = Math.round(layer.from + (current ?? 0));
      speed.add(Math.max(0, bytes - layer.bytes));
      layer.bytes = bytes;
    } else if ((state === 'extracting' || state === 'done') && layer.totalBytes !== null) {
      speed.add(Math.max(0, layer.totalBytes - layer.bytes));
      layer.bytes = layer.totalBytes;
    }
    return true;
  };

  return {
    get error() {
      return error;
    },
    get digest() {
      return digest;
    },
    take(value) {
      const { success, data } = Message.safeParse(value);
      if (!success) return false;
      if (data.error !== undefined || data.errorDetail) error = data.errorDetail?.message ?? data.error ?? '';
      const found = /^Digest: (sha256:[a-f0-9]{64})$/.exec(data.status ?? '')?.[1];
      if (found) digest = found;
      if (data.id === undefined || data.status === undefined) return false;
      return update(data.id, data.status, data.progressDetail?.current, data.progressDetail?.total);
    },
    progress() {
      const now = measure([...layers.values()]);
      if (now !== null) furthest = Math.max(furthest ?? 0, now);
      return {
        step: retrying ?? describe([...layers.values()]),
        progress: furthest,
        transfer: toTransfer(layers, speed.perSecond()),
      };
    },
  };
}

function measure(layers: Layer[]): number | null {
  const moving = layers.filter(({ cached }) => !cached);
  if (layers.length === 0) return null;
  if (moving.length === 0) return 1;
  const sized = moving.filter(({ totalBytes }) => totalBytes !== null);
  if (sized.length === 0) return moving.every(({ state }) => state === 'done') ? 1 : null;
  const average = sized.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0) / sized.length;
  const weights = moving.map(layer => ({ layer, weight: layer.totalBytes ?? average }));
  const all = weights.reduce((sum, { weight }) => sum + weight, 0);
  const gone = weights.reduce((sum, { layer, weight }) => sum + weight * partOf(layer), 0);
  return all === 0 ? null : Math.min(1, gone / all);
}

const partOf = ({ state, bytes, totalBytes }: Layer): number => {
  if (state === 'done') return 1;
  if (state === 'extracting') return downloadShare;
  return totalBytes ? Math.min(1, bytes / totalBytes) * downloadShare : 0;
};

function describe(layers: Layer[]): string {
  if (layers.length === 0) return 'Asking the registry';
  const count = (state: LayerState) => layers.filter(layer => layer.state === state).length;
  const done = `${count('done')} of ${layers.length} layers are done`;
  if (count('downloading') > 0 || count('waiting') > 0) return `Downloading: ${done}`;
  return count('extracting') > 0 ? `Unpacking: ${done}` : 'Finishing';
}

function toTransfer(layers: ReadonlyMap<string, Layer>, bytesPerSecond: number): Transfer {
  const moving = [...layers.values()].filter(({ cached }) => !cached);
  const isSized = moving.every(({ totalBytes, state }) => totalBytes !== null || state === 'done');
  return {
    bytes: moving.reduce((sum, { bytes }) => sum + bytes, 0),
    totalBytes: isSized && layers.size > 0 ? moving.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0) : null,
    bytesPerSecond,
    layers: [...layers].map(([id, { state, bytes, totalBytes }]) => ({ id, state, bytes, totalBytes })),
  };
}

/** Bytes in a second, over the last five. */
function createSpeedometer(clock: Clock) {
  const windowMs = 5_000;
  let marks: { at: number; bytes: number }[] = [];
  const startedAt = clock.now();
  const trim = (now: number) => {
    marks = marks.filter(({ at }) => now - at <= windowMs);
  };
  return {
    add(bytes: number) {
      const now = clock.now();
      trim(now);
      const last = marks.at(-1);
      // The engine tells ten times a second of each layer: marks of the same moment are one.
      if (last && now - last.at < 100) last.bytes += bytes;
      else marks.push({ at: now, bytes });
    },
    perSecond(): number {
      const now = clock.now();
      trim(now);
      const seconds = Math.max(0.5, Math.min(windowMs, now - startedAt) / 1_000);
      return Math.round(marks.reduce((sum, { bytes }) => sum + bytes, 0) / seconds);
    },
  };
}
