// What a daemon says on its standard output, once: that it can be reached, or why it cannot be. One line of JSON.
import * as z from 'zod';
import { Problem } from './problem.ts';

export const ReadyLine = z.discriminatedUnion('ready', [
  z.object({
    ready: z.literal(true),
    pid: z.int(),
    /** A path, or the name of a pipe. */
    socket: z.string(),
    /** null: it listens on its socket only. */
    url: z.string().nullable(),
    version: z.string(),
    warnings: z.array(Problem).default([]),
  }),
  z.object({ ready: z.literal(false), problem: Problem }),
]);
export type ReadyLine = z.infer<typeof ReadyLine>;
export type ReadyDaemon = Extract<ReadyLine, { ready: true }>;
