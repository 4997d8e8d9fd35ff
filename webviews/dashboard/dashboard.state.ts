// What the dashboard shows beside the live state: where MCP clients connect, the page's token, and acts on servers.
import { signal } from '@preact/signals';
import type { DaemonStatus } from '../../shared/api/daemon.ts';
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import type { Problem } from '../../shared/api/problem.ts';
import type { MCPServer } from '../../shared/api/servers.ts';
import type { Location } from '../kit/location.ts';

/** Something that went wrong lately and the place to look at it. */
export interface RecentProblem {
  key: string;
  about: string;
  problem: Problem;
  to: Location | undefined;
}

const recentMilliseconds = 24 * 3_600_000;

/** Warnings of the daemon, servers in trouble and operations that failed in the last day. */
export function recentProblems(
  status: DaemonStatus | undefined,
  servers: readonly MCPServer[],
  operations: readonly Operation[],
  now: number,
): RecentProblem[] {
  const ofDaemon = (status?.warnings ?? []).map((problem, index) => ({
    key: `daemon-${index}-${problem.code}`,
    about: 'Daemon',
    problem,
    to: undefined,
  }));
  const ofServers = servers.flatMap(({ id, problem }): RecentProblem[] =>
    problem ? [{ key: `server-${id}`, about: id, problem, to: { view: 'server', id } }] : [],
  );
  const settled = new Set(servers.map(({ id }) => id));
  const ofOperations = operations.flatMap((operation): RecentProblem[] => {
    const { id, serverId, problem, endedAt, title } = operation;
    const recent = endedAt !== null && now - Date.parse(endedAt) < recentMilliseconds;
    // A failure that a later attempt has mended or repeated, or that a person asked for, is no news.
    const about = serverId ?? `${operation.kind} ${title}`;
    if (settled.has(about)) return [];
    settled.add(about);
    if (!problem || !recent || operation.state === 'cancelled') return [];
    return [{ key: `operation-${id}`, about: title, problem, to: undefined }];
  });
  return [...ofDaemon, ...ofServers, ...ofOperations];
}

export const runningOperations = (operations: readonly Operation[]): Operation[] =>
  operations.filter(operation => !hasEnded(operation));

export type ClientFormat = 'vscode' | 'mcpServers';

/** The lines that an MCP client's configuration needs. */
export function clientSnippet(format: ClientFormat, mcpUrl: string, token: string): string {
  const server = { type: 'http', url: mcpUrl, headers: { Authorization: `Bearer ${token}` } };
  const whole = format === 'vscode' ? { servers: { quayside: server } } : { mcpServers: { quayside: server } };
  return JSON.stringify(whole, null, 2);
}

/** Stands for the token wherever it is shown. */
export const tokenPlace = '<your token>';

export const createSnippetState = () => {
  const format = signal<ClientFormat>('vscode');
  return { format, close() {} };
};
