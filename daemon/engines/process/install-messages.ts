// What the daemon and its installer process say to each other.
import * as z from 'zod';
import { problemCodes } from '../../../shared/api/problem.ts';

/** From the daemon, once. */
export const InstallOrder = z.object({
  /** An empty folder; the process may write there and into npm's cache. */
  folder: z.string(),
  /** Where to keep downloads if npm's own cache cannot be written. */
  spareCache: z.string(),
  package: z.string(),
  version: z.string(),
  integrity: z.string().optional(),
  allowScripts: z.boolean(),
  /** Variables that install scripts may see. */
  scriptEnvironment: z.record(z.string(), z.string()),
});
export type InstallOrder = z.infer<typeof InstallOrder>;

/** From the installer: any number of `progress`, then one of the others. */
export const InstallReport = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), step: z.string(), progress: z.number().nullable() }),
  z.object({
    kind: z.literal('done'),
    package: z.string(),
    version: z.string(),
    integrity: z.string(),
    file: z.string(),
    runsOnNode: z.boolean(),
    title: z.string(),
    description: z.string(),
    /** Packages whose install scripts were not run. */
    withoutScripts: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('failed'),
    code: z.enum(problemCodes),
    detail: z.string(),
    next: z.string().optional(),
  }),
]);
export type InstallReport = z.infer<typeof InstallReport>;
