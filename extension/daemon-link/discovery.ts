import { readFile } from 'node:fs/promises';
import { Discovery } from '../../shared/domain/discovery.ts';

/** What the discovery file says, or undefined if it is not there or not whole. */
export async function findDiscovery(file: string): Promise<Discovery | undefined> {
  try {
    const parsed = Discovery.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** True if the process exists. EPERM means that it does and belongs to somebody else. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
