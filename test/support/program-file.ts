import { symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const runner = fileURLToPath(new URL('./run-command.sh', import.meta.url));

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Makes a program that runs the words, and what it is given after them. A link to a program that is there already: one that has
 * just been written cannot be run while another child of ours, begun meanwhile, still holds its file (ETXTBSY).
 */
export async function makeProgram(file: string, words: readonly string[]): Promise<void> {
  await writeFile(`${file}.command`, `exec ${words.map(quote).join(' ')} "$@"\n`);
  await symlink(runner, file);
}
