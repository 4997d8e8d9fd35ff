// What a gateway says on its error output, line by line (CONTRACT section 6). Any text is a line; what is not known is just that.

export interface Capabilities {
  tools: number;
  prompts: number;
  resources: number;
}

export type LogEvent =
  | { kind: 'enabled'; servers: string[] }
  | { kind: 'pulling' }
  | { kind: 'pulled' }
  | { kind: 'listing' }
  /** All that will ever be listed is listed. */
  | { kind: 'listed'; tools: number }
  | { kind: 'reloading' }
  | { kind: 'not-reloaded'; reason: string }
  | { kind: 'initialized' }
  /** A server's container is being started. */
  | { kind: 'begun'; server: string }
  | { kind: 'ready'; server: string; has: Capabilities }
  | { kind: 'failed'; server: string; reason: string }
  | { kind: 'secret-missing'; server: string; secret: string }
  | { kind: 'image-not-pulled'; image: string; reason: string }
  /** A line of a server's own error output; only with --verbose. */
  | { kind: 'said'; server: string; text: string };

export interface LogLine {
  /** As it is to be shown: without the first characters of secrets that --verbose prints. */
  text: string;
  event: LogEvent | null;
}

/** This warning lacks its newline: the next line follows on the same one (recorded: gateway-server-crash-verbose). */
const pullWarning = /^\s*- warning: pulling docker image (\S+): (.*)$/;
/** How a line begins that may follow it. Without the word that comes first nobody could tell where an error ends. */
const followsWarning = /(?=> Images pulled in )|(?=- Verifying images \[)|(?=- Those servers are enabled:)/;

/** The lines that were meant by one that was read: two, if one of them lacks its end. */
export function splitLine(line: string): string[] {
  const at = pullWarning.test(line) ? line.search(followsWarning) : -1;
  return at > 0 ? [line.slice(0, at), line.slice(at)] : [line];
}

/** `servers`: the names that a line can be of. Never throws. */
export function parseLine(line: string, servers: ReadonlySet<string>): LogLine {
  const masked = /^(\s+- [A-Za-z_][A-Za-z0-9_]*: ).{0,4}\*{4}$/.exec(line);
  return { text: masked ? `${masked[1]}•••` : line, event: toEvent(line, servers) };
}

type Reader = (found: RegExpExecArray, servers: ReadonlySet<string>) => LogEvent | null;

const known = (servers: ReadonlySet<string>, name: string, event: LogEvent): LogEvent | null =>
  servers.has(name) ? event : null;

const grammar: readonly (readonly [RegExp, Reader])[] = [
  [/^- Those servers are enabled: (.*)$/, ([, names = '']) => ({ kind: 'enabled', servers: names.split(', ') })],
  [/^- Using images:/, () => ({ kind: 'pulling' })],
  [/^> Images pulled in /, () => ({ kind: 'pulled' })],
  [/^- Listing MCP tools/, () => ({ kind: 'listing' })],
  [/^> (\d{1,9}) tools listed in /, ([, tools]) => ({ kind: 'listed', tools: Number(tools) })],
  [/^> Configuration updated, reloading/, () => ({ kind: 'reloading' })],
  [
    /^(?:Error reading configuration:|> Unable to \w[\w ]*:) ?(.*)$/,
    ([, reason = '']) => ({ kind: 'not-reloaded', reason }),
  ],
  [/^> Initialized in /, () => ({ kind: 'initialized' })],
  [
    /^ {2}- Running \S+ with \[.*?-l docker-mcp-name=(\S+) /,
    ([, server = ''], servers) => known(servers, server, { kind: 'begun', server }),
  ],
  [
    /^ {2}> (\S+):((?: \(\d{1,9} (?:tools|prompts|resources|resourceTemplates)\))+)$/,
    ([, server = '', counts = ''], servers) =>
      known(servers, server, { kind: 'ready', server, has: readCounts(counts) }),
  ],
  [
    /^ {2}> Can't (?:start|list tools) (\S+?): (.*)$/,
    ([, server = '', reason = ''], servers) => known(servers, server, { kind: 'failed', server, reason }),
  ],
  [
    /^Warning: Secret '([^']*)' not found for server '([^']*)'/,
    ([, secret = '', server = ''], servers) => known(servers, server, { kind: 'secret-missing', server, secret }),
  ],
  [pullWarning, ([, image = '', reason = '']) => ({ kind: 'image-not-pulled', image, reason })],
  [/^- (\S+): ?(.*)$/, ([, server = '', text = ''], servers) => known(servers, server, { kind: 'said', server, text })],
];

function toEvent(line: string, servers: ReadonlySet<string>): LogEvent | null {
  for (const [pattern, read] of grammar) {
    const found = pattern.exec(line);
    if (found) return read(found, servers);
  }
  return null;
}

function readCounts(text: string): Capabilities {
  const count = (what: string) => Number(new RegExp(`\\((\\d+) ${what}\\)`).exec(text)?.[1] ?? 0);
  return { tools: count('tools'), prompts: count('prompts'), resources: count('resources') };
}
