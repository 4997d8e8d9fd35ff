// One secret value, and every form in which it could leave: what a search of files, answers and processes looks for.
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** With what JSON, addresses, shells and headers write in another way. A header may have each of these characters. */
export const canary = 'Cq7"canary\\5f1e/9+0&d=%4 z#tail';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The part of the base64 of a longer text that hangs on the value alone, wherever in the text it begins. */
const insideBase64 = (text: string): string[] =>
  [0, 1, 2].map(before => {
    const whole = base64(`${'x'.repeat(before)}${text}`).replace(/=+$/, '');
    return whole.slice(before === 0 ? 0 : 4, -3);
  });

/** Of a text, by their names. */
export function formsOfCanary(text = canary): Map<string, string> {
  const json = JSON.stringify(text).slice(1, -1);
  const inside = insideBase64(text);
  return new Map([
    ['plain', text],
    ['JSON', json],
    ['JSON in JSON', JSON.stringify(json).slice(1, -1)],
    ['URL', encodeURIComponent(text)],
    ['form', new URLSearchParams({ x: text }).toString().slice(2)],
    ['HTML', text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
    ['hex', Buffer.from(text).toString('hex')],
    ['HEX', Buffer.from(text).toString('hex').toUpperCase()],
    ['UTF-16', Buffer.from(text, 'utf16le').toString('latin1')],
    ...inside.map((form, index): [string, string] => [`base64 at ${index}`, form]),
    ...inside.map((form, index): [string, string] => [
      `base64url at ${index}`,
      form.replaceAll('+', '-').replaceAll('/', '_'),
    ]),
    // Its most telling part, for what cuts or mends texts.
    ['a part', 'canary\\5f1e'],
    ['a part in JSON', 'canary\\\\5f1e'],
  ]);
}

const forms = [...formsOfCanary()].map(([name, text]) => ({ name, bytes: Buffer.from(text, 'latin1') }));

/** The names of the forms that are in it. */
export const formsIn = (content: Buffer | string): string[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return forms.filter(each => bytes.includes(each.bytes)).map(({ name }) => name);
};

/** Every file below a folder that has it, as `path: forms`; names of files count too. Links are not followed. */
export function findInFiles(folder: string, isAllowed: (path: string) => boolean = () => false): string[] {
  const found: string[] = [];
  const look = (path: string): void => {
    const entry = tryTo(() => lstatSync(path));
    if (!entry || isAllowed(path)) return;
    const own = formsIn(path.slice(folder.length));
    if (entry.isDirectory()) for (const name of tryTo(() => readdirSync(path)) ?? []) look(join(path, name));
    else if (entry.isSymbolicLink()) own.push(...formsIn(tryTo(() => readlinkSync(path)) ?? ''));
    else if (entry.isFile()) own.push(...formsIn(tryTo(() => readFileSync(path)) ?? ''));
    if (own.length > 0) found.push(`${path}: ${own.join(', ')}`);
  };
  look(folder);
  return found;
}

export interface LeakyProcess {
  pid: number;
  command: string;
  /** Where it is: `arguments`, `environment`, `memory files`. */
  where: string;
}

/** Of the processes that descend from one, itself among them, those that carry it in their arguments or environment. */
export function findInProcesses(root: number): LeakyProcess[] {
  return descendantsOf(root).flatMap(pid => {
    const command = (tryTo(() => readFileSync(`/proc/${pid}/cmdline`)) ?? Buffer.alloc(0)) as Buffer;
    const environment = (tryTo(() => readFileSync(`/proc/${pid}/environ`)) ?? Buffer.alloc(0)) as Buffer;
    const text = command.toString().replaceAll('\0', ' ').trim();
    return [
      ...(formsIn(command).length > 0 ? [{ pid, command: text, where: 'arguments' }] : []),
      ...(formsIn(environment).length > 0 ? [{ pid, command: text, where: 'environment' }] : []),
    ];
  });
}

function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter(each => /^\d+$/.test(each))) {
    const stat = tryTo(() => readFileSync(`/proc/${name}/stat`, 'utf8')) ?? '';
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (parent) parents.set(Number(name), parent);
  }
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isBelow);
}

/** True if a file that a process has open at this descriptor starts with it. */
export function startsWithCanary(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(canary.length);
    readSync(file, bytes, 0, bytes.length, 0);
    return bytes.toString() === canary;
  } finally {
    closeSync(file);
  }
}

/** Files come and go while they are looked at. */
function tryTo<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
