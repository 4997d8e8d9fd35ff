// What all requests to a running server have in common.
import * as z from 'zod';

/** How a request to a server is followed while it runs. */
export const watching = {
  timeoutSeconds: z.int().min(1).max(3600).optional(),
  watch: z
    .boolean()
    .default(false)
    .describe('True: progress, log messages and questions of the server come as events, and questions can be answered'),
  callId: z.uuid().optional().describe('Made by the client; needed to watch, because the answer comes at the end'),
};
export const isWatchable = ({ watch, callId }: { watch: boolean; callId?: string | undefined }) =>
  !watch || callId !== undefined;
export const watchNeedsId = { path: ['callId'], message: 'To watch a call it needs an id.' };

/** What any request to a server may answer. */
export const requestProblems = [
  'SERVER_001',
  'SERVER_003',
  'TOOL_003',
  'TOOL_004',
  'TOOL_006',
  'TOOL_007',
  'TOOL_010',
  'TOOL_011',
] as const;
