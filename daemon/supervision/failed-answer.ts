// Answers that a transport makes up itself, so that the call they belong to fails at once and with the true reason.
import type { WireMessage } from './wire-message.ts';

/** The answer was longer than allowed. A class, because no server can send an instance of it. */
export class OversizedAnswer {
  readonly bytes: number;
  readonly limit: number;
  constructor(bytes: number, limit: number) {
    this.bytes = bytes;
    this.limit = limit;
  }
}

/** The connection ended before the answer came. */
export class LostAnswer {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

export const failedAnswer = (id: number | string, data: OversizedAnswer | LostAnswer): WireMessage => ({
  jsonrpc: '2.0',
  id,
  error: { code: -32_000, message: 'The answer was not taken.', data },
});
