// The revisions of the protocol that are spoken with servers, and what a request of the stateless one carries (SEP-2575).

/** With sessions: initialize first. The first is asked for. */
export const sessionRevisions: readonly string[] = [
  '2025-11-25',
  '2025-06-18',
  '2025-03-26',
  '2024-11-05',
  '2024-10-07',
];

/** Without sessions: each request says who asks. */
export const statelessRevision = '2026-07-28';

export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
} as const;

/** Of `_meta`, what belongs to one stretch of the way and is not passed on. */
const hopKeys: ReadonlySet<string> = new Set(Object.values(metaKeys));

/** The members that are passed on; undefined if none are left. */
export function passedMeta(meta: Record<string, unknown>): Record<string, unknown> | undefined {
  let isClean = true;
  for (const key in meta) if (hopKeys.has(key)) isClean = false;
  if (isClean) return meta;
  const rest = Object.entries(meta).filter(([key]) => !hopKeys.has(key));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}
