import { createHash } from 'node:crypto';
import type { MCPServer } from '../../../shared/api/servers.ts';

/** Changes when the tools that agents see may have changed. */
export function toolsVersion(servers: readonly MCPServer[]): string {
  const running = servers
    .filter(server => server.state === 'running')
    .map(({ id, startedAt, toolCount, updatedAt }) => [id, startedAt, toolCount, updatedAt]);
  return createHash('sha256').update(JSON.stringify(running)).digest('hex').slice(0, 12);
}
