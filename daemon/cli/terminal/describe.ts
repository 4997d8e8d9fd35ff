// Sizes, times and sources as a person reads them.
import type { ServerSource } from '../../../shared/api/servers.ts';
import type { ServerState } from '../../../shared/domain/server-state.ts';
import type { Colour } from './style.ts';

export const describeSource = (source: ServerSource): string => {
  if (source.type === 'npm') return `${source.package}@${source.version}`;
  if (source.type === 'image') return source.image;
  return source.type === 'command' ? source.command : source.url;
};

export const describeDuration = (milliseconds: number): string => {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000
    ? `${(milliseconds / 1_000).toFixed(1)} s`
    : `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1_000)} s`;
};

export const describeBytes = (bytes: number): string => {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
};

const colours: Partial<Record<ServerState, Colour>> = {
  running: 'green',
  starting: 'cyan',
  stopping: 'cyan',
  restarting: 'yellow',
  'crash-looping': 'red',
  failed: 'red',
};
export const colourOfState = (state: ServerState): Colour | undefined => colours[state];

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;
