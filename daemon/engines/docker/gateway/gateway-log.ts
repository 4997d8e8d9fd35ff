// What is known of the servers of one run of a gateway, from its log alone.
import { type Capabilities, parseLine, splitLine } from './log-lines.ts';

export type ServerStart =
  | { state: 'waiting'; begunAt: number | null }
  | { state: 'ready'; has: Capabilities | null }
  | { state: 'failed'; reason: string };

export interface GatewayLogOptions {
  servers: readonly string[];
  /** These have nothing to show even when they are well: all their tools are switched off. */
  silent?: ReadonlySet<string>;
  now: () => number;
  /** `server`: whose own output it is; null: the gateway's. */
  onLine: (text: string, server: string | null) => void;
  /** After each line that told something of a server or of the start. */
  onProgress: () => void;
}

export interface GatewayLog {
  add(line: string): void;
  of(server: string): ServerStart;
  /** The servers that have not answered in their time: those that hold up all others. */
  overdue(now: number, startMilliseconds: (server: string) => number): string[];
  /** The last words of a server's container, for the reason of its failure. */
  lastWords(server: string): string[];
  /** The secrets that the gateway did not get, by server. */
  missingSecrets(): ReadonlyMap<string, string>;
  readonly isPulling: boolean;
  readonly isListed: boolean;
  /** How many reloads have ended well. */
  readonly reloads: number;
  /** Why the last reload was refused. */
  readonly refusal: string | null;
  readonly lastLineAt: number;
  /** The last lines of the gateway itself. */
  tail(): string[];
}

/** Lines that are kept to tell a failure by. */
const kept = { gateway: 60, server: 4 } as const;

export function createGatewayLog({
  servers,
  silent = new Set(),
  now,
  onLine,
  onProgress,
}: GatewayLogOptions): GatewayLog {
  const names = new Set(servers);
  const starts = new Map<string, ServerStart>(servers.map(name => [name, { state: 'waiting', begunAt: null }]));
  const words = new Map<string, string[]>();
  const missing = new Map<string, string>();
  const tail: string[] = [];
  let [isPulling, isListed, isReloading] = [false, false, false];
  let reloads = 0;
  let refusal: string | null = null;
  let listingAt: number | null = null;
  let lastLineAt = now();

  const remember = (list: string[], line: string, most: number): void => {
    list.push(line);
    if (list.length > most) list.shift();
  };
  const isWaiting = (name: string) => starts.get(name)?.state === 'waiting';

  /** What is still waiting when all is listed has nothing to show, which the log does not say. */
  const settleRest = (): void => {
    for (const name of names) if (isWaiting(name)) starts.set(name, { state: 'ready', has: null });
  };

  const addOne = (line: string): void => {
    const { text, event } = parseLine(line, names);
    if (event?.kind === 'said') {
      const heard = words.get(event.server) ?? [];
      if (event.text.trim() !== '') remember(heard, event.text.trim(), kept.server);
      words.set(event.server, heard);
      onLine(event.text, event.server);
      return;
    }
    remember(tail, text, kept.gateway);
    onLine(text, null);
    if (!event) return;
    switch (event.kind) {
      case 'pulling':
        isPulling = true;
        break;
      case 'pulled':
      case 'enabled':
        isPulling = false;
        break;
      case 'listing':
        isPulling = false;
        listingAt ??= now();
        break;
      case 'reloading':
        isReloading = true;
        break;
      case 'not-reloaded':
        isReloading = false;
        refusal = event.reason;
        break;
      case 'listed':
        settleRest();
        isListed = true;
        if (isReloading) reloads += 1;
        isReloading = false;
        break;
      case 'begun':
        if (isWaiting(event.server)) starts.set(event.server, { state: 'waiting', begunAt: now() });
        break;
      case 'ready':
        starts.set(event.server, { state: 'ready', has: event.has });
        break;
      case 'failed':
        // During a reload a server that runs well in our session may fail in the gateway's own.
        starts.set(event.server, { state: 'failed', reason: event.reason });
        break;
      case 'secret-missing':
        missing.set(event.server, event.secret);
        break;
    }
    onProgress();
  };

  return {
    add(line) {
      lastLineAt = now();
      for (const part of splitLine(line)) addOne(part);
    },
    of: server => starts.get(server) ?? { state: 'waiting', begunAt: null },
    overdue(at, startMilliseconds) {
      if (isListed || listingAt === null) return [];
      const waiting = [...names].flatMap(name => {
        const start = starts.get(name);
        return start?.state === 'waiting' ? [{ name, begunAt: start.begunAt }] : [];
      });
      const late = waiting.filter(({ name, begunAt }) => begunAt !== null && at - begunAt > startMilliseconds(name));
      const talking = late.filter(({ name }) => !silent.has(name));
      if (talking.length > 0) return talking.map(({ name }) => name);
      if (late.length > 0) return late.map(({ name }) => name);
      // A remote server has no container, so that nothing tells when it was begun; those behind it wait for their turn.
      if (waiting.some(({ begunAt }) => begunAt !== null)) return [];
      const since = at - listingAt;
      return waiting.flatMap(({ name }) => (since > startMilliseconds(name) ? [name] : []));
    },
    lastWords: server => words.get(server) ?? [],
    missingSecrets: () => missing,
    get isPulling() {
      return isPulling;
    },
    get isListed() {
      return isListed;
    },
    get reloads() {
      return reloads;
    },
    get refusal() {
      return refusal;
    },
    get lastLineAt() {
      return lastLineAt;
    },
    tail: () => tail,
  };
}
