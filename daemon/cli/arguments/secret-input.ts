// Reads what must not be seen: from a terminal without echo, from standard input, or from a file. Never from the command line.
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { ReadStream } from 'node:tty';
import { limits } from '../../../shared/domain/limits.ts';
import type { CommandContext } from '../command-context.ts';
import { Interrupted, UsageError } from '../exit-codes.ts';

const isTerminal = (stdin: unknown): stdin is ReadStream => stdin instanceof ReadStream && stdin.isTTY;

/** A secret's value: the file's text, or what is typed, or all of standard input. One line end at the end is not part of it. */
export async function readValue(context: CommandContext, fromFile: string | undefined, what: string): Promise<string> {
  if (fromFile !== undefined) return withoutLineEnd(await readTextFile(fromFile));
  if (isTerminal(context.stdin)) return await promptHidden(context, context.stdin, `${what}: `);
  return withoutLineEnd(await readAll(context));
}

/** A passphrase or password; a new one is asked for twice on a terminal. Elsewhere it is the first line of standard input. */
export async function readPassphrase(context: CommandContext, isNew: boolean, what = 'Passphrase'): Promise<string> {
  if (!isTerminal(context.stdin)) return (await readAll(context)).split(/\r?\n/, 1)[0] ?? '';
  const passphrase = await promptHidden(context, context.stdin, `${what}: `);
  if (isNew && (await promptHidden(context, context.stdin, 'Once more: ')) !== passphrase)
    throw new UsageError(`The two ${what.toLowerCase()}s are not the same.`);
  return passphrase;
}

export interface HiddenLine {
  /** What is asked for: "Master password". */
  what: string;
  /** A file with it, if one was named. */
  file?: string | undefined;
}

/** Several of them: each from its file, else typed one by one, else the lines of standard input in this order. */
export async function readHiddenLines(context: CommandContext, wanted: readonly HiddenLine[]): Promise<string[]> {
  const { stdin } = context;
  const isPiped = !isTerminal(stdin) && wanted.some(({ file }) => file === undefined);
  const lines = isPiped ? (await readAll(context)).split(/\r?\n/) : [];
  const values: string[] = [];
  for (const { what, file } of wanted) {
    if (file !== undefined) values.push(withoutLineEnd(await readTextFile(file)));
    else if (isTerminal(stdin)) values.push(await promptHidden(context, stdin, `${what}: `));
    else values.push(lines.shift() ?? '');
    if (values.at(-1) === '') throw new UsageError(`${what}: it is empty.`);
  }
  return values;
}

/** Whether a person can be asked. */
export const isInteractive = ({ stdin }: CommandContext): boolean => isTerminal(stdin);

/** Asks on a terminal; elsewhere the answer must have been given by `--yes`. */
export async function confirm(context: CommandContext, question: string): Promise<boolean> {
  if (!isTerminal(context.stdin)) throw new UsageError('Nobody can be asked here. Look at the preview and add --yes.');
  const lines = createInterface({ input: context.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: context.signal })).trim());
  } finally {
    lines.close();
  }
}

/** A master key's file as the API takes it. Errors: UsageError. */
export async function readKeyFile(path: string): Promise<string> {
  const content = await readBytes(path);
  return content.length === 32 ? content.toString('base64') : content.toString('latin1').trim();
}

/** Errors: UsageError if it cannot be read or is larger than a request may be. */
export const readTextFile = async (path: string): Promise<string> => (await readBytes(path)).toString('utf8');

async function readBytes(path: string): Promise<Buffer> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    throw new UsageError(`The file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (content.length > limits.requestBody) throw new UsageError(`The file ${path} is larger than 1 MB.`);
  return content;
}

const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

async function readAll({ stdin }: CommandContext): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stdin) {
    const buffer = Buffer.from(piece);
    bytes += buffer.length;
    if (bytes > limits.requestBody) throw new UsageError('The input is larger than 1 MB.');
    pieces.push(buffer);
  }
  return Buffer.concat(pieces).toString('utf8');
}

const key = { interrupt: '\u0003', end: '\u0004', backspace: '\u007f', erase: '\b' };

/** Reads one line from the terminal, which shows nothing of it. Errors: Interrupted by Ctrl-C. */
async function promptHidden({ signal }: CommandContext, stdin: ReadStream, question: string): Promise<string> {
  const wasRaw = stdin.isRaw;
  stdin.setRawMode(true);
  // Only now: what is typed or pasted as soon as the question is there must not be shown.
  process.stderr.write(question);
  stdin.setEncoding('utf8');
  stdin.resume();
  let resolve: (line: string) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  // Not Promise.withResolvers: this runs on Node 20.
  const promise = new Promise<string>((...both) => {
    [resolve, reject] = both;
  });
  let line: string[] = [];
  const onData = (typed: string) => {
    for (const character of typed) {
      if (character === '\r' || character === '\n' || character === key.end) return resolve(line.join(''));
      if (character === key.interrupt) return reject(new Interrupted('Interrupted.'));
      if (character === key.backspace || character === key.erase) line = line.slice(0, -1);
      else line.push(character);
    }
  };
  const onAbort = () => reject(signal.reason);
  stdin.on('data', onData);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await promise;
  } finally {
    stdin.off('data', onData);
    signal.removeEventListener('abort', onAbort);
    stdin.setRawMode(wasRaw);
    stdin.pause();
    process.stderr.write('\n');
  }
}
