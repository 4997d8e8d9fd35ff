// What the daemon is told when it starts: arguments first, then the environment, then what is usual.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { problem } from '../../shared/api/problem.ts';
import { stateFolder } from '../../shared/domain/discovery.ts';
import type { TlsFiles } from './tls-files.ts';

export interface DaemonConfig {
  home: string;
  socket: string;
  /** null: no port, the socket only. 0: any free one. */
  port: number | null;
  /** The address that the port is opened on. Default: this machine's own alone. */
  host?: string;
  /** Names under which the page is reached besides this machine's own, for the check of the Host header. */
  hostNames?: readonly string[];
  /** The port speaks TLS. Default: it does not. */
  tls?: TlsFiles;
  /** Take any free port when the wanted one is taken. */
  portFallback: boolean;
  /** End this many seconds after the last client; null: stay. */
  idleExitSeconds: number | null;
  logFile: string;
  logToOutput: boolean;
  /** How much is logged. Default: info. */
  logLevel?: (typeof logLevels)[number];
  /** Requests a minute of the API; 0: no limit. Absent: none of either. */
  rateLimits?: { strangers: number; known: number };
}

const defaultPort = 8083;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error'] as const;

/** Errors: REQUEST_001 for an argument that is not understood. */
export function readConfig(args: string[], environment: NodeJS.ProcessEnv): DaemonConfig {
  const { values } = parse(args);
  const named = values.home ?? stateFolder({ platform: process.platform, home: homedir(), environment });
  const home = realPath(resolve(named));
  return {
    home,
    socket: socketPath(home, environment),
    port: values.port === 'none' ? null : toInteger('port', values.port ?? String(defaultPort), 0, 65_535),
    ...readDoor(values, environment),
    portFallback: values['port-fallback'] ?? false,
    idleExitSeconds:
      values['idle-exit'] === undefined ? null : toInteger('idle-exit', values['idle-exit'], 1, 86_400 * 7),
    logFile: values['log-file'] ? resolve(values['log-file']) : join(home, 'daemon.log'),
    logToOutput: values['log-stdout'] ?? false,
    logLevel: logLevel(environment['QUAYSIDE_LOG_LEVEL'] || 'info'),
    rateLimits: {
      strangers: rateLimit('QUAYSIDE_RATE_LIMIT_STRANGERS', environment, 100),
      known: rateLimit('QUAYSIDE_RATE_LIMIT', environment, 1_000),
    },
  };
}

const rateLimit = (name: string, environment: NodeJS.ProcessEnv, usual: number): number =>
  toInteger(name, environment[name] || String(usual), 0, 1_000_000);

/** What decides who can reach the port (rule D1: nobody elsewhere, unless that is said in so many words). */
function readDoor(
  values: { host?: string | undefined; expose?: boolean | undefined },
  environment: NodeJS.ProcessEnv,
): Pick<DaemonConfig, 'host' | 'hostNames' | 'tls'> {
  const host = values.host ?? (environment['QUAYSIDE_HOST'] || undefined);
  const isExposed = values.expose ?? environment['QUAYSIDE_EXPOSE'] === '1';
  if (host !== undefined && !isLoopback(host) && !isExposed) {
    throw problem('REQUEST_001', {
      detail: `With --host ${host} other machines can reach the daemon, which starts programs for whoever is let in.`,
      next: 'If that is what you want, say so with --expose (or QUAYSIDE_EXPOSE=1), and give it a certificate.',
    });
  }
  const [cert = '', key = ''] = [environment['QUAYSIDE_TLS_CERT'], environment['QUAYSIDE_TLS_KEY']];
  if ((cert === '') !== (key === '')) {
    throw problem('REQUEST_001', {
      detail: 'QUAYSIDE_TLS_CERT and QUAYSIDE_TLS_KEY belong together: set both or none.',
    });
  }
  const names = (environment['QUAYSIDE_HOST_NAMES'] ?? '').split(',').map(name => name.trim().toLowerCase());
  return {
    ...(host === undefined ? {} : { host }),
    ...(cert === '' ? {} : { tls: { cert: resolve(cert), key: resolve(key) } }),
    hostNames: names.filter(name => /^[a-z0-9.-]+$|^\[[0-9a-f:]+\]$/.test(name)),
  };
}

/** Never a name but localhost: what another one means may be somebody else's to say. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

function logLevel(text: string): (typeof logLevels)[number] {
  const level = logLevels.find(each => each === text);
  if (level) return level;
  throw problem('REQUEST_001', {
    detail: `QUAYSIDE_LOG_LEVEL must be one of ${logLevels.join(', ')}, and not "${text}".`,
  });
}

/** Where a link that the user has made leads to; what is made of it is checked to be the user's own. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        home: { type: 'string' },
        port: { type: 'string' },
        host: { type: 'string' },
        expose: { type: 'boolean' },
        'port-fallback': { type: 'boolean' },
        'idle-exit': { type: 'string' },
        'log-file': { type: 'string' },
        'log-stdout': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw problem('REQUEST_001', {
      detail: error instanceof Error ? error.message : String(error),
      next: 'The options are --home, --port, --host, --expose, --port-fallback, --idle-exit, --log-file and --log-stdout.',
    });
  }
}

function toInteger(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw problem('REQUEST_001', {
    detail: `${name.startsWith('QUAYSIDE') ? name : `--${name}`} must be a whole number from ${least} to ${most}, and not "${text}".`,
  });
}

/** The longest path that a Unix socket may have on every system we know (macOS: 104 bytes with the end mark). */
const longestSocketPath = 100;

function socketPath(home: string, environment: NodeJS.ProcessEnv): string {
  const key = createHash('sha256').update(home).digest('hex').slice(0, 16);
  if (process.platform === 'win32') return `\\\\.\\pipe\\quayside-${key}`;
  const own = join(home, 'run', 'daemon.sock');
  if (Buffer.byteLength(own) <= longestSocketPath) return own;
  const user = process.getuid?.() ?? 'user';
  const short = join(environment.XDG_RUNTIME_DIR ?? tmpdir(), `quayside-${user}-${key}`, 'daemon.sock');
  if (Buffer.byteLength(short) <= longestSocketPath) return short;
  return join('/tmp', `quayside-${user}-${key}`, 'daemon.sock');
}
