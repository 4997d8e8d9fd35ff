// The requests of clients that a server is working on: whose is what the server sends meanwhile?
import type { DownstreamClient, UpstreamCall } from './upstream.ts';

export interface CallUnderWay {
  readonly call: UpstreamCall;
  /** Aborts when the call is over: made when somebody wants to know. */
  ended?: AbortController;
}

export interface CallsUnderWay {
  readonly size: number;
  begin(call: UpstreamCall): CallUnderWay;
  end(one: CallUnderWay): void;
  /** The latest call, if all are of one client. */
  only(): CallUnderWay | undefined;
  latestOf(client: DownstreamClient): CallUnderWay | undefined;
}

export function createCallsUnderWay(): CallsUnderWay {
  // As many as a server may have at once: few.
  const all: CallUnderWay[] = [];
  return {
    get size() {
      return all.length;
    },
    begin(call) {
      const one: CallUnderWay = { call };
      all.push(one);
      return one;
    },
    end(one) {
      const at = all.indexOf(one);
      if (at !== -1) all.splice(at, 1);
      one.ended?.abort(new Error('The call is over.'));
    },
    only() {
      let latest: CallUnderWay | undefined;
      for (const one of all) {
        if (latest && latest.call.client !== one.call.client) return undefined;
        latest = one;
      }
      return latest;
    },
    latestOf(client) {
      let latest: CallUnderWay | undefined;
      for (const one of all) if (one.call.client === client) latest = one;
      return latest;
    },
  };
}

/** Aborts when the call is over, however it ends. */
export function endOf(one: CallUnderWay): AbortSignal {
  one.ended ??= new AbortController();
  return one.ended.signal;
}
