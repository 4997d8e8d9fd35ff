// The last gate before a program is started: only commands that we know, with flags that we know, and everything else a value.
import { looksLikeFlag } from '../../shared/domain/names.ts';

/** The beginning of a command line that may be run, and the flags that may follow it. */
export interface AllowedCommand {
  words: readonly string[];
  /** Whole arguments such as "--format"; one that ends in "=" is the beginning of an argument: "--gateway-arg=". */
  flags: readonly string[];
}

/** The longest single argument that Linux takes, less some room (MAX_ARG_STRLEN). */
const longestArgument = 120_000;

/** Why a command line may not be run, as the end of a sentence; undefined if it may. */
export function findRefusal(args: readonly string[], allowed: readonly AllowedCommand[]): string | undefined {
  const fits = ({ words }: AllowedCommand) => words.every((word, index) => args[index] === word);
  // The longest: "mcp profile" alone says less than "mcp profile list".
  const command = allowed.filter(fits).toSorted((a, b) => b.words.length - a.words.length)[0];
  if (!command) return `"${shown(args.slice(0, 3).join(' '))}" is not on the list of commands`;
  for (const value of args) {
    if (value.includes('\0')) return 'an argument has a null character in it';
    if (value.length > longestArgument) return `an argument is longer than ${longestArgument} characters`;
    if (looksLikeFlag(value) && !isFlagOf(command, value))
      return 'a value starts with a hyphen and could be read as a flag';
  }
  return undefined;
}

const isFlagOf = ({ flags }: AllowedCommand, value: string): boolean =>
  flags.some(flag => (flag.endsWith('=') ? value.startsWith(flag) : value === flag));

const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
