// A live MCP connection with one server, whichever way it is reached.
import { Client, type Transport } from '@modelcontextprotocol/client';
import type { LaunchPlan } from '../engines/engine.ts';
import type { ChildOptions } from './child.ts';
import type { Output } from './output.ts';
import type { LaunchPolicy } from './supervisor.ts';

export interface ConnectionEnd {
  failed: boolean;
  /** A sentence for a person. */
  reason: string;
}

export interface Connection {
  client: Client;
  pid: number | null;
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
  /** When it ends, by itself or because it was closed. Never rejects. */
  ended: Promise<ConnectionEnd>;
  /** Ends it and everything that belongs to it. Never rejects. */
  close(): Promise<void>;
}

export interface ConnectionContext {
  policy: LaunchPolicy;
  signal: AbortSignal;
  output: Output;
  redact: (text: string) => string;
  onPid: (pid: number) => void;
  onToolsChanged: () => void;
  /** Our own version, as servers see it. */
  version: string;
  child: ChildOptions;
}

export type PlanOf<Kind extends LaunchPlan['kind']> = Extract<LaunchPlan, { kind: Kind }>;

/** A client that offers a server nothing: there is nobody yet to answer a question of its own. */
export function createClient({
  version,
  onToolsChanged,
}: Pick<ConnectionContext, 'version' | 'onToolsChanged'>): Client {
  const client = new Client({ name: 'quayside', title: 'Quayside', version }, { capabilities: {} });
  client.setNotificationHandler('notifications/tools/list_changed', () => onToolsChanged());
  // Late answers and other oddities: the calls they concern have failed already.
  client.onerror = () => {};
  return client;
}

/** Initialises the session. Rejects with what the client throws, or with the signal's reason. */
export async function initialise(
  client: Client,
  transport: Transport,
  { policy, signal }: Pick<ConnectionContext, 'policy' | 'signal'>,
): Promise<void> {
  const timeout = policy.startSeconds * 1_000;
  await client.connect(transport, { timeout, maxTotalTimeout: timeout, signal });
}

/** What the server told of itself, cut to a sane length. */
export const described = (client: Client): Pick<Connection, 'serverVersion' | 'protocolVersion' | 'instructions'> => ({
  serverVersion: client.getServerVersion()?.version.slice(0, 64) ?? null,
  protocolVersion: client.getNegotiatedProtocolVersion() ?? null,
  instructions: client.getInstructions()?.slice(0, 20_000) ?? null,
});
