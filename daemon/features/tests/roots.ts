// The folders that a test file says the client works in: a server may ask for them (roots/list) whenever it likes.
import type { TestRoot } from '../../../shared/domain/mcptest-answers.ts';
import { asText, type FindVariable, fillIn, namesIn } from './variables.ts';

/** As the server is told them. */
export interface Root {
  uri: string;
  name?: string;
}

/**
 * Why an address is none of a root, for a person; undefined: it is one. It has to be a file URI (2025-11-25, "Roots"; RFC 8089),
 * with what an address cannot hold written as %XX.
 */
export function findRootProblem(uri: string): string | undefined {
  const shown = cut(uri);
  if (/^(?:\/|[a-z]:[\\/])/i.test(uri)) return `"${shown}" is a path. A root is an address: write ${toAddress(uri)}.`;
  if (!/^file:\/\//i.test(uri))
    return `"${shown}" is no root: it must begin with file://, as in file:///home/me/project.`;
  if (!URL.canParse(uri)) return `"${shown}" is no address that can be read.`;
  if (/[?#]/.test(uri)) return `"${shown}" is cut off at ? or #: write %3F or %23 in a path.`;
  if (notOfAddress.test(uri)) return `"${shown}" has characters that an address cannot hold: write ${encoded(uri)}.`;
  return strayPercent.test(uri)
    ? `"${shown}" has a % without two digits after it: write %25 for the sign itself.`
    : undefined;
}

const longest = 200;
const notOfAddress = /[^\w\-.~:/[\]@!$&'()*+,;=%]/;
const passedOver = /[\t\n\r]|[\0- ]+$/g;
const strayPercent = /%(?![\da-f]{2})/i;

/** As it would be right. Half a character, and what readers of addresses pass over (WHATWG URL), is not kept. */
const encoded = (uri: string): string =>
  cut(
    uri
      .toWellFormed()
      .replace(passedOver, '')
      .replaceAll('\\', '/')
      .replace(new RegExp(strayPercent, 'gi'), '%25')
      .replace(new RegExp(notOfAddress, 'gu'), encodeURIComponent),
  );

const toAddress = (path: string): string => {
  const parts = path.toWellFormed().replaceAll('\\', '/').split('/');
  const written = parts.map(encodeURIComponent).join('/').replace('%3A', ':');
  return cut(`file://${path.startsWith('/') ? '' : '/'}${written}`);
};

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);

/** Those that are wrong whatever the variables are. */
export const findRootProblems = (roots: readonly TestRoot[]): [index: number, message: string][] =>
  roots.flatMap(({ uri }, index) => {
    const wrong = namesIn(uri).size > 0 ? undefined : findRootProblem(asText(fillIn(uri, () => undefined)));
    return wrong === undefined ? [] : [[index, wrong]];
  });

/** With their variables filled in, and the first that is wrong then. Errors: UnknownVariable. */
export function fillRoots(
  roots: readonly TestRoot[],
  find: FindVariable,
): { roots: Root[]; wrong: { index: number; message: string } | undefined } {
  const filled = roots.map(({ uri, name }) => ({
    uri: asText(fillIn(uri, find)),
    ...(name === undefined ? {} : { name: asText(fillIn(name, find)) }),
  }));
  const found = filled.map(({ uri }) => findRootProblem(uri));
  const index = found.findIndex(each => each !== undefined);
  return { roots: filled, wrong: index < 0 ? undefined : { index, message: found[index] ?? '' } };
}
