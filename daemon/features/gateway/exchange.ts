// A request at the endpoint and its answer, whichever way they came through HTTP.

/** As much of a Request as the endpoint looks at. */
export interface Asked {
  readonly method: string;
  readonly headers: Pick<Headers, 'get' | 'has'>;
  text(): Promise<string>;
}

export interface Answer {
  readonly status: number;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;
}

/** An answer that is one JSON document. */
export const toJsonAnswer = (
  body: string | Uint8Array<ArrayBuffer>,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers: { 'content-type': 'application/json', ...headers }, body });

export const withoutBody = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body: null,
});
