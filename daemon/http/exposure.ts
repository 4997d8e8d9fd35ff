// Who can reach the port, what is to be said of it, and under which address the page is.
import { type Problem, toProblem } from '../../shared/api/problem.ts';
import { type DaemonConfig, isLoopback } from '../platform/config.ts';

type Exposed = Pick<DaemonConfig, 'host' | 'hostNames' | 'tls'>;

/** What a user must know who lets other machines reach the daemon. */
export function warningsOf({ host, tls }: Exposed): Problem[] {
  if (host === undefined || isLoopback(host) || tls) return [];
  return [
    toProblem('DAEMON_012', {
      detail: `The daemon listens on ${host} without TLS: passwords, tokens and what tools answer cross the network in the clear.`,
      next: 'Set QUAYSIDE_TLS_CERT and QUAYSIDE_TLS_KEY, or leave --host away and use an SSH tunnel.',
    }),
  ];
}

/** Where the page is: under the first name that it was given, else at the address that it listens on. */
export const urlOf = (exposed: Exposed, port: number): string =>
  `${exposed.tls ? 'https' : 'http'}://${hostOf(exposed)}:${port}`;

function hostOf({ host = '127.0.0.1', hostNames = [] }: Exposed): string {
  const [name] = hostNames;
  if (name !== undefined) return name;
  // All addresses are no address.
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
