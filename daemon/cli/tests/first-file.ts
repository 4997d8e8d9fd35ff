// Writes a first test file of a server, with the schema beside it.
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Tool } from '../../../shared/api/tools.ts';
import { testFileEnding, testFileSchema } from '../../../shared/domain/mcptest.ts';
import { starterFile, starterSkipOf } from '../../../shared/domain/mcptest-starter.ts';
import type { CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';

/** The schema lies beside the file, so that any editor finds it. */
const startOfFile = '# yaml-language-server: $schema=./mcptest.schema.json\n# Run it: quayside test\n';

export async function initFile(
  context: CommandContext,
  server: string,
  options: { file?: string },
): Promise<CommandResult> {
  const path = resolve(options.file ?? `${server}${testFileEnding}`);
  if (!path.endsWith(testFileEnding)) throw new UsageError(`The name of a test file ends with ${testFileEnding}.`);
  const api = await context.connect();
  const { signal } = context;
  const { items } = await listAll<Tool>(query => api.listServerTools({ params: { id: server }, query }, { signal }));
  await writeNew(path, `${startOfFile}${starterFile(server, items)}`);
  await writeNew(join(dirname(path), 'mcptest.schema.json'), `${JSON.stringify(testFileSchema(), null, 2)}\n`).catch(
    () => {},
  );
  const skips = items.map(starterSkipOf);
  const [changes, guessed] = (['changes', 'guessed'] as const).map(kind => skips.filter(each => each === kind).length);
  const [isOrAre, skipped] = [(n: number) => (n === 1 ? 'is' : 'are'), (changes ?? 0) + (guessed ?? 0)];
  const notes = [
    `Wrote ${safeLine(basename(path))} with ${count(items.length, 'test')}.`,
    ...(changes
      ? [
          `${count(changes, 'test')} of tools that may change something ${isOrAre(changes)} left out until you have looked.`,
        ]
      : []),
    ...(guessed
      ? [`${count(guessed, 'test')} ${isOrAre(guessed)} left out until you have filled in the arguments.`]
      : []),
    `Run it: quayside test ${safeLine(basename(path))} --start`,
  ];
  return { document: { file: path, tests: items.length, skipped }, text: notes.join(' ') };
}

/** Errors: UsageError if it is there. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw new UsageError(isThere ? `${basename(path)} is there already.` : `${basename(path)} cannot be written here.`);
  }
}
