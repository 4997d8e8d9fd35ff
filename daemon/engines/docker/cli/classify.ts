// Tells what kind of failure a run of docker was, from what it has printed. Total: whatever was printed, there is an answer.
import type { CliDiagnosis } from '../../cli-error.ts';
import type { CliOutput } from '../../run.ts';
import { isHelp } from './answers.ts';
import { failureRules } from './failure-rules.ts';
import { readGatewayStart, wordStartFailure } from './gateway-start.ts';

/** Longer texts say what went wrong at their end. */
const looked = 20_000;

/** What is wrong with a run; undefined if nothing is. */
export function classify({ stdout, stderr, exitCode }: CliOutput, args: readonly string[]): CliDiagnosis | undefined {
  if (exitCode === 0) return findQuietFailure(stdout, stderr, args);
  if (exitCode === null) return { failure: 'unknown', subject: 'it was ended from outside' };
  const reason = reasonIn(stderr.slice(-looked));
  for (const { failure, pattern, why, next } of failureRules) {
    const match = pattern.exec(reason);
    if (match) return { failure, subject: why?.(...match.slice(1).map(group => shorten(group ?? ''))), next };
  }
  const last = lastLine(reason);
  return {
    failure: 'unknown',
    subject: last === '' ? `it ended with the code ${exitCode}` : `it says: ${shorten(last)}`,
  };
}

/** Failures that end with 0 (CONTRACT sections 2 and 8). */
function findQuietFailure(stdout: string, stderr: string, args: readonly string[]): CliDiagnosis | undefined {
  if (isHelp(stdout) && !args.includes('--help')) return { failure: 'unsupported-command' };
  if (!args.includes('--dry-run')) return undefined;
  const { started, failed } = readGatewayStart(stderr);
  const [first, ...others] = failed;
  if (!first || started.length > 0) return undefined;
  if (others.length > 0) return { failure: 'server-start', subject: 'none of the servers could be started' };
  return { failure: 'server-start', ...wordStartFailure(first, stderr) };
}

/** What is no line of a gateway's log or a container's own words; all of it, if nothing else is there. */
function reasonIn(stderr: string): string {
  const kept = stderr
    .split('\n')
    .map(line => line.replace(/^- mcp-gateway: /, ''))
    .filter(line => !/^\s*[->!] |^(?:\d{4}\/\d\d\/\d\d [\d:]+ )?(?:Warning|Note): /.test(line));
  return kept.some(line => line.trim() !== '') ? kept.join('\n') : stderr;
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? '';

const shorten = (text: string): string => (text.length > 300 ? `${text.slice(0, 299)}…` : text);
