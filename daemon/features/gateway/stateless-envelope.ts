// What revision 2026-07-28 asks of each request: an envelope in `_meta`, and headers that say the same as the body.

import type { WireObject } from '../../supervision/upstream.ts';
import type { Asked } from './exchange.ts';
import { decodeHeader, trimHeader } from './param-headers.ts';
import { envelope, isSessionRevision, statelessRevision } from './revisions.ts';
import { isObject, type Message, metaOf, type RequestMessage, rpcCodes } from './wire.ts';

export interface Rejection {
  status: number;
  code: number;
  message: string;
  data?: unknown;
}

export interface Envelope {
  info: WireObject;
  capabilities: WireObject;
  logLevel: string | undefined;
}

const versionHeader = (request: Asked): string | undefined => trimHeader(request.headers.get('mcp-protocol-version'));

/**
 * Whether a message is one of the stateless revision. The body says so; the header does where the body is silent, so
 * that a request that forgot its envelope is told that and not that it has no session.
 */
export function isStateless(request: Asked, message: Message | undefined): boolean {
  const params = message && 'params' in message ? message.params : undefined;
  if (metaOf(params)?.[envelope.protocolVersion] !== undefined) return true;
  const header = versionHeader(request);
  if (header === undefined || isSessionRevision(header)) return false;
  return header >= statelessRevision && /^\d{4}-\d{2}-\d{2}$/.test(header);
}

const mismatch = (message: string, header: string, body: string): Rejection => ({
  status: 400,
  code: rpcCodes.headerMismatch,
  message: `The headers and the body of the request disagree: ${message}.`,
  data: { mismatch: { header, body } },
});

/** Why a request may not go on, or its envelope. The order is that of the revision: the first that fails answers. */
export function openEnvelope(request: Asked, message: RequestMessage): Rejection | Envelope {
  const meta = metaOf(message.params) ?? {};
  return (
    checkEnvelope(meta) ??
    checkVersions(versionHeader(request), meta[envelope.protocolVersion], message.method) ??
    checkMethod(request, message) ??
    toEnvelope(meta)
  );
}

export const isRejection = (opened: Rejection | Envelope): opened is Rejection => 'status' in opened;

function checkEnvelope(meta: WireObject): Rejection | undefined {
  const wrong = [
    ...(typeof meta[envelope.protocolVersion] === 'string' ? [] : [envelope.protocolVersion]),
    ...(isObject(meta[envelope.clientCapabilities]) ? [] : [envelope.clientCapabilities]),
    ...(meta[envelope.clientInfo] === undefined || isObject(meta[envelope.clientInfo]) ? [] : [envelope.clientInfo]),
  ];
  if (wrong.length === 0) return undefined;
  return {
    status: 400,
    code: rpcCodes.invalidParams,
    message: `_meta of the request lacks, or has in a wrong shape: ${wrong.join(', ')}.`,
    data: { envelope: { missing: wrong } },
  };
}

function checkVersions(header: string | undefined, claimed: unknown, method: string): Rejection | undefined {
  if (header !== undefined && header !== claimed)
    return mismatch('MCP-Protocol-Version is not the version of the body', header, String(claimed));
  if (claimed !== statelessRevision) {
    return {
      status: 400,
      code: rpcCodes.unsupportedVersion,
      message: `Protocol version ${String(claimed).slice(0, 40)} is not spoken here without a session.`,
      data: { supported: [statelessRevision], requested: claimed },
    };
  }
  if (header === undefined) return mismatch('MCP-Protocol-Version is missing', '(missing)', method);
  return undefined;
}

/** Which member of the params the header Mcp-Name repeats. */
const named: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
};

function checkMethod({ headers }: Asked, { method, params }: RequestMessage): Rejection | undefined {
  const said = trimHeader(headers.get('mcp-method'));
  if (said !== method) return mismatch('Mcp-Method is not the method of the body', said ?? '(missing)', method);
  const member = Object.hasOwn(named, method) ? named[method] : undefined;
  const name = member === undefined ? undefined : params?.[member];
  if (typeof name !== 'string') return undefined;
  const header = trimHeader(headers.get('mcp-name'));
  if (header === undefined) return mismatch('Mcp-Name is missing', '(missing)', name);
  return decodeHeader(header) === name ? undefined : mismatch(`Mcp-Name is not params.${member}`, header, name);
}

const toEnvelope = (meta: WireObject): Envelope => {
  const info = meta[envelope.clientInfo];
  const capabilities = meta[envelope.clientCapabilities];
  const logLevel = meta[envelope.logLevel];
  return {
    info: isObject(info) ? info : {},
    capabilities: isObject(capabilities) ? capabilities : {},
    logLevel: typeof logLevel === 'string' ? logLevel : undefined,
  };
};

const ofTheClient: readonly string[] = [envelope.protocolVersion, envelope.clientInfo, envelope.clientCapabilities];

/** The params without the part of the envelope that is between client and gateway: to the server there is another one. */
export function withoutEnvelope(params: WireObject): WireObject {
  const { _meta: meta, ...rest } = params;
  const kept = Object.entries(isObject(meta) ? meta : {}).filter(([name]) => !ofTheClient.includes(name));
  return kept.length === 0 ? rest : { ...rest, _meta: Object.fromEntries(kept) };
}
