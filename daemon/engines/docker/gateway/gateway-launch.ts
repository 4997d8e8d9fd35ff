// From the servers that are to run to a gateway that runs them: its mode, its files, its pipe, its process.

import type { DockerStatus } from '../../../../shared/api/docker.ts';
import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import type { SecretSlot } from '../../../../shared/api/server-configuration.ts';
import { ensurePrivateFolder } from '../../../platform/private-file.ts';
import { createLosses } from '../../../supervision/losses.ts';
import type { Output } from '../../../supervision/output.ts';
import { nobody } from '../../../supervision/upstream-session.ts';
import type { GatewayCli, GatewaySource } from '../cli/docker-cli.ts';
import type { ServerInSession } from './attribution.ts';
import { type DockerStore, valuesToStore, withoutStore } from './docker-store.ts';
import { createGatewayFiles, type GatewayFiles, type GatewayPlaces } from './gateway-files.ts';
import { type GatewayRun, type GatewayRunOptions, type RunTimes, startGatewayRun } from './gateway-process.ts';
import type { Member } from './member.ts';
import { bindEnvironment, chooseMode, type GatewayMode, withStored } from './mode.ts';
import { checkSecrets, type GatewayPlanOfServer, renderServers, specOf } from './render.ts';
import { createSecretsPipe, type SecretsPipe } from './secrets-pipe.ts';
import { choosePrefixes } from './tool-prefix.ts';

/** What a launch takes from the outside. */
export interface LaunchPorts {
  cli: () => Promise<{ gateway: GatewayCli }>;
  status: () => Promise<DockerStatus>;
  /** The names in Docker's own store. Errors: DOCKER_007. */
  dockerSecrets: () => Promise<ReadonlySet<string>>;
  /** Puts values of the vault into it. */
  store: Pick<DockerStore, 'give' | 'doubt'>;
  makeFifo: (path: string) => Promise<void>;
  newMark: () => string;
  /** What docker mcp is started with besides. */
  environment?: Readonly<Record<string, string | undefined>>;
  places: GatewayPlaces;
  owner: string;
  version: string;
  platform?: NodeJS.Platform | undefined;
  times?: RunTimes | undefined;
  findPort?: (() => Promise<number>) | undefined;
}

export interface LaunchRequest {
  profile: string;
  members: readonly Member[];
  inProfile: readonly string[] | undefined;
  ownTools: boolean;
  output: Output;
  redact: (text: string) => string;
  signal: AbortSignal;
  onPid: (pid: number, mark: string | null) => void;
  onMode: (mode: GatewayMode) => void;
  onProgress: GatewayRunOptions['onProgress'];
  onToolsChanged: () => void;
  onSessionLost: () => void;
}

export interface LaunchedGateway {
  readonly run: GatewayRun;
  readonly mode: GatewayMode;
  readonly mark: string | null;
  readonly members: readonly Member[];
  /** Whether changed files are read while it runs. */
  readonly watches: boolean;
  facts(): ServerInSession[];
  /** Writes what the members have now, under new prefixes. */
  rewrite(): Promise<void>;
  /** True if the exposed name tells that what was written last is in force. */
  isOfLastWrite(exposed: string): boolean;
  /** Ends it and removes its files. Never rejects. */
  close(): Promise<void>;
}

/** A member that cannot be started, before anything was. */
export type Refusal = { member: Member; failure: ProblemError };

type ChoicePorts = Pick<LaunchPorts, 'status' | 'dockerSecrets' | 'store' | 'platform'>;

/**
 * The members that can be started, and the mode; a member without its secrets is refused. On Docker Desktop, values that can go no
 * other way are in Docker's own store afterwards. Errors: DOCKER_003 to DOCKER_007.
 */
export async function chooseMembers(
  ports: ChoicePorts,
  { members, inProfile, ownTools }: Pick<LaunchRequest, 'members' | 'inProfile' | 'ownTools'>,
): Promise<{ mode: GatewayMode; members: Member[]; refused: Refusal[] }> {
  const status = await ports.status();
  const canHandOver = (ports.platform ?? process.platform) !== 'win32';
  const ask = (some: readonly Member[]) =>
    chooseMode({ status, plans: plansOf(some), inProfile, ownTools, canHandOver });
  const refused: Refusal[] = [];
  const without = (some: readonly Member[], failureOf: (member: Member) => ProblemError | undefined): Member[] =>
    some.filter(member => {
      const failure = failureOf(member);
      if (failure) refused.push({ member, failure });
      return !failure;
    });
  const mode = ask(members);
  const stores = status.engine.platform === 'desktop';
  const stored = mode.secrets === 'docker' ? await storeFor(members, ports, stores) : undefined;
  const complete = without(members, member => failureOf(() => checkOne(member, stored, stores)));
  const chosen = complete.length === members.length ? mode : ask(complete);
  if (!stores || chosen.secrets !== 'docker') return { mode: chosen, members: complete, refused };
  const given = await giveToStore(ports, status, complete);
  const usable = without(complete, ({ id }) => given.get(id));
  const last = usable.length === complete.length ? chosen : ask(usable);
  const names = plansOf(usable).flatMap(plan => valuesToStore(plan).map(({ name }) => name));
  return { mode: withStored(last, names), members: usable, refused };
}

