// The real runner and the real plans on the replaying docker.

import { join } from 'node:path';
import { allowedCommands } from '../../../daemon/engines/docker/cli/allowed-commands.ts';
import { classify } from '../../../daemon/engines/docker/cli/classify.ts';
import { createDockerCli, type DockerCli } from '../../../daemon/engines/docker/cli/docker-cli.ts';
import { type CliLimits, type CliRunner, type CliRunnerOptions, createCliRunner } from '../../../daemon/engines/run.ts';
import { createChildMarker } from '../../../daemon/supervision/child-marker.ts';
import type { Guardian } from '../../../daemon/supervision/guardian.ts';
import { createReplay, type Replay, type ReplayOptions } from './replay.ts';

/** Guards nothing: the processes of a replay end by themselves. */
export const noGuardian: Guardian = { add() {}, remove() {}, close() {} };

export interface ReplayedCli extends AsyncDisposable {
  readonly replay: Replay;
  readonly runner: CliRunner;
  readonly cli: DockerCli;
  close(): Promise<void>;
}

/** The long flags of `gateway run` that the recorded plugins have (recorded: gateway-run-help). */
const legacyFlags = [
  ...['catalog', 'config', 'cpus', 'dry-run', 'long-lived', 'memory', 'port', 'registry', 'secrets', 'servers'],
  ...['tools-config', 'transport', 'verbose', 'watch', 'block-secrets', 'block-network'],
];
const flagsOf = { current: [...legacyFlags, 'host', 'profile', 'allow-unauthenticated'], legacy: legacyFlags };

export async function createReplayedCli(
  options: ReplayOptions & { limits?: Partial<CliLimits>; allowed?: CliRunnerOptions['allowed'] },
): Promise<ReplayedCli> {
  const { limits = {}, allowed = allowedCommands, ...where } = options;
  const replay = await createReplay(where);
  const runner = createCliRunner({
    program: replay.program,
    environment: replay.environment,
    marker: createChildMarker(replay.home),
    guardian: noGuardian,
    classify,
    allowed,
    limits: { retries: 0, ...limits },
  });
  const cli = createDockerCli({
    runner,
    dialect: where.dialect === 'current' ? 'profile' : 'legacy',
    flags: new Set(flagsOf[where.dialect]),
    catalogsFolder: join(replay.home, '.docker/mcp/catalogs'),
    temporaryFolder: replay.work,
  });
  const close = async () => {
    await runner.close();
    await replay.close();
  };
  return { replay, runner, cli, close, [Symbol.asyncDispose]: close };
}
