// Reads a command line as cobra does, with its messages and exit codes.
import { fail } from './failure.mjs';

const seeHelp = name => `Run 'docker ${name} --help' for more information`;

/** Exit code 125 with the usage, as docker's plugins have it for flags. */
export function failUsage(name, usage, message) {
  fail(`${message}\n\nUsage:  docker ${usage}\n\n${seeHelp(name)}`, 125);
}

const toList = text => (text === '' ? [] : text.split(','));

function convert(kind, name, text, say) {
  if (kind === 'bool') {
    if (/^(?:true|1|t)$/i.test(text)) return true;
    if (/^(?:false|0|f)$/i.test(text)) return false;
    return say(`invalid argument "${text}" for "--${name}" flag: strconv.ParseBool: parsing "${text}": invalid syntax`);
  }
  if (kind === 'int') {
    if (/^[+-]?\d+$/.test(text)) return Number(text);
    return say(`invalid argument "${text}" for "--${name}" flag: strconv.ParseInt: parsing "${text}": invalid syntax`);
  }
  if (Array.isArray(kind)) {
    if (kind.includes(text)) return text;
    const choices = kind.map(choice => `"${choice}"`).join(', ');
    return say(`invalid argument "${text}" for "--${name}" flag: must be one of ${choices}`);
  }
  return text;
}

/**
 * Flags and arguments of one command. `flags`: name -> kind, one of bool, int, string, strings (cut at commas), array,
 * or a list of the allowed values; `shorthands`: letter -> name.
 */
export function parseFlags({ name, usage, flags, shorthands = {} }, words) {
  const values = {};
  const args = [];
  const say = message => failUsage(name, usage, message);
  const kindOf = flag => (flag === 'help' ? 'bool' : flags[flag]);
  const store = (flag, text) => {
    const kind = kindOf(flag);
    if (kind === 'strings') values[flag] = [...(values[flag] ?? []), ...toList(text)];
    else if (kind === 'array') values[flag] = [...(values[flag] ?? []), text];
    else values[flag] = convert(kind, flag, text, say);
  };
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    if (word === '--') {
      args.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      continue;
    }
    const isLong = word.startsWith('--');
    const body = word.slice(isLong ? 2 : 1);
    const cut = body.indexOf('=');
    const written = cut < 0 ? body : body.slice(0, cut);
    const flag = isLong ? written : written === 'h' ? 'help' : shorthands[written[0]];
    if (flag === undefined || kindOf(flag) === undefined)
      say(isLong ? `unknown flag: --${written}` : `unknown shorthand flag: '${written[0]}' in ${word}`);
    if (cut >= 0) store(flag, body.slice(cut + 1));
    else if (kindOf(flag) === 'bool') values[flag] = true;
    else if (!isLong && written.length > 1) store(flag, written.slice(1));
    else if (at + 1 >= words.length) say(`flag needs an argument: ${word}`);
    else store(flag, words[++at]);
  }
  return { values, args };
}

const counts = {
  exactly: wanted => args => (args.length === wanted ? undefined : `accepts ${wanted} arg(s), received ${args.length}`),
  atLeast: wanted => args =>
    args.length >= wanted ? undefined : `requires at least ${wanted} arg(s), only received ${args.length}`,
  atMost: wanted => args =>
    args.length <= wanted ? undefined : `accepts at most ${wanted} arg(s), received ${args.length}`,
  any: () => () => undefined,
};

/** Rules for the number of arguments. */
export const { exactly, atLeast, atMost, any } = counts;

/** The words that name a command, and the rest: flags may stand between them. */
export function findCommand(root, words) {
  let command = root;
  const rest = [];
  let isNaming = true;
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const next = isNaming && !word.startsWith('-') ? findChild(command, word) : undefined;
    if (next) {
      command = next;
      continue;
    }
    if (!word.startsWith('-')) isNaming = false;
    rest.push(word);
    // The value of a flag is no command.
    if (isNaming && takesValue(command, word) && at + 1 < words.length) rest.push(words[++at]);
  }
  return { command, rest };
}

const findChild = (command, word) =>
  command.children?.find(child => child.word === word || child.aliases?.includes(word));

function takesValue(command, word) {
  const flag = /^--([^=]+)$/.exec(word)?.[1];
  return flag !== undefined && command.flags?.[flag] !== undefined && command.flags[flag] !== 'bool';
}
