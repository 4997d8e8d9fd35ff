// The supervisor of this daemon: its servers by name, the guardian of their processes, and their common end.

import { problem } from '../../shared/api/problem.ts';
import { createChildMarker, killMarked, markOfFolder } from './child-marker.ts';
import { createGuardian } from './guardian.ts';
import { stoppedHealth } from './health.ts';
import { type RestartTimes, restartTimes } from './restart-policy.ts';
import { createSupervisedServer, type SupervisedServer } from './supervised-server.ts';
import type { Supervisor, SupervisorEvents } from './supervisor.ts';

export interface SupervisorOptions {
  events: SupervisorEvents;
  /** Children are marked as this folder's, so that another daemon leaves them alone. */
  stateFolder: string;
  /** Our own version, as servers see it. */
  version: string;
  platform?: NodeJS.Platform;
  runtime?: string;
  now?: () => number;
  restartTimes?: RestartTimes;
  /** Milliseconds that a server gets to end after its input is closed, and after SIGTERM. */
  patience?: { afterClose: number; afterTerminate: number };
}

export interface ProcessSupervisor extends Supervisor {
  /**
   * Ends every child that earlier daemons of this state folder have left behind, and answers how many processes that
   * were; our own children are spared. To be called by the one daemon that holds the folder's lock.
   */
  sweepOrphans(): Promise<number>;
}

export function createSupervisor(options: SupervisorOptions): ProcessSupervisor {
  const { events, stateFolder, version } = options;
  const platform = options.platform ?? process.platform;
  const marker = createChildMarker(stateFolder);
  const guardian = createGuardian({ marker: marker.run, platform, runtime: options.runtime ?? process.execPath });
  const patience = options.patience ?? { afterClose: 2_000, afterTerminate: 3_000 };
  const child = { marker, guardian, platform, patience };
  const now = options.now ?? Date.now;
  const servers = new Map<string, SupervisedServer>();
  /** What is left of servers that were forgotten, by name: a new one of the same name waits for it. */
  const leaving = new Map<string, Promise<void>>();
  let closing: Promise<void> | undefined;

  const checkOpen = (): void => {
    if (closing) throw problem('DAEMON_003', { detail: 'No server is started any more.' });
  };

  const get = (id: string): SupervisedServer => {
    const known = servers.get(id);
    if (known) return known;
    const times = options.restartTimes ?? restartTimes;
    // The end of a server that was forgotten is told to nobody: there may be a new one of that name.
    const isKnown = () => servers.get(id) === made;
    const made = createSupervisedServer({
      id,
      now,
      version,
      child,
      checkOpen,
      after: leaving.get(id) ?? Promise.resolve(),
      restartTimes: times,
      events: {
        onHealth: (...told) => isKnown() && events.onHealth(...told),
        onOutput: (...told) => isKnown() && events.onOutput(...told),
        onToolsChanged: (...told) => isKnown() && events.onToolsChanged(...told),
        onListChanged: (...told) => void (isKnown() && events.onListChanged?.(...told)),
      },
    });
    servers.set(id, made);
    return made;
  };

  const close = async (): Promise<void> => {
    await Promise.all([...[...servers.values()].map(server => server.stop()), ...leaving.values()]);
    guardian.close();
  };

  return {
    async start(id, plan, policy, signal) {
      checkOpen();
      await get(id).start(plan, policy, signal);
    },
    stop: async id => await servers.get(id)?.stop(),
    health: id => servers.get(id)?.health() ?? stoppedHealth,
    output: id => servers.get(id)?.output() ?? [],
    session(id) {
      return get(id).session();
    },
    upstreams: {
      of: (id, client) => get(id).upstreams.of(client),
      offer: id => servers.get(id)?.upstreams.offer(),
      losses: id => servers.get(id)?.upstreams.losses() ?? [],
      left(client) {
        for (const server of servers.values()) server.upstreams.left(client);
      },
    },
    forget(id) {
      const server = servers.get(id);
      servers.delete(id);
      if (!server) return;
      const left = Promise.all([leaving.get(id), server.stop()]).then(() => {
        if (leaving.get(id) === left) leaving.delete(id);
      });
      leaving.set(id, left);
    },
    close() {
      closing ??= close();
      return closing;
    },
    // In case the guardian was killed together with the daemon.
    sweepOrphans: () => killMarked(markOfFolder(stateFolder), marker.run),
  };
}
