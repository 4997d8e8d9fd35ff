// The real probe on the replaying docker, at a moment of the recordings.
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnginePing } from '../../../../daemon/engines/docker/api/container-control.ts';
import {
  createDockerCli,
  createDockerRunner,
  createProbeCli,
} from '../../../../daemon/engines/docker/cli/docker-cli.ts';
import { createDockerProbe, type DockerProbe } from '../../../../daemon/engines/docker/probe.ts';
import type { CliRunner } from '../../../../daemon/engines/run.ts';
import { createChildMarker } from '../../../../daemon/supervision/child-marker.ts';
import type { RecordedDialect } from '../../../support/recordings.ts';
import { createReplay, type Replay } from '../../../support/replay/replay.ts';
import { noGuardian } from '../../../support/replay/replayed-cli.ts';

export interface ProbeSetting {
  dialect: RecordedDialect;
  /** Every call gets the answer that held then. */
  cursor: number;
  ping?: EnginePing;
  environment?: Record<string, string>;
  /** Files below the home, by path. */
  files?: Record<string, string>;
  /** Files below what stands for "/". */
  system?: Record<string, string>;
  /** What docker mcp is told besides in the first real command. */
  touchEnvironment?: (home: string) => Record<string, string>;
  plugins?: string[];
  platform?: NodeJS.Platform;
}

export interface ReplayedProbe extends AsyncDisposable {
  probe: DockerProbe;
  replay: Replay;
}

export const engineUp: EnginePing = {
  ok: true,
  engine: {
    version: '20.10.24',
    apiVersion: '1.41',
    os: 'linux',
    arch: 'amd64',
    name: 'lab',
    isDesktop: false,
    isRootless: false,
    containerd: false,
    cgroup: 1,
    containersRunning: 0,
    time: '2026-01-01T00:00:00.000Z',
  },
};

async function writeBelow(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

export async function createReplayedProbe(setting: ProbeSetting): Promise<ReplayedProbe> {
  const replay = await createReplay({ dialect: setting.dialect, cursor: setting.cursor, mode: 'hold' });
  // `docker version` knows no dialect, and stands with the newer one alone.
  const plain = await createReplay({
    dialect: 'current',
    cursor: setting.dialect === 'current' ? setting.cursor : 8,
    mode: 'hold',
  });
  const { home } = replay;
  const root = join(replay.work, 'root');
  await mkdir(join(home, '.docker', 'cli-plugins'), { recursive: true });
  await mkdir(root, { recursive: true });
  await symlink(replay.plugin, join(home, '.docker', 'cli-plugins', 'docker-mcp'));
  for (const name of setting.plugins ?? []) {
    await writeFile(join(home, '.docker', 'cli-plugins', `docker-${name}`), '#!/bin/sh\n');
    await chmod(join(home, '.docker', 'cli-plugins', `docker-${name}`), 0o755);
  }
  await writeBelow(home, setting.files ?? {});
  await writeBelow(root, setting.system ?? {});
  const runners: CliRunner[] = [];
  const runnerOf = ({ program, environment }: Replay, more: Record<string, string> = {}): CliRunner => {
    const runner = createDockerRunner({
      program,
      environment: { ...environment, ...more },
      marker: createChildMarker(home),
      guardian: noGuardian,
      limits: { retries: 0 },
    });
    runners.push(runner);
    return runner;
  };
  const probe = createDockerProbe({
    environment: { ...replay.environment, ...setting.environment },
    home,
    platform: setting.platform ?? 'linux',
    root,
    cli: { ...createProbeCli(runnerOf(replay)), engine: createProbeCli(runnerOf(plain)).engine },
    ping: async () => setting.ping ?? engineUp,
    async touch(plugin, signal) {
      const runner = runnerOf(replay, setting.touchEnvironment?.(home));
      const { profiles, legacy } = createDockerCli({ ...plugin, runner, catalogsFolder: join(home, 'catalogs') });
      return await (plugin.dialect === 'profile' ? profiles.list({ signal }) : legacy.servers({ signal }));
    },
    now: () => Date.parse('2026-01-01T00:00:00Z'),
  });
  const close = async () => {
    await Promise.all(runners.map(runner => runner.close()));
    await Promise.all([replay.close(), plain.close()]);
  };
  return { probe, replay, [Symbol.asyncDispose]: close };
}
