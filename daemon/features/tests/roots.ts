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
  const shown = uri.length > longest ? `${uri.slice(0, longest)}…` : uri;
  if (/^(?:\/|[a-z]:[\\/])/i.test(uri)) return `"${shown}" is a path. A root is an address: write ${toAddress(uri)}.`;
  if (!/^file:\/\//i.test(uri))
    return `"${shown}" is no root: it must begin with file://, as in file:///home/me/project.`;
  if (!URL.canParse(uri)) return `"${shown}" is no address that can be read.`;
  const { href, search, hash } = new URL(uri);
  if (search !== '' || hash !== '') return `"${shown}" is cut off at ? or #: write %3F or %23 in a path.`;
  if (/[^\w\-.~:/[\]@!$&'()*+,;=%]/.test(uri))
    return `"${shown}" has characters that an address cannot hold: write ${href}.`;
  return /%(?![\da-f]{2})/i.test(uri)
    ? `"${shown}" has a % without two digits after it: write %25 for the sign itself.`
    : undefined;
}

const longest = 200;
const toAddress = (path: string): string => {
  const parts = path.replaceAll('\\', '/').split('/');
  return `file://${path.startsWith('/') ? '' : '/'}${parts.map(encodeURIComponent).join('/').replace('%3A', ':')}`.slice(
    0,
    longest,
  );
};

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
