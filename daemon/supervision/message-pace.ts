// How fast a server may talk. A burst is free, and so is every answer that was asked for; what goes beyond is read later.

export interface MessagePace {
  /** A request was sent: one more message may come. */
  expect(): void;
  /** So many messages have come. Answers the milliseconds for which nothing more should be read; 0 to go on. */
  take(messages: number): number;
}

export interface PaceOptions {
  now?: () => number;
  perSecond?: number;
  burst?: number;
}

export const usualPace = { perSecond: 2_000, burst: 5_000 } as const;

/** However much came at once, nobody has to wait longer than this before it is looked at again. */
const longestWait = 1_000;

export function createMessagePace(options: PaceOptions = {}): MessagePace {
  const { now = () => performance.now(), perSecond = usualPace.perSecond, burst = usualPace.burst } = options;
  let left: number = burst;
  let at = now();
  const refill = (): void => {
    const time = now();
    left = Math.min(burst, left + ((time - at) * perSecond) / 1_000);
    at = time;
  };
  return {
    expect() {
      left = Math.min(burst, left + 1);
    },
    take(messages) {
      refill();
      left -= messages;
      return left >= 0 ? 0 : Math.min(longestWait, Math.ceil((-left * 1_000) / perSecond));
    },
  };
}
