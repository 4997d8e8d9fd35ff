// The checks that come before anything else: is this request meant for us, and does it come from a page of ours?
// Host is checked against DNS rebinding, Origin against other pages in the user's browser (rules D3 and D5).
import type { Socket } from 'node:net';
import { type ProblemError, problem } from '../../shared/api/problem.ts';

export interface BorderRequest {
  host: string | undefined;
  origin: string | undefined;
  fetchSite: string | undefined;
  /** The browser opens it as a page of its own: a link that was followed. */
  isNavigation: boolean;
  method: string;
  contentType: string | undefined;
  hasBody: boolean;
  /** True if it came over the socket, where there is no browser and no name to rebind. */
  overSocket: boolean;
  /** The port that the request came in at. */
  port: number | undefined;
  /** True if it came by TLS. */
  overTls?: boolean;
  /** The address that it came in at: nobody's name leads to another machine by it. */
  localAddress?: string | undefined;
  /** Names that the user has given to this daemon. */
  names?: readonly string[];
}

/** A request as it came in. */
export interface Arrival {
  method: string;
  /** By its name in small letters. */
  header(name: string): string | undefined;
  /** undefined: the app is asked without a server. */
  socket: Socket | undefined;
  names: readonly string[];
}

export const toBorderRequest = ({ method, header, socket, names }: Arrival): BorderRequest => ({
  host: header('host'),
  origin: header('origin'),
  fetchSite: header('sec-fetch-site'),
  isNavigation: header('sec-fetch-mode') === 'navigate' && header('sec-fetch-dest') === 'document',
  method,
  contentType: header('content-type'),
  hasBody: hasBody(header),
  overSocket: socket?.localPort === undefined,
  overTls: isEncrypted(socket),
  localAddress: socket?.localAddress,
  names,
  port: socket?.localPort,
});

/** By the headers: without them there is none (RFC 9112, section 6.3). */
export const hasBody = (header: Arrival['header']): boolean =>
  header('transfer-encoding') !== undefined || (header('content-length') ?? '0') !== '0';

/** By the connection alone: a header that says so may be anybody's. */
export const isEncrypted = (socket: Socket | undefined): boolean =>
  socket !== undefined && 'encrypted' in socket && socket.encrypted === true;

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** The problem with a request, or undefined if it may go on. */
export function findBorderProblem(request: BorderRequest): ProblemError | undefined {
  return checkHost(request) ?? checkOrigin(request) ?? checkContentType(request);
}

function checkHost(request: BorderRequest): ProblemError | undefined {
  const { host, overSocket, names = [], localAddress } = request;
  if (overSocket && host === 'localhost') return undefined;
  const isAsked = (name: string): boolean => host !== undefined && isHostOf(name, host, request);
  const isOwn = () => localAddress !== undefined && isAsked(asHost(localAddress));
  if (!overSocket && (loopbackNames.some(isAsked) || names.some(isAsked) || isOwn())) return undefined;
  return problem('ACCESS_003', {
    detail: 'The daemon answers only to its own addresses, and to the names that it was given.',
    next: 'Use the address that "quayside status" shows, or give the daemon this name in QUAYSIDE_HOST_NAMES.',
  });
}

/** With its port, or without it where that is the usual one (RFC 9110, section 7.2). */
const isHostOf = (name: string, host: string, { port, overTls = false }: BorderRequest): boolean =>
  host === `${name}:${port}` || (host === name && port === (overTls ? 443 : 80));

/** As it stands in an address. An IPv4 address in IPv6 clothes is what it is. */
function asHost(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return plain.includes(':') ? `[${plain}]` : plain;
}

function checkOrigin({
  host,
  origin,
  fetchSite,
  isNavigation,
  method,
  overSocket,
  overTls = false,
}: BorderRequest): ProblemError | undefined {
  // Exactly the page's own: another program may listen at this port on another of the machine's loopback addresses.
  const ownOrigin = !overSocket && origin === `${overTls ? 'https' : 'http'}://${host}`;
  if (origin !== undefined && !ownOrigin) return foreign();
  // A browser says where a request comes from even where it sends no Origin. Typed or opened addresses are "none".
  // A link may be followed from anywhere: nobody but the user sees the page that opens, and frames are forbidden.
  if (isNavigation && method === 'GET') return undefined;
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return foreign();
  return undefined;
}

const foreign = (): ProblemError =>
  problem('ACCESS_004', {
    detail: 'The request comes from a page that is not the daemon’s own.',
    next: 'Programs send no Origin header; pages must be served by the daemon itself.',
  });

function checkContentType({ method, contentType, hasBody }: BorderRequest): ProblemError | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (!hasBody && contentType === undefined) return undefined;
  if (contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json') return undefined;
  return problem('REQUEST_002', {
    detail: `The body has the type ${contentType === undefined ? 'of nothing' : `"${contentType.slice(0, 80)}"`}.`,
    next: 'Send JSON with the header Content-Type: application/json.',
  });
}
