import { readPieces } from '../../shared/api/pages.ts';
import type { CommandContext } from './command-context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Prints an export piece by piece, so that a long one is never in memory as a whole. */
export async function printPieces(
  { output }: CommandContext,
  read: Parameters<typeof readPieces>[0],
): Promise<ExitCode> {
  for await (const text of readPieces(read)) output.text(text.trimEnd());
  return exitCodes.ok;
}
