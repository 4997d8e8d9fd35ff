// The short way to the endpoint, for what is sent a thousand times a second: a POST of a program that is let in at once.
// Everything else, and every refusal, goes the ordinary way.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isProblemError } from '../../../shared/api/problem.ts';
import { limits } from '../../../shared/domain/limits.ts';
import type { TakeAtOnce } from '../../http/door.ts';
import { type LetInOptions, letInAtOnce } from '../../http/let-in.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import type { Principal } from '../../http/principal.ts';
import { securityHeaders } from '../../http/security-headers.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { writeProblem } from '../../http/write-problem.ts';
import type { Gateway } from './create-gateway.ts';
import type { Answer, Asked } from './exchange.ts';
import { gatewayAct } from './gateway.routes.ts';
import { createDismissals, Disconnection, eitherOf } from './leaving.ts';
import { everything, type Place } from './places.ts';

export interface GatewayDoorOptions extends LetInOptions {
  gateway: Pick<Gateway, 'fetch'>;
  lifelines: Lifelines;
  /** Called at the begin of each request; the function it returns, once it is answered. */
  onRequest: () => () => void;
  onFailure: (error: unknown, operationId: string, requestId: string) => void;
}

export function createGatewayDoor(options: GatewayDoorOptions): TakeAtOnce {
  const { gateway, lifelines, onRequest, onFailure } = options;
  const dismissalOf = createDismissals(lifelines);

  const answer = async (
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    { place, principal }: { place: Place; principal: Principal },
  ): Promise<void> => {
    const requestId = randomUUID();
    const end = onRequest();
    try {
      const dismissal = dismissalOf(principal);
      const signal = eitherOf(new Disconnection(outgoing), dismissal);
      const found = await gateway.fetch(toAsked(incoming), { place, principal, requestId, signal, dismissal });
      write(outgoing, found, requestId);
    } catch (error) {
      if (!isProblemError(error)) onFailure(error, gatewayAct.action, requestId);
      writeProblem(outgoing, errorToProblem(error), {}, requestId);
    } finally {
      end();
    }
  };

  return (incoming, outgoing) => {
    const place = placeAt(incoming.url);
    if (!place || incoming.method !== 'POST' || !isShort(incoming)) return false;
    const server = place.kind === 'server' ? place.server : undefined;
    const principal = letInAtOnce(incoming, { ...gatewayAct, server }, options);
    if (!principal) return false;
    // What fails here fails with the connection, and whoever waits on it knows by that.
    answer(incoming, outgoing, { place, principal }).catch(() => outgoing.destroy());
    return true;
  };
}

const named = /^\/mcp\/(server\/)?(?!\.\.?$)([\w.~-]+)$/;

/** undefined: it is no address of the endpoint, or one that has to be decoded or leads elsewhere. */
function placeAt(url: string | undefined): Place | undefined {
  if (url === '/mcp') return everything;
  const [, ofServer, name] = named.exec(url ?? '') ?? [];
  if (name === undefined || (ofServer === undefined && name === 'server')) return undefined;
  return ofServer === undefined ? { kind: 'profile', profile: name } : { kind: 'server', server: name };
}

/** Its length is told, which Node holds it to, and is within what anybody may send here. */
function isShort({ headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return length > 0 && length <= limits.documentBody && headers['transfer-encoding'] === undefined;
}

const toAsked = (incoming: IncomingMessage): Asked => ({
  method: 'POST',
  headers: {
    get(name) {
      const value = incoming.headers[name.toLowerCase()];
      return typeof value === 'string' ? value : null;
    },
    has: name => incoming.headers[name.toLowerCase()] !== undefined,
  },
  text: () => readText(incoming),
});

const decoder = new TextDecoder();

/** Errors: the body broke off. */
const readText = (incoming: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => void pieces.push(piece));
    incoming.once('end', () => resolve(decoder.decode(pieces.length === 1 ? pieces[0] : Buffer.concat(pieces))));
    incoming.once('error', reject);
    incoming.once('close', () => {
      if (!incoming.readableEnded) reject(new Error('The body broke off.'));
    });
  });

function write(outgoing: ServerResponse, { status, headers, body }: Answer, requestId: string): void {
  if (outgoing.destroyed) return;
  const all = { ...securityHeaders(requestId), ...headers };
  if (body instanceof ReadableStream) {
    outgoing.writeHead(status, all).flushHeaders();
    pump(body, outgoing).catch(() => outgoing.destroy());
    return;
  }
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : (body?.byteLength ?? 0);
  outgoing.writeHead(status, { ...all, 'content-length': bytes }).end(body ?? undefined);
}

/** As fast as it is read. A stream whose reader has gone is told so. */
async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  let goOn = () => {};
  outgoing.on('drain', () => goOn());
  outgoing.once('close', () => {
    void reader.cancel().catch(() => {});
    goOn();
  });
  for (let next = await reader.read(); !next.done && !outgoing.destroyed; next = await reader.read()) {
    if (outgoing.write(next.value) || outgoing.destroyed) continue;
    await new Promise<void>(resolve => {
      goOn = resolve;
    });
  }
  outgoing.end();
}