/** Why a member cannot have its values, by its id. */
async function giveToStore(
  { store }: Pick<LaunchPorts, 'store'>,
  { capabilities }: DockerStatus,
  members: readonly Member[],
): Promise<Map<string, ProblemError>> {
  const recipients = recipientsOf(members);
  const missing = capabilities.find(({ id, available }) => id === 'secrets' && !available);
  if (!missing) return await store.give(recipients);
  return new Map(recipients.map(({ id, plan }) => [id, withoutStore(plan, missing.reason ?? '')]));
}

const recipientsOf = (members: readonly Member[]) =>
  members.flatMap(({ id, launch: plan }) => (plan && valuesToStore(plan).length > 0 ? [{ id, plan }] : []));

/** Before a gateway that runs starts containers anew: somebody else may have been given the same names. */
export async function isStillStored(
  { store }: Pick<LaunchPorts, 'store'>,
  { mode, members }: Pick<LaunchedGateway, 'mode' | 'members'>,
): Promise<boolean> {
  if (mode.stored.length === 0) return true;
  return await store.give(recipientsOf(members), 'again').then(
    refused => refused.size === 0,
    () => false,
  );
}

const plansOf = (members: readonly Member[]): GatewayPlanOfServer[] =>
  members.flatMap(({ launch }) => (launch ? [launch] : []));

async function storeFor(
  members: readonly Member[],
  ports: Pick<LaunchPorts, 'dockerSecrets'>,
  stores: boolean,
): Promise<ReadonlySet<string>> {
  const isWanted = ({ required, environmentVariable }: SecretSlot, { environment }: GatewayPlanOfServer): boolean =>
    required && !(stores && environment[environmentVariable]);
  return plansOf(members).some(plan => plan.secretSlots.some(slot => isWanted(slot, plan)))
    ? await ports.dockerSecrets()
    : new Set();
}

/** `stores`: what it has in its own plan will be in the store. Errors: SERVER_004, SERVER_011. */
function checkOne({ launch }: Member, store: ReadonlySet<string> | undefined, stores: boolean): void {
  if (!launch) return;
  specOf(launch.server);
  if (!store) {
    checkSecrets(launch);
    renderServers({ plans: [launch], prefixes: new Map(), mark: '', secrets: 'pipe' });
    return;
  }
  const stored = launch.secretSlots.flatMap(({ name, environmentVariable }) =>
    store.has(name) || store.has(`docker/mcp/${name}`) ? [[environmentVariable, 'in the store']] : [],
  );
  checkSecrets({ ...launch, environment: { ...(stores ? launch.environment : {}), ...Object.fromEntries(stored) } });
}

function failureOf(check: () => void): ProblemError | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return toFailure(error);
  }
}

const toFailure = (error: unknown): ProblemError =>
  isProblemError(error)
    ? error
    : problem('SERVER_004', {
        detail: 'It could not be prepared.',
        next: 'The daemon’s log has the details.',
        cause: error,
      });

