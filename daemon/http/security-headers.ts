// What every answer says to a browser, whatever it is.
import type { ServerResponse } from 'node:http';

const fixed = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
} as const;
const each = Object.entries(fixed);

export const securityHeaders = (requestId: string): Record<string, string> => ({ 'x-request-id': requestId, ...fixed });

/**
 * On Node's own answer where there is one, before anything else: an answer that says one of them itself comes later and has
 * the last word, and Headers of the web platform take longer for each than Node for all of them.
 */
export function setSecurityHeaders(outgoing: ServerResponse, requestId: string): void {
  outgoing.setHeader('x-request-id', requestId);
  for (const [name, value] of each) outgoing.setHeader(name, value);
}

/** Where the app is asked without a server. */
export function addSecurityHeaders(headers: Headers, requestId: string): void {
  headers.set('x-request-id', requestId);
  for (const [name, value] of each) if (!headers.has(name)) headers.set(name, value);
}
