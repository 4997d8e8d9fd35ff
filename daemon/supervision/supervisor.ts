// What the rest of the daemon knows of running servers. The supervisor owns every child, connection and timer of theirs.
import type { Problem } from '../../shared/api/problem.ts';
import type { ServerConfiguration } from '../../shared/api/server-configuration.ts';
import type { ServerState } from '../../shared/domain/server-state.ts';
import type { LaunchPlan } from '../engines/engine.ts';
import type { McpSession } from './session.ts';
import type { UpstreamEvents, Upstreams } from './upstream.ts';

export interface LaunchPolicy {
  restart: ServerConfiguration['restart'];
  startSeconds: number;
  messageBytes: number;
  /** One MCP session for all clients, or one for each. Default: one for all. */
  session?: 'shared' | 'per-client' | undefined;
  /** Calls of all clients that the server works on at once, and that may wait for a place. Defaults: server-upstreams.ts. */
  concurrentCalls?: number | undefined;
  waitingCalls?: number | undefined;
}

export interface ServerHealth {
  state: ServerState;
  /** Why the state is not what was asked for. Null while all is well. */
  problem: Problem | null;
  /** Epoch milliseconds. */
  nextTryAt: number | null;
  startedAt: number | null;
  restarts: number;
  pid: number | null;
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
}

export interface SupervisorEvents {
  onHealth(serverId: string, health: ServerHealth): void;
  /** New lines of a server's error output, and of its standard output where they are not MCP. Cut to a sane length, batched. */
  onOutput(serverId: string, lines: string[]): void;
  /** The server said that its tools changed, or it has just become ready. */
  onToolsChanged(serverId: string): void;
  /** Beside that, for the gateway. */
  onListChanged?: UpstreamEvents['onListChanged'];
}

export interface Supervisor {
  /**
   * Starts a server and resolves when it has been initialised. Asked again while it starts or runs, it joins that.
   * `plan` is called for the first start and for each restart, so that a changed file is noticed.
   * Errors: SERVER_004 to SERVER_007; an abort rejects with the signal's reason and leaves it stopped.
   */
  start(serverId: string, plan: () => Promise<LaunchPlan>, policy: LaunchPolicy, signal?: AbortSignal): Promise<void>;
  /** Ends a server with its whole process group: asks first, then kills. Resolves when nothing of it is left. Never rejects. */
  stop(serverId: string): Promise<void>;
  health(serverId: string): ServerHealth;
  /** The last lines of output, also of a server that has ended. */
  output(serverId: string): string[];
  /** Errors: SERVER_003 if it is not running. */
  session(serverId: string): McpSession;
  /** The same servers as the gateway uses them. */
  readonly upstreams: Upstreams;
  /** Drops what is remembered of a server that was removed. */
  forget(serverId: string): void;
  /** Stops everything, in bounded time. */
  close(): Promise<void>;
}
