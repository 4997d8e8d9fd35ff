// What a server's source and configuration mean for its launch. Pure: everything it has to know is passed in.
import type { LaunchPlan, ServerToRun } from '../engine.ts';
import { cleanEnvironment, type HostEnvironment } from './host-environment.ts';
import { defaultEnvironment } from './starter-catalog.ts';

export interface LaunchPlace {
  platform: NodeJS.Platform;
  hostEnvironment: HostEnvironment;
  /** The daemon's own runtime, which runs npm packages too. */
  runtime: string;
  runtimeIsElectron: boolean;
  workFolder: string;
  joinPath: (...parts: string[]) => string;
}

export type StdioPlan = Extract<LaunchPlan, { kind: 'stdio' }>;

/** A package's file, by the daemon's runtime or, if it is a program of its own, by itself. */
export function planPackage(
  server: ServerToRun & { source: { type: 'npm' } },
  file: string,
  runsOnNode: boolean,
  place: LaunchPlace,
): StdioPlan {
  const defaults = defaultEnvironment(server.source.package, name => place.joinPath(place.workFolder, name));
  const plan = planProgram(server, runsOnNode ? place.runtime : file, place, defaults);
  if (!runsOnNode) return plan;
  const electron = place.runtimeIsElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  return { ...plan, args: [file, ...plan.args], environment: { ...plan.environment, ...electron } };
}

/** A program by its absolute path. */
export function planProgram(
  { configuration }: ServerToRun,
  program: string,
  place: LaunchPlace,
  defaults: Record<string, string> = {},
): StdioPlan {
  const { platform, hostEnvironment, workFolder } = place;
  const { inheritProxy } = configuration.network;
  return {
    kind: 'stdio',
    command: program,
    args: [...configuration.arguments],
    environment: {
      ...cleanEnvironment(hostEnvironment, { platform, inheritProxy }),
      ...defaults,
      ...configuration.environment,
    },
    workingDirectory: configuration.workingDirectory ?? workFolder,
  };
}

export const planRemote = (url: string, { configuration }: ServerToRun): LaunchPlan => ({
  kind: 'http',
  url,
  headers: { ...configuration.network.headers },
});
