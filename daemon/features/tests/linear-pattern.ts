// Regular expressions of test files, in time that grows with pattern times text and never faster: a set of states walks
// through the text (Thompson 1968), in the order of preference that JavaScript has. What needs more is refused: look-around
// and back references.
import { type PatternNode, PatternSyntaxError, parsePattern } from './pattern-syntax.ts';

type Instruction =
  | { op: 'one'; fits: (character: string) => boolean }
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { op: 'assert'; kind: 'start' | 'end' | 'boundary' | 'no-boundary' }
  | { op: 'match' };

export interface Match {
  /** Index of a UTF-16 unit. */
  start: number;
  end: number;
}

export interface LinearPattern {
  /** Errors: PatternTooCostly. */
  isIn(text: string): boolean;
  /** Every match replaced. Errors: PatternTooCostly. */
  replaceIn(text: string, replacement: string): string;
}

/** The text is too long for this pattern. */
export class PatternTooCostly extends Error {
  override readonly name = 'PatternTooCostly';
}

const mostInstructions = 4_000;
/** Some tenths of a second. */
const mostSteps = 20_000_000;

/** Errors: PatternSyntaxError. */
export function compilePattern(source: string): LinearPattern {
  const { node, multiline } = parsePattern(source);
  const program: Instruction[] = [];
  emit(node, program);
  add(program, { op: 'match' });
  return {
    isIn: text => find(program, multiline, text, 0, { steps: mostSteps }) !== undefined,
    replaceIn(text, replacement) {
      const budget = { steps: mostSteps };
      const parts: string[] = [];
      let at = 0;
      for (;;) {
        const match = find(program, multiline, text, at, budget);
        if (!match) break;
        parts.push(text.slice(at, match.start));
        // An empty match would stand at the same place again.
        const next = match.end > match.start ? match.end : match.end + 1;
        parts.push(match.end > match.start ? replacement : text.slice(match.start, next));
        at = next;
        if (at > text.length) break;
      }
      return parts.join('') + text.slice(at);
    },
  };
}

function add(program: Instruction[], instruction: Instruction): number {
  if (program.length >= mostInstructions) throw new PatternSyntaxError('The pattern repeats too much.');
  return program.push(instruction) - 1;
}

function emit(node: PatternNode, program: Instruction[]): void {
  if (node.kind === 'one') add(program, { op: 'one', fits: node.fits });
  else if (node.kind === 'assert') add(program, { op: 'assert', kind: node.assertion });
  else if (node.kind === 'sequence') for (const part of node.parts) emit(part, program);
  else if (node.kind === 'choice') emitChoice(node.options, program);
  else emitRepeat(node, program);
}

function emitChoice(options: readonly PatternNode[], program: Instruction[]): void {
  const ends: number[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) {
      emit(option, program);
      break;
    }
    const split = add(program, { op: 'split', first: 0, second: 0 });
    emit(option, program);
    ends.push(add(program, { op: 'jump', to: 0 }));
    program[split] = { op: 'split', first: split + 1, second: program.length };
  }
  for (const end of ends) program[end] = { op: 'jump', to: program.length };
}

function emitRepeat(
  { part, least, most, lazy }: Extract<PatternNode, { kind: 'repeat' }>,
  program: Instruction[],
): void {
  const order = (inside: number, behind: number): Instruction =>
    lazy ? { op: 'split', first: behind, second: inside } : { op: 'split', first: inside, second: behind };
  for (let times = 0; times < least; times++) emit(part, program);
  if (most === null) {
    const split = add(program, { op: 'split', first: 0, second: 0 });
    emit(part, program);
    add(program, { op: 'jump', to: split });
    program[split] = order(split + 1, program.length);
    return;
  }
  const splits: number[] = [];
  for (let times = least; times < most; times++) {
    splits.push(add(program, { op: 'split', first: 0, second: 0 }));
    emit(part, program);
  }
  for (const split of splits) program[split] = order(split + 1, program.length);
}

const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/.test(character);

function holds(
  kind: Extract<Instruction, { op: 'assert' }>['kind'],
  text: string,
  at: number,
  multiline: boolean,
): boolean {
  if (kind === 'start') return at === 0 || (multiline && text[at - 1] === '\n');
  if (kind === 'end') return at === text.length || (multiline && text[at] === '\n');
  return (isWord(text[at - 1]) !== isWord(text[at])) === (kind === 'boundary');
}

interface Thread {
  at: number;
  start: number;
}

/** The leftmost match, and of those that begin there the one that JavaScript would take. */
function find(
  program: readonly Instruction[],
  multiline: boolean,
  text: string,
  from: number,
  budget: { steps: number },
): Match | undefined {
  const seen = new Int32Array(program.length).fill(-1);
  let threads: Thread[] = [];
  let found: Match | undefined;
  const follow = (list: Thread[], first: number, start: number, at: number): void => {
    const waiting = [first];
    while (waiting.length > 0) {
      const index = waiting.pop() ?? 0;
      if (seen[index] === at) continue;
      seen[index] = at;
      budget.steps -= 1;
      if (budget.steps < 0) throw new PatternTooCostly('The text is too long for this pattern.');
      const instruction = program[index];
      if (instruction?.op === 'jump') waiting.push(instruction.to);
      else if (instruction?.op === 'split') waiting.push(instruction.second, instruction.first);
      else if (instruction?.op === 'assert') {
        if (holds(instruction.kind, text, at, multiline)) waiting.push(index + 1);
      } else list.push({ at: index, start });
    }
  };
  for (let at = from; ; ) {
    if (!found) follow(threads, 0, at, at);
    const character = at < text.length ? String.fromCodePoint(text.codePointAt(at) ?? 0) : undefined;
    const behind = at + (character?.length ?? 1);
    const next: Thread[] = [];
    for (const thread of threads) {
      const instruction = program[thread.at];
      if (instruction?.op === 'match') {
        found = { start: thread.start, end: at };
        break;
      }
      if (character !== undefined && instruction?.op === 'one' && instruction.fits(character))
        follow(next, thread.at + 1, thread.start, behind);
    }
    if (character === undefined || (found && next.length === 0)) return found;
    threads = next;
    at = behind;
  }
}
