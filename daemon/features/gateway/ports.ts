// What the gateway needs of the rest of the daemon.
import type { AuditSink } from '../../http/bind-routes.ts';
import type { Clock } from '../../platform/clock.ts';
import type { OnRead } from '../../supervision/contents.ts';
import type { WireTool } from '../../supervision/session.ts';
import type { CallGuard, CallRecorder } from '../../supervision/tool-call.ts';
import type { Upstreams, WireObject } from '../../supervision/upstream.ts';

/** A tool that may be listed and called: neither switched off nor in quarantine. */
export interface ExposedTool {
  serverId: string;
  /** The server's own name of it. */
  tool: string;
  /** Its stable name at /mcp. */
  name: string;
  /** `server__tool`, which works at /mcp too; null where it could mean another tool as well. */
  longName: string | null;
  /** At /mcp/server/{server}: its own name, or what a person renamed it to. */
  nameAlone: string;
  /** As the server sent it, with a person's title and description. */
  definition: WireTool;
}

export interface PromptName {
  name: string;
  /** `server__prompt`, which works too; null where it could mean another prompt as well. */
  longName: string | null;
}

export interface GatewayPorts {
  upstreams: Upstreams;
  tools: {
    /** Of running and stopped servers, each server's in its own order. The same array as long as nothing has changed. */
    exposed(): readonly ExposedTool[];
  };
  prompts: {
    /** The stable names of prompts at /mcp, in their order. */
    names(found: readonly { serverId: string; prompt: string }[]): readonly PromptName[];
  };
  servers: {
    /** All that are installed, in the order in which they were added. */
    ids(): readonly string[];
    /** The Docker profile that it belongs to. */
    profileOf(serverId: string): string | null;
    /** Its time limit for a call. */
    callSeconds(serverId: string): number;
  };
  guard: CallGuard;
  recorder: CallRecorder;
  audit: AuditSink;
  version: string;
  clock: Clock;
  onFailure: (error: unknown) => void;
  /** A result as it goes on to a client: looked through for secrets, where somebody wants that. */
  screen?(serverId: string, tool: string | undefined, result: WireObject): WireObject;
  onRead?: OnRead;
  /** A client's session is over. `callerId`, `sessionId`: as in its calls. */
  onLeft?(callerId: string, sessionId: string): void;
  /** Sessions came, went or changed. */
  onChanged: () => void;
}
