import type { DockerCapability, DockerStatus } from '../../shared/api/docker.ts';

/** Why something cannot be done, or undefined if it can. As long as nothing is known, nothing is forbidden. */
export function missingReason(docker: DockerStatus | undefined, needs: DockerCapability): string | undefined {
  const found = docker?.capabilities.find(({ id }) => id === needs);
  if (!found || found.available) return undefined;
  return found.reason ?? docker?.problem?.detail ?? 'Docker does not say why.';
}
