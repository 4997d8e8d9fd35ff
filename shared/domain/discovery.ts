import * as z from 'zod';

/**
 * The discovery file (mode 0600): how windows and commands find the daemon of this user and machine.
 * It is written when the daemon answers and removed when it ends; after a crash it may be stale, so its pid and
 * socket are checked before use.
 */
export const Discovery = z.object({
  version: z.string(),
  apiVersion: z.int(),
  pid: z.int(),
  socket: z.string().describe('Path of the Unix socket, or name of the pipe'),
  url: z.url().nullable(),
  token: z.string(),
  persistent: z.boolean(),
  startedAt: z.iso.datetime(),
});
export type Discovery = z.infer<typeof Discovery>;

export interface DiscoveryPlace {
  platform: string;
  /** The user's home folder. */
  home: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/** The folder of everything that Quayside keeps: QUAYSIDE_HOME, or the platform's own place. */
export function stateFolder({ platform, home, environment }: DiscoveryPlace): string {
  const set = environment['QUAYSIDE_HOME'];
  if (set) return set;
  if (platform === 'win32') return `${environment['LOCALAPPDATA'] ?? `${home}\\AppData\\Local`}\\Quayside`;
  if (platform === 'darwin') return `${home}/Library/Application Support/Quayside`;
  return `${environment['XDG_STATE_HOME'] || `${home}/.local/state`}/quayside`;
}

/** The discovery file's path in the state folder. */
export const discoveryFile = (place: DiscoveryPlace): string =>
  `${stateFolder(place)}${place.platform === 'win32' ? '\\' : '/'}daemon.json`;
