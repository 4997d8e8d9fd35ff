// The install of a package: its files are all there or not at all, and then it is a server.
import type { NewOperation } from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { ServerConfigurationChange } from '../../../shared/api/server-configuration.ts';
import { nameFromPackage } from '../../../shared/domain/names.ts';
import type { Engine, PackageInstall } from '../../engines/engine.ts';
import type { InstallNeeds } from './install-needs.ts';
import type { NewRun } from './operation-runs.ts';

type InstallOperation = Extract<NewOperation, { kind: 'install' }>;
type Order = Omit<NewRun, 'request'>;

interface PackagePlan {
  request: PackageInstall;
  title: string;
  description: string | null;
  catalogEntry: string | null;
  configuration: ServerConfigurationChange;
  start: boolean;
}

const minutes = 15;

/** What is done. A package that cannot become a server is removed again; one that does not start stays. */
export function packageOrder(plan: PackagePlan, engine: Engine, needs: InstallNeeds): Order {
  const { serverId } = plan.request;
  return {
    kind: 'install',
    serverId,
    title: `Install ${plan.title}`,
    steps: [],
    minutes,
    done: 'Installed',
    async work({ onProgress, onInstalled, signal }) {
      const installed = await engine.install(plan.request, { onProgress, signal });
      try {
        signal.throwIfAborted();
        needs.addServer({
          id: serverId,
          title: plan.title || installed.title,
          description: plan.description ?? installed.description,
          source: installed.source,
          catalogEntry: plan.catalogEntry,
          configuration: plan.configuration,
        });
      } catch (error) {
        await engine.remove({ id: serverId });
        throw error;
      }
      onInstalled();
      // A server that does not start is still installed: its state says what is wrong with it.
      if (plan.start) {
        onProgress({ step: 'Starting', progress: 1 });
        await needs.startServer(serverId).catch(() => {});
      }
    },
  };
}

type FromPackage = Extract<InstallOperation['from'], { package: string }>;

/** Of a package that is in no catalog: its newest version unless another is named. */
export function planPackage(input: InstallOperation, from: FromPackage): PackagePlan {
  const { package: name, version = 'latest', integrity } = from;
  const { allowScripts, start, configuration = {} } = input;
  return {
    request: {
      kind: 'package',
      serverId: input.serverId ?? nameFromPackage(name),
      package: name,
      version,
      integrity,
      allowScripts,
    },
    title: name,
    description: null,
    catalogEntry: null,
    configuration,
    start,
  };
}

/** Errors: INSTALL_008 for an entry that is no package, REQUEST_001. */
export async function planEntry(
  input: InstallOperation,
  entry: Awaited<ReturnType<InstallNeeds['catalogEntry']>>,
  needs: InstallNeeds,
): Promise<PackagePlan> {
  const { allowScripts, start, configuration = {}, inputs } = input;
  if (entry.source.type !== 'npm') {
    throw problem('INSTALL_008', {
      detail: `"${entry.id}" is not an npm package, and nothing of it needs to be installed.`,
      next: 'Add it as a remote server.',
    });
  }
  const { package: name, version, integrity } = entry.source;
  const fromInputs = await needs.applyInputs(entry, inputs ?? {});
  return {
    request: { kind: 'package', serverId: input.serverId ?? entry.id, package: name, version, integrity, allowScripts },
    title: entry.title,
    description: entry.description,
    catalogEntry: entry.id,
    configuration: {
      ...fromInputs,
      ...configuration,
      environment: { ...fromInputs.environment, ...configuration.environment },
      arguments: [...(fromInputs.arguments ?? []), ...(configuration.arguments ?? [])],
    },
    start,
  };
}
