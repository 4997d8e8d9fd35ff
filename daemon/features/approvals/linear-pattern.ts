// Patterns that are matched in time linear in the text, whatever the pattern: a rule's author and a caller's argument could
// together hang a backtracking engine. A small part of the usual syntax, as a state machine that is walked (Thompson, 1968).

/** Steps that one decision may take in all its patterns; shared, so that many values cost no more than one. */
export interface Budget {
  left: number;
}

export interface LinearPattern {
  /** undefined: the budget is used up, nothing can be said. */
  test(text: string, budget: Budget): boolean | undefined;
}

/** The pattern is not of the syntax that is understood. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

type Test = (point: number) => boolean;
type Node =
  | { kind: 'one'; test: Test; cost?: number }
  | { kind: 'edge'; at: 'start' | 'end' }
  | { kind: 'all' | 'any'; of: Node[] }
  | { kind: 'repeat'; of: Node; least: number; most: number };
type Step =
  | { kind: 'one'; test: Test; cost?: number; next: number }
  | { kind: 'edge'; at: 'start' | 'end'; next: number }
  | { kind: 'split'; to: number[] }
  | { kind: 'found' };

const mostSteps = 1_500;
const mostRepeats = 200;
const mostDepth = 20;

/** `*` stands for any characters, `?` for one; the whole text has to fit. */
export function compileGlob(glob: string): LinearPattern {
  const any: Node = { kind: 'one', test: () => true };
  const parts = [...glob].map((character): Node => {
    if (character === '*') return { kind: 'repeat', of: any, least: 0, most: Number.POSITIVE_INFINITY };
    if (character === '?') return any;
    return { kind: 'one', test: equals(character) };
  });
  return toPattern({ kind: 'all', of: [{ kind: 'edge', at: 'start' }, ...parts, { kind: 'edge', at: 'end' }] });
}

/** Found anywhere in the text. Errors: PatternError, with what is not understood. */
export const compileRegex = (source: string): LinearPattern => toPattern(new Parser(source).parse());

const equals = (character: string): Test => {
  const wanted = character.codePointAt(0);
  return point => point === wanted;
};

const between =
  (low: number, high: number): Test =>
  point =>
    point >= low && point <= high;
const isDigit = between(0x30, 0x39);
const isWord: Test = point =>
  isDigit(point) || between(0x41, 0x5a)(point) || between(0x61, 0x7a)(point) || point === 0x5f;
const isSpace: Test = point => /\s/.test(String.fromCodePoint(point));
const not =
  (test: Test): Test =>
  point =>
    !test(point);
const classes: Record<string, Test> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};
const controls: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };

