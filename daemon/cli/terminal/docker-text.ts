// Docker in one line, for "quayside status" and "quayside docker".
import type { DockerStatus } from '../../../shared/api/docker.ts';

export function describeDocker({ available, problem, plugin, engine }: DockerStatus): string {
  if (!available) return `not available: ${problem?.detail ?? 'the reason is not known'}`;
  const where = engine.platform === 'desktop' ? 'Docker Desktop' : 'Docker Engine';
  const safety = plugin.safe ? '' : ', with known weaknesses';
  return `available: docker mcp ${plugin.version ?? ''}${safety} on ${where} ${engine.version ?? ''}`
    .replace(/\s+/g, ' ')
    .trim();
}
