// One recorded run of docker mcp, as it stands in its file.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const folder = join(import.meta.dirname, '..', '..', '..', '..', '..', 'shared', 'docker-mcp', 'transcripts');

const Recording = z.looseObject({
  argv: z.array(z.string()),
  stdout: z.string().default(''),
  stderr: z.string().default(''),
  exitCode: z.number().nullable(),
  filesAfter: z.record(z.string(), z.string()).optional(),
});
export type Recording = z.infer<typeof Recording>;

export const readRecording = async (dialect: 'current' | 'legacy', name: string): Promise<Recording> =>
  Recording.parse(JSON.parse(await readFile(join(folder, dialect, `${name}.json`), 'utf8')));
