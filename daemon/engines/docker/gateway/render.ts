// The files that a gateway is started with, made of what Docker's profile has: a mirror, never a second truth. No secret is in
// any of them.
import { stringify } from 'yaml';
import { problem } from '../../../../shared/api/problem.ts';
import type { LaunchPlan, ServerInProfile } from '../../engine.ts';
import { gatewayMarkVariable } from '../api/container-control.ts';
import { type ServerSpec, ServerSpec as ServerSpecSchema } from '../cli/schemas.ts';
import { type NamedSecret, renderSecretLines } from './secret-lines.ts';

export type GatewayPlanOfServer = Extract<LaunchPlan, { kind: 'gateway' }>;

export interface RenderedServers {
  catalog: string;
  config: string;
  tools: string;
  /** For those who want Docker's own tools: the list of servers as a file. */
  registry: string;
  secretLines: string;
  /** Every value in `secretLines`. */
  confidential: string[];
}

export interface RenderOptions {
  plans: readonly GatewayPlanOfServer[];
  /** By server name. */
  prefixes: ReadonlyMap<string, string>;
  /** The proof that a container is ours. */
  mark: string;
  /** Undefined: Docker's own store has the secrets, and they are left as they are named. */
  secrets: 'pipe' | undefined;
}

/** Errors: SERVER_004 for a definition that is none, SERVER_011 for a secret that cannot be handed over. */
export function renderServers({ plans, prefixes, mark, secrets }: RenderOptions): RenderedServers {
  const registry: Record<string, unknown> = {};
  const config: Record<string, unknown> = {};
  const tools: Record<string, string[]> = {};
  const handedOver: NamedSecret[] = [];
  for (const plan of plans) {
    const { server } = plan;
    const given = secrets === 'pipe' ? nameSecrets(plan, handedOver) : undefined;
    handedOver.push(...(given?.secrets ?? []));
    registry[server.name] = toEntry(server, { prefix: prefixes.get(server.name), mark, declared: given?.declared });
    for (const key of configKeys(server.name)) config[key] = server.settings;
    if (server.tools) tools[server.name] = server.tools;
  }
  return {
    catalog: toYaml({ name: 'quayside', displayName: 'Quayside', registry }),
    config: toYaml(config),
    tools: toYaml(tools),
    registry: toYaml({ registry: Object.fromEntries(plans.map(({ server }) => [server.name, { ref: '' }])) }),
    secretLines: renderSecretLines(handedOver),
    confidential: handedOver.map(({ value }) => value),
  };
}

/** The gateway looks for the settings of "a.b" under "a_b". */
const configKeys = (name: string): string[] => [...new Set([name, name.replaceAll('.', '_')])];

/** Values are quoted where another reader of YAML could take them for something else than text, and never folded. */
const toYaml = (value: unknown): string =>
  stringify(value, { lineWidth: 0, version: '1.1', aliasDuplicateObjects: false });

/** What a gateway does not need to run a server, and what only people read. */
const leftOut = new Set(['name', 'readme', 'icon', 'policy', 'tools', 'prefix', 'secrets', 'env']);

interface EntryOptions {
  prefix: string | undefined;
  mark: string;
  /** The secrets as they are handed over; undefined: as Docker has them. */
  declared: { name: string; env: string }[] | undefined;
}

function toEntry(server: ServerInProfile, { prefix, mark, declared }: EntryOptions): Record<string, unknown> {
  const spec = specOf(server);
  const kept = Object.entries(spec).filter(([key, value]) => !leftOut.has(key) && !isNothing(value));
  const secrets = declared ?? spec.secrets ?? [];
  return {
    ...Object.fromEntries(kept),
    ...(prefix === undefined ? {} : { prefix }),
    ...(secrets.length === 0 ? {} : { secrets }),
    // A remote server has no container, and its variables go elsewhere.
    env: [...(spec.env ?? []), ...(spec.image ? [{ name: gatewayMarkVariable, value: mark }] : [])],
  };
}

export function specOf({ name, definition }: ServerInProfile): ServerSpec {
  const parsed = ServerSpecSchema.safeParse(definition);
  if (parsed.success) return parsed.data;
  throw problem('SERVER_004', {
    detail: `What Docker’s profile says of "${name}" cannot be understood.`,
    next: 'Remove the server from the profile, and add it again.',
    cause: parsed.error,
  });
}

const isNothing = (value: unknown): boolean =>
  value === null || value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** The secrets of one server under names that no other value has. A secret without a value is not declared at all. */
function nameSecrets(
  { server, secretSlots, environment }: GatewayPlanOfServer,
  taken: readonly NamedSecret[],
): { secrets: NamedSecret[]; declared: { name: string; env: string }[] } {
  const values = new Map(taken.map(({ name, value }) => [name, value]));
  const secrets: NamedSecret[] = [];
  const declared: { name: string; env: string }[] = [];
  for (const [index, { name, environmentVariable: env }] of secretSlots.entries()) {
    const value = environment[env];
    if (value === undefined) continue;
    const isFree = /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(name) && (values.get(name) ?? value) === value;
    const used = isFree ? name : `${server.name}.quayside-${index + 1}`;
    if (!values.has(used)) secrets.push({ name: used, value });
    values.set(used, value);
    declared.push({ name: used, env });
  }
  return { secrets, declared };
}

/** The secrets that a server cannot do without and has not got. Errors: SERVER_011. */
export function checkSecrets({ server, secretSlots, environment }: GatewayPlanOfServer): void {
  const missing = secretSlots.filter(
    ({ required, environmentVariable }) => required && !environment[environmentVariable],
  );
  if (missing.length === 0) return;
  const named = missing.map(({ name, environmentVariable }) => `${name} (${environmentVariable})`).join(', ');
  throw problem('SERVER_011', {
    detail: `"${server.name}" needs ${missing.length === 1 ? 'a secret that it has not got' : 'secrets that it has not got'}: ${named}.`,
    next: 'Give it a secret for each of these variables in its configuration, and start it again.',
  });
}
