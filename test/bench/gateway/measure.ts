// One round of each scenario on one target.
import { quantile } from '../statistics.ts';
import { type BenchClient, connectLean, connectOfficial } from './clients.ts';
import { processorMilliseconds } from './process-figures.ts';
import type { Target } from './targets.ts';

/** Figures by name: milliseconds, calls per second, or what the name says. */
export type Figures = Record<string, number>;

const mostMilliseconds = 20_000;

async function sequentially(calls: number, act: () => Promise<unknown>): Promise<number[]> {
  const until = performance.now() + mostMilliseconds;
  const times: number[] = [];
  for (let done = 0; done < calls && performance.now() < until; done++) {
    const began = performance.now();
    await act();
    times.push(performance.now() - began);
  }
  return times;
}

async function atOnce(calls: number, inFlight: number, act: () => Promise<unknown>) {
  const began = performance.now();
  const until = began + mostMilliseconds;
  const times: number[] = [];
  let left = calls;
  const worker = async () => {
    while (left-- > 0 && performance.now() < until) {
      const sent = performance.now();
      await act();
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { times, seconds: (performance.now() - began) / 1_000 };
}

const latency = (name: string, times: readonly number[]): Figures => ({
  [`${name} p50`]: quantile(times, 0.5),
  [`${name} p95`]: quantile(times, 0.95),
  [`${name} p99`]: quantile(times, 0.99),
});

async function flood(name: string, inFlight: number, client: BenchClient, target: Target): Promise<Figures> {
  const before = processorMilliseconds(target.pids());
  const { times, seconds } = await atOnce(1_500, inFlight, () => client.call('echo'));
  const spent = processorMilliseconds(target.pids()) - before;
  return {
    ...latency(name, times),
    [`${name} calls/s`]: times.length / seconds,
    ...(target.pids().length > 0 ? { [`${name} cpu ms per call`]: spent / times.length } : {}),
  };
}

/** Calls: one after another, at 16 and 64 in flight, and of 64 KiB. */
export async function measureCalls(target: Target, official: BenchClient, lean?: BenchClient): Promise<Figures> {
  const kinds: [string, BenchClient][] = [['official', official], ...(lean ? ([['lean', lean]] as const) : [])].map(
    ([name, client]) => [name, client] as [string, BenchClient],
  );
  const figures: Figures = {};
  for (const [kind, client] of kinds) {
    await sequentially(10, () => client.call('echo'));
    Object.assign(figures, latency(`${kind} sequential`, await sequentially(150, () => client.call('echo'))));
    Object.assign(figures, await flood(`${kind} 16 in flight`, 16, client, target));
    Object.assign(figures, await flood(`${kind} 64 in flight`, 64, client, target));
    Object.assign(figures, latency(`${kind} 64 KiB`, await sequentially(40, () => client.call('big'))));
  }
  return figures;
}

/** To be connected, and to have the first list. */
export async function measureInitialise(target: Target): Promise<Figures> {
  const times = await sequentially(10, async () => await (await connectOfficial(target)).close());
  const figures: Figures = { 'official initialise p50': quantile(times, 0.5) };
  if (target.transport === 'http') {
    const lean = await sequentially(10, async () => await (await connectLean(target)).close());
    figures['lean initialise p50'] = quantile(lean, 0.5);
  }
  return figures;
}

export async function measureList(servers: number, client: BenchClient): Promise<Figures> {
  await sequentially(3, () => client.list());
  return latency(`tools/list of ${servers}`, await sequentially(60, () => client.list()));
}