class Parser {
  readonly #characters: string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#characters = [...source];
  }

  parse(): Node {
    const node = this.#choice();
    if (this.#at < this.#characters.length) throw new PatternError(`There is a ")" too many.`);
    return node;
  }

  get #next(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(wanted: string): boolean {
    if (this.#next !== wanted) return false;
    this.#at += 1;
    return true;
  }

  #choice(): Node {
    const of = [this.#sequence()];
    while (this.#take('|')) of.push(this.#sequence());
    return { kind: 'any', of };
  }

  #sequence(): Node {
    const of: Node[] = [];
    while (this.#next !== undefined && this.#next !== '|' && this.#next !== ')') of.push(this.#repeated());
    return { kind: 'all', of };
  }

  #repeated(): Node {
    const of = this.#atom();
    const range = this.#quantifier();
    if (!range) return of;
    // Greedy or not makes no difference to whether it fits.
    this.#take('?');
    if (this.#quantifier()) throw new PatternError('Two quantifiers follow one another.');
    return { kind: 'repeat', of, ...range };
  }

  #quantifier(): { least: number; most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
    if (this.#take('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
    if (this.#take('?')) return { least: 0, most: 1 };
    const counted = /^\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/.exec(this.#characters.slice(this.#at, this.#at + 10).join(''));
    if (!counted) return undefined;
    const [all, low, comma, high] = counted;
    const least = Number(low);
    const most = comma === undefined ? least : high === undefined ? Number.POSITIVE_INFINITY : Number(high);
    const largest = Number.isFinite(most) ? most : least;
    if (most < least || largest > mostRepeats) throw new PatternError(`${all} cannot be used: at most ${mostRepeats}.`);
    this.#at += all.length;
    return { least, most };
  }

  #atom(): Node {
    const character = this.#next ?? '';
    this.#at += 1;
    if (character === '(') return this.#group();
    if (character === '[') return this.#characterClass();
    if (character === '^') return { kind: 'edge', at: 'start' };
    if (character === '$') return { kind: 'edge', at: 'end' };
    if (character === '.') return { kind: 'one', test: point => point !== 0x0a };
    if (character === '\\') return { kind: 'one', test: this.#escape() };
    if ('*+?'.includes(character)) throw new PatternError(`There is nothing before "${character}" to repeat.`);
    return { kind: 'one', test: equals(character) };
  }

  #group(): Node {
    this.#depth += 1;
    if (this.#depth > mostDepth) throw new PatternError('Groups are nested too deeply.');
    if (this.#take('?') && !this.#take(':')) throw new PatternError('Only plain groups and (?: ) are understood.');
    const node = this.#choice();
    if (!this.#take(')')) throw new PatternError('A ")" is missing.');
    this.#depth -= 1;
    return node;
  }

  #escape(): Test {
    const character = this.#next;
    if (character === undefined) throw new PatternError('There is nothing after the last backslash.');
    this.#at += 1;
    const named = classes[character];
    if (named) return named;
    const control = controls[character];
    if (control) return equals(control);
    if (/[A-Za-z0-9]/.test(character)) throw new PatternError(`"\\${character}" is not understood.`);
    return equals(character);
  }

  #characterClass(): Node {
    const negated = this.#take('^');
    const tests: Test[] = [];
    while (!this.#take(']')) {
      if (this.#next === undefined) throw new PatternError('A "]" is missing.');
      tests.push(this.#member());
    }
    const test: Test = point => tests.some(each => each(point));
    return { kind: 'one', test: negated ? not(test) : test, cost: tests.length };
  }

  #member(): Test {
    if (this.#take('\\')) return this.#escape();
    const low = this.#characters[this.#at] ?? '';
    const high = this.#characters[this.#at + 2];
    const isRange = this.#characters[this.#at + 1] === '-' && high !== undefined && high !== ']';
    this.#at += isRange ? 3 : 1;
    if (!isRange) return equals(low);
    const [from = 0, to = 0] = [low.codePointAt(0), high.codePointAt(0)];
    if (high === '\\' || to < from) throw new PatternError(`"${low}-${high}" is no range.`);
    return between(from, to);
  }
}

function toPattern(node: Node): LinearPattern {
  const steps: Step[] = [{ kind: 'found' }];
  const start = addSteps(steps, node, 0);
  return { test: (text, budget) => walk(steps, start, text, budget) };
}

/** Adds what leads through the node to `next`, and returns where it begins. */
function addSteps(steps: Step[], node: Node, next: number): number {
  const add = (step: Step): number => {
    if (steps.length >= mostSteps) throw new PatternError('The pattern is too long.');
    return steps.push(step) - 1;
  };
  switch (node.kind) {
    case 'one':
    case 'edge':
      return add({ ...node, next });
    case 'all':
      return node.of.reduceRight((to, each) => addSteps(steps, each, to), next);
    case 'any':
      return node.of.length === 1 && node.of[0]
        ? addSteps(steps, node.of[0], next)
        : add({ kind: 'split', to: node.of.map(each => addSteps(steps, each, next)) });
    case 'repeat': {
      let at = next;
      if (node.most === Number.POSITIVE_INFINITY) {
        const split: Step = { kind: 'split', to: [next] };
        at = add(split);
        split.to.push(addSteps(steps, node.of, at));
      } else {
        for (let i = node.least; i < node.most; i += 1)
          at = add({ kind: 'split', to: [next, addSteps(steps, node.of, at)] });
      }
      for (let i = 0; i < node.least; i += 1) at = addSteps(steps, node.of, at);
      return at;
    }
  }
}

/** All states at once, one character after the other: no state is entered twice at one place. */
function walk(steps: readonly Step[], start: number, text: string, budget: Budget): boolean | undefined {
  const marks = new Uint32Array(steps.length);
  let mark = 0;
  let current: number[] = [];
  let isFound = false;
  const enter = (first: number, at: number, to: number[]): void => {
    const open = [first];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (marks[index] === mark) continue;
      marks[index] = mark;
      budget.left -= 1;
      const step = steps[index];
      if (step?.kind === 'found') isFound = true;
      else if (step?.kind === 'split') open.push(...step.to);
      else if (step?.kind === 'one') to.push(index);
      else if (step?.kind === 'edge' && at === (step.at === 'start' ? 0 : text.length)) open.push(step.next);
    }
  };
  for (let at = 0; at <= text.length; ) {
    mark += 1;
    const point = text.codePointAt(at);
    const entered: number[] = [];
    // The states that the last character led to stand here already; a match may also begin here.
    for (const index of current) enter(index, at, entered);
    enter(start, at, entered);
    if (isFound) return true;
    if (budget.left < 0) return undefined;
    if (point === undefined) break;
    current = [];
    for (const index of entered) {
      const step = steps[index];
      if (step?.kind !== 'one') continue;
      budget.left -= step.cost ?? 1;
      if (step.test(point)) current.push(step.next);
    }
    at += point > 0xffff ? 2 : 1;
  }
  return false;
}
