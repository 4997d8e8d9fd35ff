// Patterns in time that grows with pattern times text and never faster, because who writes the pattern and who sends the text
// could together hang a backtracking engine: a set of states walks through the text (Thompson 1968), in the order of preference
// that JavaScript has. What needs more is refused: look-around and back references.
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

/** Steps that may still be taken: shared, so that many patterns and texts cost no more together than one. */
export interface Budget {
  left: number;
}

interface Program {
  instructions: readonly Instruction[];
  multiline: boolean;
}

export interface LinearPattern {
  /** Errors: PatternTooCostly, once the budget is used up. */
  isIn(text: string, budget?: Budget): boolean;
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
const fullBudget = (): Budget => ({ left: mostSteps });

/** Errors: PatternSyntaxError. */
export function compilePattern(source: string): LinearPattern {
  const { node, multiline } = parsePattern(source);
  return toPattern(node, multiline);
}

/** `*` stands for any characters, `?` for one; the whole text has to fit. Errors: PatternSyntaxError for one that is too long. */
export function compileGlob(glob: string): LinearPattern {
  const any: PatternNode = { kind: 'one', fits: () => true };
  const parts = [...glob].map((wanted): PatternNode => {
    if (wanted === '*') return { kind: 'repeat', part: any, least: 0, most: null, lazy: false };
    return wanted === '?' ? any : { kind: 'one', fits: character => character === wanted };
  });
  const start: PatternNode = { kind: 'assert', assertion: 'start' };
  const end: PatternNode = { kind: 'assert', assertion: 'end' };
  return toPattern({ kind: 'sequence', parts: [start, ...parts, end] }, false);
}

function toPattern(node: PatternNode, multiline: boolean): LinearPattern {
  const instructions: Instruction[] = [];
  emit(node, instructions);
  add(instructions, { op: 'match' });
  const program = { instructions, multiline };
  return {
    isIn: (text, budget = fullBudget()) => find(program, text, 0, budget, true) !== undefined,
    replaceIn(text, replacement) {
      const budget = fullBudget();
      const parts: string[] = [];
      for (let at = 0; at <= text.length; ) {
        const match = find(program, text, at, budget);
        if (!match) return parts.join('') + text.slice(at);
        const { start, end } = match;
        // A match of nothing would stand at the same place again: the character behind it is passed.
        const passed = end > start ? '' : characterAt(text, end);
        parts.push(text.slice(at, start), end > start ? replacement : passed);
        at = passed === '' && end === start ? end + 1 : end + passed.length;
      }
      return parts.join('');
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
  for (let times = 0; times < least; times++) {
    const before = program.length;
    emit(part, program);
    // Groups of nothing in one another would be counted for ever, and add nothing.
    if (program.length === before) break;
  }
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

const endsLine = /[\n\r\u2028\u2029]/;
const isWord = (character: string | undefined): boolean => character !== undefined && /^\w$/.test(character);

function holds(
  kind: Extract<Instruction, { op: 'assert' }>['kind'],
  text: string,
  at: number,
  multiline: boolean,
): boolean {
  if (kind === 'start') return at === 0 || (multiline && endsLine.test(text[at - 1] ?? ''));
  if (kind === 'end') return at === text.length || (multiline && endsLine.test(text[at] ?? ''));
  return (isWord(text[at - 1]) !== isWord(text[at])) === (kind === 'boundary');
}

interface Thread {
  at: number;
  start: number;
}

/**
 * The leftmost match, and of those that begin there the one that JavaScript would take; or, where any is enough, one that ends
 * soonest.
 */
function find(
  { instructions, multiline }: Program,
  text: string,
  from: number,
  budget: Budget,
  isAnyEnough = false,
): Match | undefined {
  const seen = new Int32Array(instructions.length).fill(-1);
  spend(budget, instructions.length >> 5);
  // What begins with ^ begins nowhere else.
  const isAnchored = !multiline && instructions[0]?.op === 'assert' && instructions[0].kind === 'start';
  let threads: Thread[] = [];
  let found: Match | undefined;
  const follow = (list: Thread[], first: number, start: number, at: number): void => {
    const waiting = [first];
    for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
      if (seen[index] === at) continue;
      seen[index] = at;
      spend(budget, 1);
      const instruction = instructions[index];
      if (instruction?.op === 'jump') waiting.push(instruction.to);
      else if (instruction?.op === 'split') waiting.push(instruction.second, instruction.first);
      else if (instruction?.op === 'assert') {
        if (holds(instruction.kind, text, at, multiline)) waiting.push(index + 1);
      } else list.push({ at: index, start });
    }
  };
  for (let at = from; ; ) {
    if (!found && (at === from || !isAnchored)) follow(threads, 0, at, at);
    if (threads.length === 0 && isAnchored) return found;
    const character = characterAt(text, at);
    const behind = at + character.length;
    const next: Thread[] = [];
    for (const thread of threads) {
      const instruction = instructions[thread.at];
      if (instruction?.op === 'match') {
        found = { start: thread.start, end: at };
        break;
      }
      if (character !== '' && instruction?.op === 'one' && instruction.fits(character))
        follow(next, thread.at + 1, thread.start, behind);
    }
    if (character === '' || (found && (isAnyEnough || next.length === 0))) return found;
    threads = next;
    at = behind;
  }
}

function spend(budget: Budget, steps: number): void {
  budget.left -= steps;
  if (budget.left < 0) throw new PatternTooCostly('The text is too long for this pattern.');
}

/** Both halves of a surrogate pair; empty at the end. */
function characterAt(text: string, at: number): string {
  const point = text.codePointAt(at);
  return point === undefined ? '' : String.fromCodePoint(point);
}
