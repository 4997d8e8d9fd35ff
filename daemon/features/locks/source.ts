import type { ServerSource } from '../../../shared/api/servers.ts';

/** What identifies a server's program. A query may hold a key, and what is locked is written into files. */
export function toLockedSource(source: ServerSource): Record<string, string | null> {
  switch (source.type) {
    case 'npm':
      return { type: 'npm', package: source.package, version: source.version, integrity: source.integrity };
    case 'image':
      return { type: 'image', image: source.image, digest: source.digest };
    case 'remote':
      return { type: 'remote', url: source.url.replace(/[?#].*$/s, '') };
    case 'command':
      return { type: 'command', command: source.command };
  }
}
