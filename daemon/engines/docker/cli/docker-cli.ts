// Everything that `docker mcp` can be asked, as functions. Nobody else knows its arguments.
//
// Every function rejects with a ProblemError (DOCKER_001 to DOCKER_015) whose `cause` is the CliError; `cliFailureOf` tells
// the class. A function of the other dialect rejects with DOCKER_002.
import { type CliRunner, type CliRunnerOptions, createCliRunner } from '../../run.ts';
import { allowedCommands } from './allowed-commands.ts';
import { createCatalogsCli } from './catalogs.cli.ts';
import { classify } from './classify.ts';
import type { Dialect, DockerCli, ProbeCli } from './cli-contract.ts';
import * as clients from './client.plans.ts';
import * as features from './feature.plans.ts';
import { createGatewayCli } from './gateway.cli.ts';
import { createLegacyCli } from './legacy.cli.ts';
import { createPerform, performOnlyIn } from './perform.ts';
import * as probes from './probe.plans.ts';
import { createProfilesCli } from './profiles.cli.ts';
import * as secrets from './secret.plans.ts';
import * as tools from './tools.plans.ts';

export type * from './cli-contract.ts';

export interface DockerCliOptions {
  runner: CliRunner;
  dialect: Dialect;
  /** The long flags of `gateway run`. */
  flags: ReadonlySet<string>;
  /** ~/.docker/mcp/catalogs: the only place that catalog files are read from. */
  catalogsFolder: string;
  /** Where private folders for files that are exchanged are made. */
  temporaryFolder?: string;
}

export type DockerRunnerOptions = Omit<CliRunnerOptions, 'classify' | 'allowed'>;

/** The runner that knows what `docker` may be asked and how its failures read. */
export const createDockerRunner = (options: DockerRunnerOptions): CliRunner =>
  createCliRunner({ ...options, classify, allowed: allowedCommands });

/** What can be asked before the dialect is known. */
export function createProbeCli(runner: CliRunner): ProbeCli {
  const perform = createPerform(runner);
  return {
    version: call => perform(probes.readVersion, call),
    dialect: call => perform(probes.readDialect, call),
    gatewayFlags: call => perform(probes.readGatewayFlags, call),
    pluginMetadata: (binary, call) => perform(() => probes.readPluginMetadata(binary), call),
    plugins: call => perform(probes.listPlugins, call),
    engine: call => perform(probes.readEngine, call),
  };
}

export function createDockerCli(options: DockerCliOptions): DockerCli {
  const { runner, dialect, flags, catalogsFolder, temporaryFolder } = options;
  const perform = createPerform(runner);
  const inProfile = performOnlyIn('profile', dialect, perform);
  return {
    dialect,
    flags,
    profiles: createProfilesCli(inProfile, temporaryFolder),
    catalogs: createCatalogsCli(inProfile, catalogsFolder),
    legacy: createLegacyCli(performOnlyIn('legacy', dialect, perform)),
    gateway: createGatewayCli(runner, perform, flags),
    probe: createProbeCli(runner),
    clients: {
      list: (where, call) => perform(() => clients.listClients(where), call),
      connect: (vendor, where, call) => perform(() => clients.connectClient(vendor, where, dialect), call),
      disconnect: (vendor, where, call) => perform(() => clients.disconnectClient(vendor, where), call),
    },
    features: {
      list: call => perform(features.listFeatures, call),
      enable: (name, call) => perform(() => features.enableFeature(name), call),
      disable: (name, call) => perform(() => features.disableFeature(name), call),
    },
    secrets: {
      list: call => perform(secrets.listSecrets, call),
      set: (name, value, call) => perform(() => secrets.setSecret(name, value), call),
      remove: (names, call) => perform(() => secrets.removeSecrets(names), call),
    },
    oauth: {
      list: call => perform(secrets.listOAuthApps, call),
      authorize: (app, call) => perform(() => secrets.authorizeApp(app), call),
      revoke: (app, call) => perform(() => secrets.revokeApp(app), call),
    },
    tools: {
      list: (source, call) => perform(() => tools.listTools(source), call),
      count: (source, call) => perform(() => tools.countTools(source), call),
      inspect: (tool, source, call) => perform(() => tools.inspectTool(tool, source), call),
    },
  };
}
