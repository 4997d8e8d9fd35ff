// Which images are there: those of the settings, or those of a real engine.
import { spawnSync } from 'node:child_process';
import { resolveHost } from './engine-check.mjs';

/** Arguments for the real docker CLI, so that it reaches the engine that this machine has by default. */
export const dockerArguments = (settings, args) =>
  settings.defaultHost && !process.env.DOCKER_HOST ? ['--host', settings.defaultHost, ...args] : args;

/** `present`, `absent`, or the words of an engine that does not answer. */
export function stateOfImage(settings, image) {
  if (settings.failure.engine === 'down' || settings.failure.engine === 'permission')
    return 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
  if (settings.images) return settings.images[image] ? 'present' : 'absent';
  const host = resolveHost(settings);
  const { status, stderr } = spawnSync(
    settings.realDocker,
    [...(host ? ['--host', host] : []), 'image', 'inspect', '--format', '{{.Id}}', image],
    { encoding: 'utf8' },
  );
  if (status === 0) return 'present';
  return /Cannot connect to the Docker daemon/.test(stderr) ? stderr.trim() : 'absent';
}

export const hasImage = (settings, image) => stateOfImage(settings, image) === 'present';
