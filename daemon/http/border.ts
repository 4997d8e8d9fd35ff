// The checks that come before anything else: is this request meant for us, and does it come from a page of ours?
// Host is checked against DNS rebinding, Origin against other pages in the user's browser (rules D3 and D5).
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
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/** The problem with a request, or undefined if it may go on. */
export function findBorderProblem(request: BorderRequest): ProblemError | undefined {
  return checkHost(request) ?? checkOrigin(request) ?? checkContentType(request);
}

function checkHost({ host, overSocket, port }: BorderRequest): ProblemError | undefined {
  if (overSocket && host === 'localhost') return undefined;
  if (!overSocket && host !== undefined && loopbackNames.some(name => host === `${name}:${port}`)) return undefined;
  return problem('ACCESS_003', {
    detail: 'The daemon answers only to its own loopback address.',
    next: 'Use http://127.0.0.1 with the port that "quayside status" shows.',
  });
}

function checkOrigin({
  host,
  origin,
  fetchSite,
  isNavigation,
  method,
  overSocket,
}: BorderRequest): ProblemError | undefined {
  // Exactly the page's own: another program may listen at this port on another of the machine's loopback addresses.
  const ownOrigin = !overSocket && origin === `http://${host}`;
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
