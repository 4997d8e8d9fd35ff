// Who is let in at once: the same rules as on the ordinary way, asked of Node's own request. Whoever does not pass all of them
// goes the ordinary way, where the refusal is told and put on record.
import type { IncomingMessage } from 'node:http';
import type { Permission } from '../../shared/api/route.ts';
import { type Authenticator, readBearer } from './authenticate.ts';
import { findBorderProblem, toBorderRequest } from './border.ts';
import { placeOfAddress } from './caller.ts';
import { decide } from './policy.ts';
import type { Principal } from './principal.ts';
import { isFiltered } from './scope.ts';

export interface Act {
  permission: Permission;
  /** As the audit log names it. */
  action: string;
  /** The server that it is about. */
  server: string | undefined;
}

export interface LetInOptions {
  authenticator: Pick<Authenticator, 'byToken'>;
  hostNames: readonly string[];
  /** Epoch milliseconds. */
  now: () => number;
}

/**
 * Programs with a token only: what comes from a browser brings more along that has to be looked at. Errors: none; what fails
 * here fails again on the ordinary way, where it is told.
 */
export function letInAtOnce(incoming: IncomingMessage, act: Act, options: LetInOptions): Principal | undefined {
  try {
    return letIn(incoming, act, options);
  } catch {
    return undefined;
  }
}

function letIn(
  incoming: IncomingMessage,
  { permission, action, server }: Act,
  { authenticator, hostNames, now }: LetInOptions,
): Principal | undefined {
  const { headers, method = '', socket } = incoming;
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined || saysTwice(incoming)) return undefined;
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  if (findBorderProblem(toBorderRequest({ method, header, socket, names: hostNames }))) return undefined;
  const token = readBearer(headers.authorization);
  const principal = token === undefined ? null : authenticator.byToken(token);
  if (principal instanceof Promise) {
    // It is asked for again on the ordinary way.
    principal.catch(() => {});
    return undefined;
  }
  if (!principal) return undefined;
  const place = { server, isFiltered: isFiltered(action), from: placeOfAddress(socket.remoteAddress), now: now() };
  return decide(principal, permission, place).allowed ? principal : undefined;
}

/** Of a header that came twice Node has the first alone, or all of them in one: which of them counts is not for us to choose. */
const saysTwice = ({ headers, rawHeaders }: IncomingMessage): boolean =>
  Object.keys(headers).length * 2 !== rawHeaders.length;
