// What docker mcp will make of a client's JSON file: it takes its entry out, puts it in at the end, and writes everything
// on one line without comments, as the yq library does (recorded: client-connect-cursor-jsonc).
import { type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { ClientEdit, GatewayEntry } from './client-files.ts';

/** The name by which docker mcp knows its entry again. */
export const entryName = 'MCP_DOCKER';

/**
 * The text of the file after the change; `gateway` null takes the entry out. `before` undefined: there is no file yet.
 * null: it cannot be told, because the file is not as docker mcp expects it.
 */
export function predictFile(
  before: string | undefined,
  { section, entry }: ClientEdit,
  gateway: GatewayEntry | null,
): string | null {
  const root = readRoot(before);
  if (!root) return null;
  const members = root.filter(({ name }) => name !== section);
  const old = root.find(({ name }) => name === section);
  const servers = old === undefined || old.value.type === 'null' ? [] : membersOf(old.value);
  if (!servers) return null;
  const kept = servers.filter(({ name }) => name !== entryName).map(written);
  const added = gateway ? [`${goString(entryName)}:${JSON.stringify(entry(gateway))}`] : [];
  const all = `${goString(section)}:{${[...kept, ...added].join(',')}}`;
  // A section that is there keeps its place.
  const parts = old ? root.map(member => (member === old ? all : written(member))) : [...members.map(written), all];
  return `{${parts.join(',')}}`;
}

interface Member {
  name: string;
  value: Node;
}

function readRoot(text: string | undefined): Member[] | undefined {
  if (text === undefined || text.trim() === '') return [];
  const errors: ParseError[] = [];
  const root = parseTree(text.replace(/^\uFEFF/, ''), errors, { allowTrailingComma: true });
  if (!root || errors.length > 0) return undefined;
  return root.type === 'null' ? [] : membersOf(root);
}

function membersOf(node: Node): Member[] | undefined {
  if (node.type !== 'object') return undefined;
  return (node.children ?? []).flatMap(({ children: [name, value] = [] }) =>
    name && value ? [{ name: String(name.value), value }] : [],
  );
}

const written = ({ name, value }: Member): string => `${goString(name)}:${compact(value)}`;

function compact(node: Node): string {
  if (node.type === 'object') return `{${(membersOf(node) ?? []).map(written).join(',')}}`;
  if (node.type === 'array') return `[${(node.children ?? []).map(compact).join(',')}]`;
  if (node.type === 'string') return goString(String(node.value));
  return node.type === 'number' ? goNumber(Number(node.value)) : String(node.value);
}

/** Go escapes fewer control characters by a letter than JavaScript does, and two line ends more. */
const goString = (text: string): string =>
  JSON.stringify(text)
    .replace(
      /(?<!\\)((?:\\\\)*)\\([bf])/g,
      (_, slashes: string, letter: string) => `${slashes}\\u000${letter === 'b' ? '8' : 'c'}`,
    )
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');

/** Whole numbers pass through a float and come out as integers. */
const goNumber = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value).toString() : String(value);
