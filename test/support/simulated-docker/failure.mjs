// How a command of the simulated CLI ends badly: a text for standard error and an exit code.

export class Failure extends Error {
  /** @param {string} text what goes to standard error, without the last newline */
  constructor(text, exitCode = 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** Ends the command as the real one does: the text on standard error, exit code 1. */
export function fail(text, exitCode = 1) {
  throw new Failure(text, exitCode);
}

/** What docker's own look-up says without a network. */
export const noSuchHost = (host, prefix = 'dial tcp: ') => `${prefix}lookup ${host} on 192.0.2.53:53: no such host`;
