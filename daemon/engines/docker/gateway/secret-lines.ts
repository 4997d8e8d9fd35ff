// The lines by which a gateway takes secrets: `name=value`, nothing quoted (CONTRACT section 6).
import { type ProblemError, problem } from '../../../../shared/api/problem.ts';

export interface NamedSecret {
  /** As the catalog names it. */
  name: string;
  value: string;
}

/** The gateway reads with a scanner that gives up at a line of 64 KB, and says nothing of it. */
const longestLine = 65_000;

/** Errors: SERVER_011 for a value that would arrive as another one. */
export function renderSecretLines(secrets: readonly NamedSecret[]): string {
  return secrets.map(({ name, value }) => `${name}=${checked(name, value)}\n`).join('');
}

function checked(name: string, value: string): string {
  const reason = findTrouble(name, value);
  if (reason !== undefined) throw unusable(name, reason);
  return value;
}

/** Why a value cannot be handed over, as the end of a sentence; undefined if it can. */
export function findTrouble(name: string, value: string): string | undefined {
  if (value === '') return 'is empty';
  if (/[\n\r\0]/.test(value)) return 'has more than one line, and docker mcp takes one line for each secret';
  if (/^[\s\u0085]|[\s\u0085]$/.test(value)) return 'begins or ends with a space, which docker mcp would take away';
  // What docker mcp puts in the place of a secret that it has not got must never look like one.
  if (value === '<UNKNOWN>' || value.startsWith('se://')) return 'is only a placeholder of docker mcp';
  if (Buffer.byteLength(`${name}=${value}`) > longestLine) return `has more than ${longestLine} bytes`;
  return undefined;
}

const unusable = (name: string, reason: string): ProblemError =>
  problem('SERVER_011', {
    detail: `The value of the secret "${name}" ${reason}.`,
    next: 'Store another value for it.',
  });
