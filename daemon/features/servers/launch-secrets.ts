// Where a server's secrets go: into its environment or its headers, at the last moment, and onto the list of what is never shown.
import { problem } from '../../../shared/api/problem.ts';
import type { SecretReference } from '../../../shared/api/secrets.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { LaunchPlan } from '../../engines/engine.ts';

/** Values in the clear, by variable and by header. */
interface HandedOver {
  environment: Record<string, string>;
  headers: Record<string, string>;
}

/** What the secrets feature does for a launch. */
export interface LaunchSecrets {
  /** Errors: SECRET_001, SECRET_008. */
  check(serverId: string, references: readonly SecretReference[]): void;
  /** Errors: SECRET_001, SECRET_003, SECRET_004, SECRET_006, SECRET_008, SECRET_009. */
  handOver(serverId: string, references: readonly SecretReference[], caller: string): HandedOver;
}

/** The plan with the secrets in it. A secret comes before a plain value of the same name. */
export function withSecrets(plan: LaunchPlan, { environment, headers }: HandedOver): LaunchPlan {
  if (plan.kind === 'stdio') {
    const confidential = Object.values(environment);
    return { ...plan, environment: { ...plan.environment, ...environment }, confidential };
  }
  // "Bearer abc" is secret as a whole and in its second part.
  const confidential = Object.values(headers).flatMap(value => [value, ...value.split(/\s+/).slice(1)]);
  const taken = new Set(Object.keys(headers).map(name => name.toLowerCase()));
  const plain = Object.entries(plan.headers).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...plan, headers: { ...Object.fromEntries(plain), ...headers }, confidential };
}

/** Errors: REQUEST_001 for a header of a server that has none, and for a variable of one that runs elsewhere. */
export function refuseMisplaced(source: MCPServer['source'], references: readonly SecretReference[]): void {
  const wrong = references.find(reference => (source.type === 'remote') !== 'header' in reference);
  if (!wrong) return;
  throw problem('REQUEST_001', {
    detail:
      source.type === 'remote'
        ? 'A remote server takes secrets as headers, and not as environment variables.'
        : 'A server on this machine takes secrets as environment variables, and not as headers.',
    next: 'Correct the references.',
  });
}
