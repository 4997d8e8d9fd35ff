// Gateways that another one has taken over from: they serve until their last calls have ended.
import { setTimeout as pause } from 'node:timers/promises';
import type { LaunchedGateway } from './gateway-launch.ts';
import type { Member } from './member.ts';

export interface Retirement {
  /** Its calls end where they were begun, within the time; then it is closed. */
  begin(old: LaunchedGateway): void;
  /** Resolves when no gateway of this server is left; its calls get so many milliseconds more. */
  endOf(member: Member, patience: number): Promise<void>;
  /** Closes all of them now. */
  end(): Promise<void>;
}

interface Entry {
  old: LaunchedGateway;
  done: Promise<void>;
  /** Its calls get no more time. */
  cut: () => void;
}

/** `patience`: milliseconds. `close` never rejects. */
export function createRetirement(patience: number, close: (old: LaunchedGateway) => Promise<void>): Retirement {
  const entries = new Set<Entry>();
  const hurry = async ({ cut, done }: Entry): Promise<void> => {
    cut();
    await done;
  };
  return {
    begin(old) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const over = Promise.race([old.run.connection.ended, promise, pause(patience, undefined, { ref: false })]);
      const done = over.then(() => close(old)).finally(() => entries.delete(entry));
      const entry: Entry = { old, done, cut: resolve };
      entries.add(entry);
    },
    async endOf(member, more) {
      const its = [...entries].filter(({ old }) => old.members.includes(member));
      await Promise.all(
        its.map(async entry => {
          await Promise.race([entry.done, pause(more, undefined, { ref: false })]);
          await hurry(entry);
        }),
      );
    },
    async end() {
      await Promise.all([...entries].map(hurry));
    },
  };
}
