// The first exchange with a server: which revision it speaks, and what it offers.
import { metaKeys, sessionRevisions, statelessRevision } from './revisions.ts';
import { type UpstreamOffer, WireError, type WireObject } from './upstream.ts';
import { isObject } from './wire-message.ts';
import { PeerFailure, type WirePeer } from './wire-peer.ts';

export interface HandshakeOptions {
  /** Our own version, as servers see it. */
  version: string;
  /** What is offered to the server in a session. */
  capabilities: WireObject;
  startSeconds: number;
  signal: AbortSignal;
  /** Do not ask whether it speaks the stateless revision. */
  sessionsOnly?: boolean | undefined;
  /** Milliseconds after which a server that has not said whether it speaks the stateless revision is asked the old way as well. */
  probePatience: number;
  /** The revision is known, and nothing was sent in it yet. */
  onAgreed(agreed: { protocolVersion: string; isStateless: boolean }): void;
}

export interface Agreed {
  offer: UpstreamOffer;
  isStateless: boolean;
}

export const clientInfo = (version: string): WireObject => ({ name: 'quayside', title: 'Quayside', version });

/** Errors: WireError, PeerFailure, UnknownRevision, or the signal's reason. */
export async function shakeHands<C>(peer: WirePeer<C>, options: HandshakeOptions): Promise<Agreed> {
  const over = new AbortController();
  try {
    const agreed = await negotiate(peer, { ...options, signal: AbortSignal.any([options.signal, over.signal]) });
    options.onAgreed({ protocolVersion: agreed.offer.protocolVersion, isStateless: agreed.isStateless });
    // Before anything else is asked, also where each message goes its own way.
    if (!agreed.isStateless) await peer.notify({ method: 'notifications/initialized' });
    return agreed;
  } finally {
    over.abort(new Error('It is known by now.'));
  }
}

async function negotiate<C>(peer: WirePeer<C>, options: HandshakeOptions): Promise<Agreed> {
  const until = performance.now() + options.startSeconds * 1_000;
  const left = (): number => Math.max(0.001, (until - performance.now()) / 1_000);
  if (options.sessionsOnly) return await initialise(peer, options, left());
  const discovered = discover(peer, options, left());
  discovered.catch(() => {});
  const patience = new Promise<'late'>(resolve => setTimeout(resolve, options.probePatience, 'late' as const).unref());
  const first = await Promise.race([discovered, patience]);
  if (first === undefined) return await initialise(peer, options, left());
  if (first !== 'late') return first;
  // Slow to start, or one that does not answer what it does not know: what it answers first is taken.
  const initialised = initialise(peer, options, left());
  initialised.catch(() => {});
  return await Promise.any([initialised, discovered.then(found => found ?? initialised)]).catch(() => initialised);
}

/** Undefined: it does not speak the stateless revision. Errors: what says that it will not speak at all. */
async function discover<C>(
  peer: WirePeer<C>,
  { version, signal }: HandshakeOptions,
  timeoutSeconds: number,
): Promise<Agreed | undefined> {
  const params = {
    _meta: {
      [metaKeys.protocolVersion]: statelessRevision,
      [metaKeys.clientInfo]: clientInfo(version),
      [metaKeys.clientCapabilities]: {},
    },
  };
  try {
    const result = await peer.request({ method: 'server/discover', params }, { signal, timeoutSeconds });
    return toOffer(result);
  } catch (error) {
    if (isNo(error)) return undefined;
    throw error;
  }
}

/** A server that knows only sessions says so in many ways; that it lets nobody in, or is not there, is something else. */
function isNo(error: unknown): boolean {
  if (error instanceof WireError) return true;
  if (!(error instanceof PeerFailure)) return false;
  if (error.kind === 'odd-answer') return true;
  const status = error.cause instanceof Error && 'status' in error.cause ? Number(error.cause.status) : Number.NaN;
  return error.kind === 'not-sent' && status >= 400 && status !== 401 && status !== 403;
}

function toOffer(result: WireObject): Agreed | undefined {
  const { supportedVersions, capabilities, instructions } = result;
  if (!Array.isArray(supportedVersions) || !supportedVersions.includes(statelessRevision)) return undefined;
  const meta = isObject(result['_meta']) ? result['_meta'] : {};
  const info = meta[metaKeys.serverInfo] ?? result['serverInfo'];
  return {
    isStateless: true,
    offer: {
      protocolVersion: statelessRevision,
      capabilities: isObject(capabilities) ? capabilities : {},
      serverInfo: isObject(info) ? info : {},
      instructions: typeof instructions === 'string' ? instructions : undefined,
    },
  };
}

export class UnknownRevision extends Error {
  constructor(revision: unknown) {
    super(
      `it wants to speak revision ${JSON.stringify(revision)?.slice(0, 50)} of the protocol, which is not known here`,
    );
  }
}

async function initialise<C>(peer: WirePeer<C>, options: HandshakeOptions, timeoutSeconds: number): Promise<Agreed> {
  const { version, capabilities, signal } = options;
  const params = { protocolVersion: sessionRevisions[0], capabilities, clientInfo: clientInfo(version) };
  const result = await peer.request({ method: 'initialize', params }, { signal, timeoutSeconds });
  const { protocolVersion, instructions } = result;
  if (typeof protocolVersion !== 'string' || !sessionRevisions.includes(protocolVersion))
    throw new UnknownRevision(protocolVersion);
  return {
    isStateless: false,
    offer: {
      protocolVersion,
      capabilities: isObject(result['capabilities']) ? result['capabilities'] : {},
      serverInfo: isObject(result['serverInfo']) ? result['serverInfo'] : {},
      instructions: typeof instructions === 'string' ? instructions : undefined,
    },
  };
}
