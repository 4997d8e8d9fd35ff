// Says which program holds a TCP port, so that "port taken" can name it: from /proc on Linux, from lsof on macOS.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** For example `nginx (process 4711)`; undefined if it cannot be told. Never throws. */
export async function findPortOwner(
  port: number,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (platform === 'linux') return findInProc(port);
  return platform === 'win32' ? undefined : await askLsof(port);
}

const lsofMilliseconds = 3_000;

async function askLsof(port: number): Promise<string | undefined> {
  // Loaded only here: the daemon starts often, and meets a taken port seldom.
  const { execa } = await import('execa');
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const { stdout } = await execa('lsof', args, {
    reject: false,
    timeout: lsofMilliseconds,
    stdin: 'ignore',
    maxBuffer: 65_536,
  });
  return readLsof(stdout ?? '');
}

/** The first program in the output of `lsof -Fpc`: lines with a letter for the field, `p` for the process, `c` for its name. */
export function readLsof(output: string): string | undefined {
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  const name = /^c([\x20-\x7e]{1,64})$/m.exec(output)?.[1];
  return pid && name ? `${name} (process ${pid})` : undefined;
}

function findInProc(port: number): string | undefined {
  try {
    const inodes = new Set([...listeningInodes('/proc/net/tcp', port), ...listeningInodes('/proc/net/tcp6', port)]);
    if (inodes.size === 0) return undefined;
    for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
      if (holds(pid, inodes)) return `${programName(pid)} (process ${pid})`;
    }
  } catch {
    // A process that ends while we look, or one of another user: then we do not know.
  }
  return undefined;
}

/** The program's file name: the kernel's short name of it may be a thread's. */
function programName(pid: string): string {
  const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const name = basename(program.split(' ', 1)[0] ?? '').replace(/[^\x21-\x7e]/g, '');
  return name || readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
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
