// Says which program holds a TCP port, so that "port taken" can name it. Linux only; elsewhere it does not know.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** For example `nginx (process 4711)`; undefined if it cannot be told. Never throws. */
export function findPortOwner(port: number): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const inodes = new Set([...listeningInodes('/proc/net/tcp', port), ...listeningInodes('/proc/net/tcp6', port)]);
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      if (holds(pid, inodes)) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
    }
  } catch {
    // A process that ends while we look, or one of another user: then we do not know.
  }
  return undefined;
}

const listening = '0A';

function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  try {
    return readFileSync(table, 'utf8')
      .split('\n')
      .map(line => line.trim().split(/\s+/))
      .filter(columns => columns[1]?.endsWith(suffix) && columns[3] === listening)
      .flatMap(columns => columns[9] ?? []);
  } catch {
    return [];
  }
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some(fd => {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode !== undefined && inodes.has(inode);
    });
  } catch {
    return false;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