/** Errors: those of startGatewayRun. Nothing is left of a launch that failed. */
export async function launchGateway(
  ports: LaunchPorts,
  request: LaunchRequest & { mode: GatewayMode },
): Promise<LaunchedGateway> {
  const { mode, members } = request;
  request.onMode(mode);
  ensurePrivateFolder(ports.places.privateFolder);
  const mark = mode.mode === 'files' ? ports.newMark() : null;
  const files = mark === null ? undefined : await createGatewayFiles(ports.places, ports.owner, mark);
  const shared = await shareFiles(ports, request, files, mark);
  const close = async (): Promise<void> => {
    await shared.pipe?.close().catch(() => {});
    await files?.remove().catch(() => {});
  };
  try {
    const { gateway } = await ports.cli();
    const run = await startGatewayRun({
      cli: gateway,
      profile: request.profile,
      transport: mode.transport,
      plan: {
        source: shared.source,
        longLived: true,
        verbose: true,
        watch: shared.watches,
        confidential: shared.confidential(),
        environment: bindEnvironment(plansOf(members), ports.environment),
        ...(files ? { workingDirectory: files.folder } : { workingDirectory: ports.places.privateFolder }),
        ...(shared.secretLines === undefined ? {} : { secretLines: shared.secretLines }),
      },
      servers: members.map(({ launch, policy }) => ({
        name: launch?.server.name ?? '',
        startSeconds: policy.startSeconds,
        isSilent: launch?.server.tools?.length === 0,
      })),
      context: {
        policy: {
          restart: 'never',
          startSeconds: Math.max(...members.map(({ policy }) => policy.startSeconds)),
          messageBytes: Math.max(...members.map(({ policy }) => policy.messageBytes)),
        },
        signal: request.signal,
        output: request.output,
        redact: request.redact,
        version: ports.version,
        // What a server asks of its clients ends in Docker's gateway.
        audience: nobody(createLosses(), what => what === 'tools' && request.onToolsChanged()),
        sessionsOnly: true,
      },
      onLine: (text, server) => outputOf(request, server).add(text),
      onProgress: request.onProgress,
      onPid: pid => request.onPid(pid, mark),
      onSessionLost: request.onSessionLost,
      ...(ports.times ? { times: ports.times } : {}),
      ...(ports.findPort ? { findPort: ports.findPort } : {}),
    });
    return {
      run,
      mode,
      mark,
      members,
      watches: shared.watches,
      facts: () => shared.facts(run),
      rewrite: shared.rewrite,
      isOfLastWrite: shared.isOfLastWrite,
      async close() {
        await run.stop();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const outputOf = ({ members, output }: LaunchRequest, server: string | null): Output =>
  members.find(({ launch }) => launch?.server.name === server)?.output ?? output;

interface Shared {
  source: GatewaySource;
  watches: boolean;
  pipe: SecretsPipe | undefined;
  /** For descriptor 3, where no pipe with a name can be made. */
  secretLines: string | undefined;
  confidential(): string[];
  facts(run: GatewayRun): ServerInSession[];
  rewrite(): Promise<void>;
  isOfLastWrite(exposed: string): boolean;
}

/** What is handed to the gateway: by files and a pipe, or by the name of the profile alone. */
async function shareFiles(
  ports: LaunchPorts,
  { profile, members, ownTools, mode }: LaunchRequest & { mode: GatewayMode },
  files: GatewayFiles | undefined,
  mark: string | null,
): Promise<Shared> {
  const names = members.flatMap(({ launch }) => (launch ? [launch.server.name] : []));
  let generation = 0;
  let prefixes = choosePrefixes(names, generation);
  let before: ReadonlyMap<string, string> = new Map();
  const factsOf = (run: GatewayRun): ServerInSession[] =>
    plansOf(members).map(({ server }) => {
      const start = run.log.of(server.name);
      return {
        name: server.name,
        prefixes: files ? [prefixes.get(server.name), before.get(server.name)].filter(each => each !== undefined) : [],
        listedTools: (specOf(server).tools ?? []).map(({ name }) => name),
        allowed: server.tools,
        has: start.state === 'ready' ? start.has : null,
      };
    });
  if (!files || mark === null) {
    const source: GatewaySource = { mode: 'profile', profile };
    const rewrite = async () => {};
    return {
      source,
      watches: false,
      pipe: undefined,
      secretLines: undefined,
      confidential: () => [],
      facts: factsOf,
      rewrite,
      isOfLastWrite: () => false,
    };
  }
  const byPipe = mode.secrets === 'pipe';
  const render = () => renderServers({ plans: plansOf(members), prefixes, mark, secrets: byPipe ? 'pipe' : undefined });
  const rendered = render();
  const pipe = byPipe ? await createSecretsPipe(files.pipe, ports.makeFifo).catch(() => undefined) : undefined;
  pipe?.set(rendered.secretLines);
  pipe?.expectReader();
  await files.write(rendered);
  const secrets = byPipe ? { secrets: pipe?.path ?? ('descriptor' as const) } : {};
  const choice = ownTools ? { servers: [], registry: files.registry } : { servers: names };
  return {
    source: {
      mode: 'files',
      catalog: files.catalog,
      ...choice,
      config: files.config,
      toolsConfig: files.tools,
      ...secrets,
    },
    // Descriptor 3 can be read once.
    watches: !byPipe || pipe !== undefined,
    pipe,
    secretLines: byPipe && !pipe ? rendered.secretLines : undefined,
    confidential: () => rendered.confidential,
    facts: factsOf,
    async rewrite() {
      generation += 1;
      before = prefixes;
      prefixes = choosePrefixes(names, generation);
      const next = render();
      pipe?.set(next.secretLines);
      pipe?.expectReader();
      await files.write(next);
    },
    isOfLastWrite: exposed => [...prefixes.values()].some(prefix => exposed.startsWith(`${prefix}__`)),
  };
}
