// What the engine answers of one container (GET /containers/ID/json), taken apart.
import * as z from 'zod';
import {
  type ContainerHealth,
  type ContainerState,
  gatewayMarkVariable,
  type ServerContainer,
} from './container-control.ts';
import type { RequestScope } from './engine-api.ts';

/** Every container of `docker mcp` carries these (CONTRACT section 6). */
export const serverLabel = 'docker-mcp';
export const serverNameLabel = 'docker-mcp-name';

const state = z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']);

const Inspection = z.looseObject({
  Id: z.string().regex(/^[a-f0-9]{64}$/),
  Name: z.string().default(''),
  Created: z.string(),
  Image: z.string(),
  State: z.looseObject({
    Status: state.catch('dead'),
    Pid: z.int().default(0),
    StartedAt: z.string().default(''),
    Health: z.looseObject({ Status: z.string() }).nullish(),
  }),
  Mounts: z.array(z.looseObject({ Type: z.string().optional(), Name: z.string().optional() })).nullish(),
  Config: z.looseObject({
    Image: z.string().default(''),
    Env: z.array(z.string()).nullish(),
    Cmd: z.array(z.string()).nullish(),
    Tty: z.boolean().default(false),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
});

/** Errors: those of dockerode. */
export const inspectContainer = ({ docker, abortSignal }: RequestScope, id: string): Promise<unknown> =>
  docker.getContainer(id).inspect({ abortSignal });

export interface InspectedContainer {
  container: ServerContainer;
  environment: Record<string, string>;
  tty: boolean;
}

/** Undefined if it is no server container, or no answer of an engine. */
export function readInspection(answer: unknown): InspectedContainer | undefined {
  const read = Inspection.safeParse(answer);
  if (!read.success) return undefined;
  const { Id, Name, Created, Image, State, Mounts, Config } = read.data;
  const labels = Config.Labels ?? {};
  if (labels[serverLabel] !== 'true') return undefined;
  const environment = toEnvironment(Config.Env ?? []);
  const status: ContainerState = State.Status;
  return {
    environment,
    tty: Config.Tty,
    container: {
      id: Id,
      name: Name.replace(/^\//, ''),
      serverName: labels[serverNameLabel] ?? '',
      image: Config.Image,
      imageId: Image,
      state: status,
      createdAt: toIso(Created) ?? new Date(0).toISOString(),
      startedAt: toIso(State.StartedAt),
      health: toHealth(State.Health?.Status),
      pid: State.Pid > 0 ? State.Pid : null,
      labels,
      mark: environment[gatewayMarkVariable] || null,
      command: Config.Cmd ?? [],
      volumes: (Mounts ?? []).flatMap(({ Type, Name: volume }) => (Type === 'volume' && volume ? [volume] : [])),
    },
  };
}

/** From `NAME=value`, as the engine lists them. A name alone has an empty value. */
export function toEnvironment(entries: readonly string[]): Record<string, string> {
  const pairs = entries.map(entry => {
    const at = entry.indexOf('=');
    return at < 0 ? ([entry, ''] as const) : ([entry.slice(0, at), entry.slice(at + 1)] as const);
  });
  return Object.fromEntries(pairs);
}

/** What never was is the year one for the engine. */
export function toIso(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) || time <= 0 ? null : new Date(time).toISOString();
}

const toHealth = (text: string | undefined): ContainerHealth =>
  text === 'starting' || text === 'healthy' || text === 'unhealthy' ? text : 'none';
