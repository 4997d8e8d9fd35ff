import { createHash } from 'node:crypto';
import type { Tool } from '../../../shared/api/tools.ts';

/** Changes when what agents see of the tools changes, and stays over a restart of a server that has the same ones. */
export function toolsVersion(tools: readonly Tool[]): string {
  const seen = tools
    .filter(tool => tool.enabled)
    .map(({ serverId, name, description, inputSchema }) => JSON.stringify([serverId, name, description, inputSchema]))
    .sort();
  return createHash('sha256').update(seen.join('\n')).digest('hex').slice(0, 12);
}
