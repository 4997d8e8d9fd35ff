// What is written into other agents' configuration files. Comments and everything that is not ours stay as they are.
import { applyEdits, modify, type ParseError, parse } from 'jsonc-parser';

export type AgentFileKind = 'vscode' | 'portable';

/** Paths in the folder, as the agents look for them. */
export const agentFiles: Record<AgentFileKind, string> = { vscode: '.vscode/mcp.json', portable: '.mcp.json' };

const inputId = 'quayside-token';
const tokenVariable = 'QUAYSIDE_TOKEN';
const format = { insertSpaces: true, tabSize: 2, eol: '\n' };

/**
 * The file's text with our entry added or replaced. The token is never written: VS Code asks for it once and keeps
 * it, other agents take it from the environment variable QUAYSIDE_TOKEN.
 * Returns undefined if the text is not JSON with comments, or its top is no object.
 */
export function withQuayside(kind: AgentFileKind, text: string, mcpUrl: string): string | undefined {
  const before = text.trim() === '' ? '{}\n' : text;
  const value = parseObject(before);
  if (!value) return undefined;
  if (kind === 'portable') return set(before, ['mcpServers', 'quayside'], entry(mcpUrl, `\${${tokenVariable}}`));
  const withServer = set(before, ['servers', 'quayside'], entry(mcpUrl, `\${input:${inputId}}`));
  const inputs = Array.isArray(value['inputs']) ? value['inputs'] : [];
  if (inputs.some(input => isObject(input) && input['id'] === inputId)) return withServer;
  const input = { type: 'promptString', id: inputId, description: 'Quayside token', password: true };
  return set(withServer, ['inputs', inputs.length], input, true);
}

const entry = (url: string, token: string) => ({ type: 'http', url, headers: { Authorization: `Bearer ${token}` } });

const set = (text: string, path: (string | number)[], value: unknown, isArrayInsertion = false): string =>
  applyEdits(text, modify(text, path, value, { formattingOptions: format, isArrayInsertion }));

function parseObject(text: string): Record<string, unknown> | undefined {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  return errors.length === 0 && isObject(value) ? value : undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
