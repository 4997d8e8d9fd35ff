// Where a server's secrets go: into its environment or its headers, at the last moment, and onto the list of what is never shown.
import { problem } from '../../../shared/api/problem.ts';
import { isFile, type SecretReference } from '../../../shared/api/secrets.ts';
import type { SecretSlot } from '../../../shared/api/server-configuration.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { LaunchPlan } from '../../engines/engine.ts';

/** Values in the clear, by variable and by header. */
interface HandedOver {
  environment: Record<string, string>;
  headers: Record<string, string>;
  /** Paths of files with values in them, by the variables that get the paths. */
  files: Record<string, string>;
  inFiles: readonly string[];
}

/** What the secrets feature does for a launch. */
export interface LaunchSecrets {
  /** Errors: SECRET_001, SECRET_008. */
  check(serverId: string, references: readonly SecretReference[]): void;
  /** Errors: SECRET_001, SECRET_003, SECRET_004, SECRET_006, SECRET_008, SECRET_009. */
  handOver(serverId: string, references: readonly SecretReference[], caller: string): HandedOver;
  /** The server does not run any more: its files are removed. */
  takeBack(serverId: string): void;
}

/**
 * The plan with the secrets in it. A secret comes before a plain value of the same name.
 * Errors: SERVER_011 if a secret that a Docker server declares has no value.
 */
export function withSecrets(plan: LaunchPlan, { environment, headers, files, inFiles }: HandedOver): LaunchPlan {
  if (plan.kind === 'stdio') {
    const confidential = [...Object.values(environment), ...inFiles];
    return { ...plan, environment: { ...plan.environment, ...environment, ...files }, confidential };
  }
  if (plan.kind === 'gateway') return forGateway(plan, environment);
  // "Bearer abc" is secret as a whole and in its second part.
  const confidential = Object.values(headers).flatMap(value => [value, ...value.split(/\s+/).slice(1)]);
  const taken = new Set(Object.keys(headers).map(name => name.toLowerCase()));
  const plain = Object.entries(plan.headers).filter(([name]) => !taken.has(name.toLowerCase()));
  return { ...plan, headers: { ...Object.fromEntries(plain), ...headers }, confidential };
}

/** What docker mcp writes where it has no value: a container must never get it for one. */
const isPlaceholder = (value: string): boolean => value === '<UNKNOWN>' || value.startsWith('se://');

/** Only what the server declares, and all of it. */
function forGateway(
  plan: Extract<LaunchPlan, { kind: 'gateway' }>,
  environment: Record<string, string>,
): Extract<LaunchPlan, { kind: 'gateway' }> {
  const given = { ...plan.environment, ...environment };
  const declared = plan.secretSlots.flatMap(({ environmentVariable: name }): [string, string][] => {
    const value = given[name];
    return value === undefined ? [] : [[name, value]];
  });
  const values = Object.fromEntries(declared);
  for (const slot of plan.secretSlots) {
    const value = values[slot.environmentVariable];
    if (value !== undefined && isPlaceholder(value)) throw withoutSecret(plan.server.title, slot, 'has no real value');
    if (slot.required && !value) throw withoutSecret(plan.server.title, slot, 'has no value');
  }
  return { ...plan, environment: values, confidential: Object.values(values) };
}

const withoutSecret = (title: string, { name, environmentVariable }: SecretSlot, what: string) =>
  problem('SERVER_011', {
    detail: `${title} needs the secret ${name} (variable ${environmentVariable}), which ${what}.`,
    next: `Choose a secret of the vault for ${environmentVariable} in the configuration of the server.`,
    errors: [{ path: `/secrets/${environmentVariable}`, message: `The secret ${name} ${what}.` }],
  });

/** Errors: SERVER_011 for the first slot that is required and that no reference fills. */
export function refuseMissing(
  title: string,
  slots: readonly SecretSlot[],
  references: readonly SecretReference[],
): void {
  const filled = new Set(
    references.flatMap(reference => ('header' in reference ? [] : [reference.environmentVariable])),
  );
  const missing = slots.find(slot => slot.required && !filled.has(slot.environmentVariable));
  if (missing) throw withoutSecret(title, missing, 'nobody has chosen yet');
}

export interface SecretPlace extends Pick<MCPServer, 'engine' | 'source'> {
  /** What a Docker server declares. */
  slots: readonly SecretSlot[];
}

/** Errors: REQUEST_001 for a header of a server that has none, and for a variable of one that runs elsewhere or does not know it. */
export function refuseMisplaced({ engine, source, slots }: SecretPlace, references: readonly SecretReference[]): void {
  if (engine === 'docker') {
    refuseFiles(references);
    refuseUndeclared(slots, references);
    return;
  }
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

/** The container may be on another machine, and runs as another user than the one who may read such a file. */
function refuseFiles(references: readonly SecretReference[]): void {
  if (!references.some(isFile)) return;
  throw problem('REQUEST_001', {
    detail:
      'A server of Docker cannot get a secret as a file: Docker’s gateway starts its container, and hands secrets over as environment variables only.',
    next: 'Refer to the secret by the variable itself; the value is in no file and in no argument then.',
  });
}

function refuseUndeclared(slots: readonly SecretSlot[], references: readonly SecretReference[]): void {
  const declared = slots.map(slot => slot.environmentVariable);
  for (const reference of references) {
    if (!('header' in reference) && declared.includes(reference.environmentVariable)) continue;
    throw problem('REQUEST_001', {
      detail:
        'header' in reference
          ? 'A server of Docker takes secrets as environment variables, and not as headers.'
          : `This server declares no secret with the variable ${reference.environmentVariable}.`,
      next: declared.length === 0 ? 'It takes no secrets at all.' : `It takes: ${declared.join(', ')}.`,
    });
  }
}
