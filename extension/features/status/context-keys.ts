import { commands } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { DockerMirror } from '../../daemon-link/docker-mirror.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll } from '../../platform/commands.ts';
import { contextKeys } from '../../platform/contributions.ts';

/** Keeps the keys that menus, welcome texts and the walkthrough look at. */
export function followContextKeys({
  link,
  mirror,
  docker,
}: {
  link: DaemonLink;
  mirror: Mirror;
  docker: DockerMirror;
}) {
  const known = new Map<string, unknown>();
  const set = (key: string, value: unknown) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void commands.executeCommand('setContext', key, value);
  };
  const update = () => {
    set(contextKeys.daemon, link.state.kind);
    set(contextKeys.hasServers, mirror.servers.length > 0);
    set(
      contextKeys.hasRunningServer,
      mirror.servers.some(server => server.state === 'running'),
    );
    set(contextKeys.hasDocker, docker.status?.plugin.installed === true);
    set(contextKeys.hasProfiles, docker.can('profiles'));
  };
  update();
  return disposeAll([link.onDidChangeState(update), mirror.onDidChange(update), docker.onDidChange(update)]);
}
