// Which revisions of the protocol the endpoint speaks, and the names that the stateless one gives to its envelope.

/** Revisions with sessions, the newest first. */
export const sessionRevisions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
export type SessionRevision = (typeof sessionRevisions)[number];

export const isSessionRevision = (version: unknown): version is SessionRevision =>
  sessionRevisions.some(known => known === version);

/** Requests stand alone from this revision on, and carry what a session knew in `_meta`. */
export const statelessRevision = '2026-07-28';

/** Streams may begin with an event that has an id and no data; older clients take it for broken JSON. */
export const takesPrimingEvent = (revision: SessionRevision): boolean => revision === '2025-11-25';

/** Several messages in one body: part of 2025-03-26 and what was before it, gone since. */
export const takesBatches = (revision: SessionRevision): boolean =>
  revision === '2025-03-26' || revision === '2024-11-05';

/** Revision 2026-07-28: the members of `_meta` that make up the envelope of a request. */
export const envelope = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  logLevel: 'io.modelcontextprotocol/logLevel',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
} as const;
