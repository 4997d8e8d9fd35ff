// One MCP server as the gateway sees it: messages pass as they are, parsed once, with members that we do not know.

/** JSON-RPC params or a result as they were on the wire. */
export type WireObject = Record<string, unknown>;

export interface WireRequest {
  method: string;
  params?: WireObject | undefined;
}
export type WireNotification = WireRequest;

/** What the server said of itself when its session began; `capabilities` and `serverInfo` are as it sent them. */
export interface UpstreamOffer {
  /** The revision that is spoken with the server, for example 2025-11-25. */
  protocolVersion: string;
  capabilities: WireObject;
  serverInfo: WireObject;
  instructions: string | undefined;
}

/** A JSON-RPC error of the other side, to be passed on as it is. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/**
 * The client behind requests: what the server may ask of it. Of one client there is one object as long as its session
 * lasts; a client without sessions has one for each request.
 */
export interface DownstreamClient {
  readonly id: string;
  /** It has no session: this object is gone with its one request, and gets no session of its own at a server. */
  readonly transient?: boolean | undefined;
  /** Its name, version and capabilities as it sent them. */
  readonly info: WireObject;
  readonly capabilities: WireObject;
  /**
   * A request of the server: sampling/createMessage, elicitation/create, roots/list. `within`: the request of this
   * client that it belongs to, if that can be told. Resolves with the result as the client sent it. Errors: WireError of
   * the client, -32601 if it does not offer this, or the signal's reason.
   */
  ask(request: WireRequest, context: { signal: AbortSignal; within: UpstreamCall | undefined }): Promise<WireObject>;
  /** A notification that belongs to no request of its own: resources/updated, message, what we do not know. Lists: see UpstreamEvents. */
  tell(notification: WireNotification): void;
}

/** A request on its way to a server. */
export interface UpstreamCall {
  readonly client: DownstreamClient;
  readonly signal: AbortSignal;
  /** From the moment it is sent; progress does not prolong it. */
  readonly timeoutSeconds: number;
  /** Progress with the client's own token, and log messages of this request, in the order in which the server sent them. */
  onNotification?(notification: WireNotification): void;
  /** The client speaks a revision in which a result may be `input_required`: such a result of the server is passed on and not answered here. */
  readonly takesInputRequired?: boolean;
}

export interface Upstream {
  readonly offer: UpstreamOffer;
  /**
   * Sends a request and resolves with its result, member for member as the server sent it. Request ids and progress
   * tokens are ours on that side and the client's on this one.
   * Errors: WireError as the server sent it; TOOL_003 after the time limit and the signal's reason after an abort (the
   * server is told to stop); TOOL_007 for an answer over the message limit; TOOL_010 if the server ended meanwhile,
   * SERVER_003 if it is not running; TOOL_011 when too many calls wait for it.
   */
  request(request: WireRequest, call: UpstreamCall): Promise<WireObject>;
  /** A notification of a client: notifications/roots/list_changed and those that we do not know. */
  notify(notification: WireNotification, client: DownstreamClient): void;
}

/** What was lost between a server and its clients, and by whom. Counted from the start of the server. */
export interface UpstreamLoss {
  /** For example sampling/createMessage. */
  what: string;
  reason: 'client-does-not-offer' | 'no-client' | 'more-than-one-client' | 'not-forwarded' | 'too-fast' | 'too-large';
  times: number;
}

export interface Upstreams {
  /** The server's session for this client: the one of all, or its own where the server keeps state. Errors: SERVER_003. */
  of(serverId: string, client: DownstreamClient): Promise<Upstream> | Upstream;
  /** What a running server offers. undefined: it is not running. Cheap: asked for with every list. */
  offer(serverId: string): UpstreamOffer | undefined;
  losses(serverId: string): UpstreamLoss[];
  /** A client's session is over, or the one request of a client without: sessions, subscriptions and questions that were for it end. */
  left(client: DownstreamClient): void;
}

export interface UpstreamEvents {
  /** `notifications/{tools,resources,prompts}/list_changed`, also after a server came or went. No client was told of it. */
  onListChanged(serverId: string, what: 'tools' | 'resources' | 'prompts'): void;
}
