// The plugin: where it is, what it says of itself, which commands and flags it has (CONTRACT section 1).
import { isProblemError, type Problem, toProblem } from '../../../shared/api/problem.ts';
import type { Dialect, ProbeCli } from './cli/docker-cli.ts';
import { cliFailureOf } from './cli/to-problem.ts';
import { bounded } from './probe-bounds.ts';
import { findPlugin, type HostPlace } from './probe-files.ts';
import * as say from './probe-problems.ts';

export interface PluginLook {
  installed: boolean;
  version: string | null;
  path: string | null;
  dialect: Dialect | null;
  flags: ReadonlySet<string>;
  problem: Problem | null;
}

export const noPlugin: PluginLook = {
  installed: false,
  version: null,
  path: null,
  dialect: null,
  flags: new Set(),
  problem: null,
};

export async function lookAtPlugin(cli: ProbeCli, place: HostPlace, limit: number): Promise<PluginLook> {
  const path = (await findPlugin('mcp', place)) ?? null;
  const [metadata, version] = await Promise.all([
    path === null ? undefined : bounded(signal => cli.pluginMetadata(path, { signal }), limit, 'docker-mcp’s metadata'),
    bounded(signal => cli.version({ signal }), limit, 'docker mcp version'),
  ]);
  const said = metadata?.ok ? metadata.value.Version || null : null;
  if (!version.ok) {
    const isMissing = cliFailureOf(version.error) === 'plugin-missing';
    if (isMissing)
      return { ...noPlugin, path, version: said, problem: path === null ? say.noPlugin() : say.brokenPlugin(path) };
    return { ...noPlugin, path, version: said, problem: toProblemOf(version.error) };
  }
  const [dialect, flags] = await Promise.all([
    bounded(signal => cli.dialect({ signal }), limit, 'docker mcp --help'),
    bounded(signal => cli.gatewayFlags({ signal }), limit, 'docker mcp gateway run --help'),
  ]);
  return {
    installed: true,
    version: version.value.trim() || said,
    path,
    dialect: dialect.ok ? dialect.value.dialect : null,
    flags: flags.ok ? flags.value : new Set(),
    problem: dialect.ok ? (flags.ok ? null : toProblemOf(flags.error)) : dialectProblem(dialect.error),
  };
}

const dialectProblem = (error: unknown): Problem => {
  const failure = cliFailureOf(error);
  return failure === 'unreadable' || failure === 'unsupported-command' ? say.strangePlugin() : toProblemOf(error);
};

/** Any cheap command that needs all that commands need. */
export type Touch = (plugin: { dialect: Dialect; flags: ReadonlySet<string> }, signal: AbortSignal) => Promise<unknown>;

/** What only a real command shows: Desktop's backend, the Toolkit's switch, the state of the database. */
export async function findCommandProblem(
  touch: Touch,
  { dialect, flags }: PluginLook,
  limit: number,
): Promise<Problem | null> {
  if (dialect === null) return null;
  const touched = await bounded(signal => touch({ dialect, flags }, signal), limit, 'docker mcp');
  return touched.ok ? null : toProblemOf(touched.error);
}

const toProblemOf = (error: unknown): Problem =>
  isProblemError(error)
    ? error.problem
    : toProblem('DOCKER_015', {
        detail: 'docker mcp could not be asked.',
        next: 'Look again; the log has the details.',
      });
