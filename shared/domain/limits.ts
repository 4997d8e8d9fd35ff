/** Limits that both sides of a border need. Bytes and milliseconds unless the name says otherwise. */
export const limits = {
  pageSize: { default: 20, most: 100 },
  /** Of a request that brings a whole catalog or profile along. */
  documentBody: 5_242_880,
  requestBody: 1_048_576,
  /** One JSON-RPC line from a server; a longer one is dropped and its call fails. */
  message: { default: 10_485_760, most: 104_857_600 },
  startSeconds: { default: 30, most: 600 },
  callSeconds: { default: 120, most: 3_600 },
  /** Calls that a server works on at once, and that wait for a place. */
  concurrentCalls: { default: 32, most: 256 },
  waitingCalls: { default: 256, most: 10_000 },
  arguments: 64,
  environment: 128,
  /** Characters of one value in the vault, and how many there may be. */
  secretCharacters: 65_536,
  secrets: 10_000,
  /** Lines of a server's stderr that are kept in memory, and the length at which one is cut. */
  outputLines: 200,
  outputLine: 2_000,
  loginTicketSeconds: 300,
  sessionHours: 12,
  eventBuffer: 1_000,
} as const;
