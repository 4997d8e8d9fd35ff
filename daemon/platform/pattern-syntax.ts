// The syntax of patterns: that of JavaScript's regular expressions with the flag u, without what cannot be matched in linear
// time. (?i), (?s) and (?m) at the start set flags.

export type PatternNode =
  | { kind: 'one'; fits: (character: string) => boolean }
  | { kind: 'assert'; assertion: 'start' | 'end' | 'boundary' | 'no-boundary' }
  | { kind: 'sequence'; parts: PatternNode[] }
  | { kind: 'choice'; options: PatternNode[] }
  /** `most` null: without end. */
  | { kind: 'repeat'; part: PatternNode; least: number; most: number | null; lazy: boolean };

export class PatternSyntaxError extends Error {
  override readonly name = 'PatternSyntaxError';
}

const mostRepeats = 1_000;
const deepest = 50;

interface Reader {
  source: string;
  at: number;
  depth: number;
  flags: string;
}

/** Errors: PatternSyntaxError. */
export function parsePattern(source: string): { node: PatternNode; multiline: boolean } {
  const [prefix = '', flags = ''] = /^\(\?([ism]+)\)/.exec(source) ?? [];
  const reader: Reader = { source, at: prefix.length, depth: 0, flags };
  const node = parseChoice(reader);
  if (reader.at < source.length) throw new PatternSyntaxError('There is a ")" without its "(".');
  return { node, multiline: flags.includes('m') };
}

function parseChoice(reader: Reader): PatternNode {
  const options = [parseSequence(reader)];
  while (reader.source[reader.at] === '|') {
    reader.at += 1;
    options.push(parseSequence(reader));
  }
  const [only] = options;
  return options.length === 1 && only ? only : { kind: 'choice', options };
}

function parseSequence(reader: Reader): PatternNode {
  const parts: PatternNode[] = [];
  while (reader.at < reader.source.length && !'|)'.includes(reader.source[reader.at] ?? '')) {
    parts.push(parseRepeat(reader, parseOne(reader)));
  }
  return { kind: 'sequence', parts };
}

function parseRepeat(reader: Reader, part: PatternNode): PatternNode {
  const rest = reader.source.slice(reader.at, reader.at + 16);
  const [text, sign, lower = '', comma, upper = '', lazy] =
    /^(?:([*+?])|\{(\d{1,5})(,)?(\d{1,5})?\})(\??)/.exec(rest) ?? [];
  if (text === undefined) return part;
  if (part.kind === 'assert') throw new PatternSyntaxError('An anchor cannot be repeated.');
  reader.at += text.length;
  const least = sign ? (sign === '+' ? 1 : 0) : Number(lower);
  const most = sign ? (sign === '?' ? 1 : null) : comma ? (upper === '' ? null : Number(upper)) : least;
  if (least > mostRepeats || (most ?? 0) > mostRepeats)
    throw new PatternSyntaxError(`More than ${mostRepeats} repetitions cannot be counted.`);
  if (most !== null && most < least)
    throw new PatternSyntaxError('The numbers of a repetition are the wrong way round.');
  if (/^[*+?]/.test(reader.source.slice(reader.at))) throw new PatternSyntaxError('There is nothing to repeat.');
  return { kind: 'repeat', part, least, most, lazy: lazy === '?' };
}

function parseOne(reader: Reader): PatternNode {
  const { source } = reader;
  const character = String.fromCodePoint(source.codePointAt(reader.at) ?? 0);
  if (character === '(') return parseGroup(reader);
  if (character === '[') return one(reader, classEnd(source, reader.at));
  if (character === '\\') return parseEscape(reader);
  if (character === '^' || character === '$') {
    reader.at += 1;
    return { kind: 'assert', assertion: character === '^' ? 'start' : 'end' };
  }
  if ('*+?'.includes(character)) throw new PatternSyntaxError('There is nothing to repeat.');
  if ('{}]'.includes(character)) throw new PatternSyntaxError(`Write \\${character} for the character itself.`);
  return one(reader, reader.at + character.length);
}

function parseGroup(reader: Reader): PatternNode {
  const rest = reader.source.slice(reader.at);
  const opening = /^\((?:\?:|\?<[A-Za-z_]\w*>|(?!\?))/.exec(rest)?.[0];
  if (opening === undefined)
    throw new PatternSyntaxError('Look-around is not possible here: it may take for ever. Write it as two patterns.');
  reader.at += opening.length;
  reader.depth += 1;
  if (reader.depth > deepest) throw new PatternSyntaxError('There are too many groups in one another.');
  const node = parseChoice(reader);
  if (reader.source[reader.at] !== ')') throw new PatternSyntaxError('There is a "(" without its ")".');
  reader.at += 1;
  reader.depth -= 1;
  return node;
}

function parseEscape(reader: Reader): PatternNode {
  const rest = reader.source.slice(reader.at);
  if (/^\\(?:[1-9]|k<)/.test(rest))
    throw new PatternSyntaxError('A reference to what an earlier group found is not possible here.');
  if (/^\\[bB]/.test(rest)) {
    reader.at += 2;
    return { kind: 'assert', assertion: rest[1] === 'b' ? 'boundary' : 'no-boundary' };
  }
  const escaped =
    /^\\(?:u\{[0-9A-Fa-f]{1,6}\}|u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|[pP]\{[^}]{1,60}\}|c[A-Za-z]|[^\n])/u.exec(
      rest,
    )?.[0];
  if (escaped === undefined) throw new PatternSyntaxError('The pattern ends with a backslash.');
  return one(reader, reader.at + escaped.length);
}

function classEnd(source: string, start: number): number {
  for (let at = start + 1; at < source.length; at++) {
    if (source[at] === '\\') at += 1;
    else if (source[at] === ']') return at + 1;
  }
  throw new PatternSyntaxError('There is a "[" without its "]".');
}

/** One character is tested by JavaScript itself: that takes no time to speak of. */
function one(reader: Reader, end: number): PatternNode {
  const text = reader.source.slice(reader.at, end);
  reader.at = end;
  const literal = /^[^\\[.]/u.test(text) && !reader.flags.includes('i');
  if (literal) return { kind: 'one', fits: character => character === text };
  const test = singleCharacter(text, reader.flags.replace('m', ''));
  const ofAscii: (boolean | undefined)[] = [];
  return {
    kind: 'one',
    fits(character) {
      const code = character.charCodeAt(0);
      if (code > 127) return test.test(character);
      ofAscii[code] ??= test.test(character);
      return ofAscii[code];
    },
  };
}

function singleCharacter(text: string, flags: string): RegExp {
  try {
    return new RegExp(`^(?:${text})$`, `u${flags}`);
  } catch {
    throw new PatternSyntaxError(`"${text}" is not known here.`);
  }
}
