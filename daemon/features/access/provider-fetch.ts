// The requests to a provider: bounded in time and size, never redirected, and only to addresses that its issuer may lead to.
import { lookup as lookUp } from 'node:dns';
import { type ClientRequest, type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestTls } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopbackName, mayReach, type Reach } from './provider-address.ts';

const mostBytes = 262_144;
const mostMilliseconds = 10_000;

interface ProviderRequest {
  method: string;
  headers: Record<string, string>;
  body?: unknown;
}

export type ProviderFetch = (url: string, options: ProviderRequest) => Promise<Response>;

/**
 * Not the fetch of Node, because an address has to be looked at when it is connected to: a name that is asked twice may
 * have two answers.
 */
export const createProviderFetch =
  (issuer: Reach): ProviderFetch =>
  async (url, { method, headers, body }) => {
    const target = new URL(url);
    checkTarget(target, issuer);
    const send = target.protocol === 'https:' ? requestTls : requestPlain;
    const sent = send(target, {
      method,
      headers,
      lookup: lookupWithin(issuer),
      signal: AbortSignal.timeout(mostMilliseconds),
      agent: false,
    });
    return await answerOf(sent, body === undefined || body === null ? undefined : String(body));
  };

function checkTarget({ protocol, hostname }: URL, issuer: Reach): void {
  const isPlain = protocol === 'http:' && issuer === 'loopback' && isLoopbackName(hostname);
  if (protocol !== 'https:' && !isPlain) throw new Error('The provider names an address that is not https.');
  const literal = hostname.replace(/^\[|\]$/g, '');
  // No name is looked up for these.
  if (isIP(literal) !== 0 && !mayReach(issuer, literal)) throw tooNear();
}

const lookupWithin =
  (issuer: Reach): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const [first] = found;
      if (!first || found.some(({ address }) => !mayReach(issuer, address))) return callback(tooNear(), []);
      return options.all ? callback(null, found) : callback(null, first.address, first.family);
    });
  };

const answerOf = (sent: ClientRequest, body: string | undefined): Promise<Response> =>
  new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (message: IncomingMessage) => {
      readBounded(message).then(content => {
        const status = message.statusCode ?? 502;
        const hasBody = status !== 204 && status !== 304;
        const type = message.headers['content-type'];
        resolve(
          new Response(hasBody ? new Uint8Array(content) : null, {
            status,
            headers: type ? { 'content-type': type } : {},
          }),
        );
      }, reject);
    });
    sent.end(body);
  });

async function readBounded(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of message) {
    const buffer = Buffer.from(piece);
    bytes += buffer.length;
    if (bytes > mostBytes) throw new Error('The provider’s answer is too large.');
    pieces.push(buffer);
  }
  return Buffer.concat(pieces);
}

const tooNear = () => new Error('The provider leads to an address that it may not lead to.');
