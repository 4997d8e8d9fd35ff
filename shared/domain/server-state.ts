import * as z from 'zod';

/**
 * What a server is doing now.
 * `restarting`: it ended without being asked and waits for its next try. `crash-looping`: it ended too often and
 * waits for a person. `failed`: it could not be started.
 */
export const ServerState = z
  .enum(['stopped', 'starting', 'running', 'stopping', 'restarting', 'crash-looping', 'failed'])
  .meta({ id: 'ServerState' });
export type ServerState = z.infer<typeof ServerState>;

const words: Record<ServerState, string> = {
  stopped: 'Stopped',
  starting: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  restarting: 'Restarting',
  'crash-looping': 'Crash loop',
  failed: 'Failed',
};

/** The state as a person reads it. */
export const describeServerState = (state: ServerState): string => words[state];

/** True if "start" is the sensible next act. */
export const canStart = (state: ServerState): boolean =>
  state === 'stopped' || state === 'failed' || state === 'crash-looping';

/** True if "stop" is the sensible next act. */
export const canStop = (state: ServerState): boolean =>
  state === 'running' || state === 'starting' || state === 'restarting';
