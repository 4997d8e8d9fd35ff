import type { Carrier } from '../../shared/api/client.ts';
import { HostProblem } from '../platform/host-problem.ts';

/** What a window in Restricted Mode may do besides reading: nothing of it runs or changes a server. */
const harmless: ReadonlySet<string> = new Set(['createLoginLink', 'cancelOperation']);

/** What such a window may not even read: names of secrets say where there is something to take. */
const withheld: ReadonlySet<string> = new Set(['listSecrets', 'getSecret', 'listSecretUses', 'getVault']);

const isAllowed = ({ method, operationId }: Parameters<Carrier['send']>[0]): boolean =>
  method === 'GET' ? !withheld.has(operationId) : harmless.has(operationId);

/** Lets only reading through while the window is not trusted (rule D34). Errors: HostProblem `restricted`. */
export function guardCarrier(carrier: Carrier, isTrusted: () => boolean): Carrier {
  return {
    send: async request => {
      if (!isTrusted() && !isAllowed(request)) throw new HostProblem('restricted');
      return await carrier.send(request);
    },
    follow: options => carrier.follow(options),
  };
}
