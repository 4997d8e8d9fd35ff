// A problem as the answer to a request that the app does not see.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Problem } from '../../shared/api/problem.ts';
import { securityHeaders } from './security-headers.ts';

/** Does nothing if the connection has gone. `headers`: more of them, in small letters. */
export function writeProblem(
  outgoing: ServerResponse,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
  requestId: string = randomUUID(),
): void {
  if (outgoing.destroyed) return;
  const body = JSON.stringify({ ...problem, requestId });
  outgoing
    .writeHead(problem.status, {
      ...securityHeaders(requestId),
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body);
}
