// How a gateway is started, and why: decided from what is known of this Docker, with a sentence for people.
import { isAbsolute } from 'node:path';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import { bindVariables, foldersOf } from '../host-access.ts';
import type { GatewayPlanOfServer } from './render.ts';

export interface GatewayMode {
  mode: 'profile' | 'files';
  transport: 'http' | 'stdio';
  /** `pipe`: ours, with the values of the vault. `docker`: Docker's own store. */
  secrets: 'pipe' | 'docker';
  /** Names of secrets whose values were given to Docker's own store. */
  stored: readonly string[];
  /** One or more sentences. */
  reason: string;
}

export interface ModeQuestion {
  status: DockerStatus;
  /** The servers that are to run. */
  plans: readonly GatewayPlanOfServer[];
  /** All servers of the profile, as far as that is known. */
  inProfile: readonly string[] | undefined;
  ownTools: boolean;
  /** False where neither a pipe with a name nor a descriptor can be handed to docker mcp: on Windows. */
  canHandOver: boolean;
}

export function chooseMode(question: ModeQuestion): GatewayMode {
  const { status } = question;
  const http = status.plugin.flags.some(flag => flag === 'host' || flag === '--host');
  const transport = http ? 'http' : 'stdio';
  const chosen = status.engine.platform === 'desktop' ? onDesktop(question) : onEngine(question);
  const sentences = [
    chosen.reason,
    http
      ? ''
      : 'It talks over its own input and output, because this version would open its port to the whole network.',
    status.engine.hostFrom === 'environment'
      ? 'The engine is chosen by an environment variable, which the gateway’s containers do not inherit: choose it with "docker context use".'
      : '',
  ];
  return { ...chosen, transport, stored: [], reason: sentences.filter(Boolean).join(' ') };
}

/** The same, with values of the vault in Docker's own store. */
export function withStored(mode: GatewayMode, names: readonly string[]): GatewayMode {
  if (names.length === 0) return mode;
  const stored = [...new Set(names)].toSorted();
  const told = `Values of the vault were handed to Docker’s own store (${stored.join(', ')}), because no pipe can be handed to docker mcp here. They stay there until the server or its reference to the secret is removed.`;
  return { ...mode, stored, reason: `${mode.reason} ${told}` };
}

type Chosen = Pick<GatewayMode, 'mode' | 'secrets' | 'reason'>;

function onEngine({ status, canHandOver }: ModeQuestion): Chosen {
  const reason =
    status.plugin.dialect === 'legacy'
      ? 'From files made of the enabled servers: so their secrets come from Quayside’s vault.'
      : 'From files made of the profile: without Docker Desktop, Docker finds no secrets by itself.';
  if (canHandOver) return { mode: 'files', secrets: 'pipe', reason };
  return { mode: 'files', secrets: 'docker', reason: 'From files made of the profile: Docker has the secrets.' };
}

function onDesktop({ plans, inProfile, ownTools, canHandOver }: ModeQuestion): Chosen {
  const declared = plans.some(({ secretSlots }) => secretSlots.length > 0);
  const fromVault = declared && plans.every(plan => plan.secretSlots.every(slot => isGiven(plan, slot)));
  if (fromVault && canHandOver)
    return {
      mode: 'files',
      secrets: 'pipe',
      reason: 'From files made of the profile: the secrets come from Quayside’s vault.',
    };
  if (ownTools || !inProfile || inProfile.length !== plans.length)
    return {
      mode: 'files',
      secrets: 'docker',
      reason: 'From files made of the profile: only some of its servers are to run. Docker Desktop has the secrets.',
    };
  return {
    mode: 'profile',
    secrets: 'docker',
    reason: 'From Docker’s profile: all of its servers run, and Docker Desktop has the secrets.',
  };
}

const isGiven = (
  { environment }: GatewayPlanOfServer,
  { environmentVariable, required }: GatewayPlanOfServer['secretSlots'][number],
): boolean => !required || environment[environmentVariable] !== undefined;

/**
 * The variables that allow host folders to be mounted: beside those that the user's own environment allows, the folders that the
 * user has written into the very settings that a server's volumes name. What a catalog brings along is not allowed by this.
 */
export function bindEnvironment(
  plans: readonly GatewayPlanOfServer[],
  host: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const separator = process.platform === 'win32' ? ';' : ':';
  const usable = plans
    .flatMap(({ server }) => foldersOf(server))
    .filter(path => isAbsolute(path) && path.length < 4_096 && !path.includes(separator) && !path.includes('\n'));
  if (usable.length === 0) return {};
  const withOwn = (name: string) =>
    [...new Set([...(host[name] ?? '').split(separator).filter(Boolean), ...usable])].join(separator);
  return Object.fromEntries(Object.values(bindVariables).map(name => [name, withOwn(name)]));
}
