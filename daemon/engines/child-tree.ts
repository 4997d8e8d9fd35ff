// Ends a program with everything that it has started: its group, and what has left the group.
import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createRemains } from '../supervision/child.ts';
import { findMarked, kill } from '../supervision/child-marker.ts';
import { identify } from '../supervision/descendants.ts';

export interface ChildTree {
  /** The program has ended by itself: kills what it has left behind. */
  clear(): Promise<void>;
  /** SIGTERM to the program, which passes it on; SIGKILL to all that is there after `patience` milliseconds. */
  end(patience: number): Promise<void>;
}

export interface ChildTreeOptions {
  /** The leader of its group. */
  pid: number;
  exited: Promise<unknown>;
  /** What its environment holds, see child-marker.ts. */
  mark: string;
  platform: NodeJS.Platform;
  /** Windows has no signals and no groups. */
  killOnWindows: (pid: number) => void;
}

/** Programs that others start to stay: to end them would lock a person's keys, or cut the connection of another program. */
const staying = /^(?:gpg-agent|keyboxd|scdaemon|ssh|ssh-agent|dbus-daemon|gnome-keyring-d)$/;

export function createChildTree({ pid, exited, mark, platform, killOnWindows }: ChildTreeOptions): ChildTree {
  const remains = createRemains(identify(pid), mark);
  let hasExited = false;
  void exited.then(() => {
    hasExited = true;
  });

  const groupLives = () => platform !== 'win32' && kill(-pid, 0);
  const isGone = async (milliseconds: number): Promise<boolean> => {
    const until = performance.now() + milliseconds;
    while (!hasExited || groupLives()) {
      if (performance.now() >= until) return false;
      await Promise.race([hasExited ? pause(15) : exited, pause(15)]);
    }
    return true;
  };

  return {
    async clear() {
      if (groupLives()) kill(-pid, 'SIGKILL');
      for (const left of await findMarked(mark)) if (!(await isStaying(left))) kill(left, 'SIGKILL');
    },
    async end(patience) {
      await remains.note();
      if (platform === 'win32') killOnWindows(pid);
      // Its number may be another's by now; that of a group is not given away while there is a member.
      else if (!hasExited) kill(pid, 'SIGTERM');
      else if (groupLives()) kill(-pid, 'SIGTERM');
      const asked = await isGone(patience);
      if (!asked) await remains.note();
      if (platform !== 'win32' && groupLives()) kill(-pid, 'SIGKILL');
      await isGone(1_000);
      await remains.kill();
    },
  };
}

const isStaying = async (pid: number): Promise<boolean> =>
  staying.test((await readFile(`/proc/${pid}/comm`, 'latin1').catch(() => '')).trim());
