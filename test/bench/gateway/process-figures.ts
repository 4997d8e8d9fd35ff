// What processes cost, from /proc. Linux only, like the benchmarks.
import { readdirSync, readFileSync } from 'node:fs';
import { readMemory } from '../../support/processes.ts';

const tryRead = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The fields of /proc/PID/stat after the name, which may hold anything. */
const fieldsOf = (pid: number): string[] => tryRead(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];

/** The processes of a group, without those whose script begins with `but`. */
export const pidsOfGroup = (group: number, but: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(
      pid => Number(fieldsOf(pid)[2]) === group && !tryRead(`/proc/${pid}/cmdline`).split('\0')[1]?.startsWith(but),
    );

const ticksPerSecond = 100;

/** Milliseconds of processor time that processes have used, in steps of ten. */
export const processorMilliseconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = fieldsOf(pid);
    return sum + ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 1_000) / ticksPerSecond;
  }, 0);

export const residentBytes = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + readMemory(pid).rss, 0);
