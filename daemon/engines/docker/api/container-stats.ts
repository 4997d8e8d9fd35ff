// Measures containers by the engine's own stream of each, and only while somebody asks.
import * as z from 'zod';
import type { Clock } from '../../../platform/clock.ts';
import type { ContainerStats } from './container-control.ts';
import { toIso } from './container-inspection.ts';
import type { EngineApi } from './engine-api.ts';
import { followJsonLines } from './json-lines.ts';

/** Without a limit the kernel says a number that is larger than JavaScript's are exact. */
const count = z
  .number()
  .nonnegative()
  .transform(value => Math.min(Math.round(value), Number.MAX_SAFE_INTEGER));

const Cpu = z.looseObject({
  cpu_usage: z.looseObject({ total_usage: count.default(0), percpu_usage: z.array(z.number()).nullish() }),
  system_cpu_usage: count.optional(),
  online_cpus: count.optional(),
});

const Sample = z.looseObject({
  read: z.string(),
  cpu_stats: Cpu,
  precpu_stats: Cpu,
  memory_stats: z.looseObject({
    usage: count.optional(),
    limit: count.optional(),
    stats: z.record(z.string(), z.number()).nullish(),
  }),
  networks: z.record(z.string(), z.looseObject({ rx_bytes: count.default(0), tx_bytes: count.default(0) })).nullish(),
  pids_stats: z.looseObject({ current: count.optional() }).nullish(),
});
type Sample = z.infer<typeof Sample>;

/** Undefined for the first sample of a stream, which has nothing to compare with, and for what is no sample. */
export function readSample(value: unknown): ContainerStats | undefined {
  const { success, data } = Sample.safeParse(value);
  if (!success) return undefined;
  const at = toIso(data.read);
  const cpuPercent = cpuPercentOf(data);
  if (at === null || cpuPercent === undefined) return undefined;
  const { usage = 0, limit = 0 } = data.memory_stats;
  const networks = Object.values(data.networks ?? {});
  return {
    cpuPercent,
    memoryBytes: Math.round(usage - cacheOf(data.memory_stats.stats ?? {}, usage)),
    memoryLimitBytes: limit > 0 && limit < Number.MAX_SAFE_INTEGER ? limit : null,
    networkReceivedBytes: networks.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
    networkSentBytes: networks.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
    processes: data.pids_stats?.current ?? null,
    at,
  };
}

/** As `docker stats` does: the container's share of the machine's time since the sample before, times the processors. */
function cpuPercentOf({ cpu_stats: now, precpu_stats: before }: Sample): number | undefined {
  if (now.system_cpu_usage === undefined || before.system_cpu_usage === undefined) return undefined;
  const used = now.cpu_usage.total_usage - before.cpu_usage.total_usage;
  const passed = now.system_cpu_usage - before.system_cpu_usage;
  if (passed <= 0 || used < 0) return 0;
  const processors = now.online_cpus || now.cpu_usage.percpu_usage?.length || 1;
  return Math.round((used / passed) * processors * 10_000) / 100;
}

/** The page cache that the kernel can take back, by the name that version 1 or 2 of control groups has for it. */
function cacheOf(stats: Record<string, number>, usage: number): number {
  const cache = stats['total_inactive_file'] ?? stats['inactive_file'] ?? 0;
  return cache < usage ? cache : 0;
}

export interface StatsLease {
  /** What has been measured by now, of these; keeps measuring them for the time of the lease. */
  read(runningIds: readonly string[]): Map<string, ContainerStats>;
  close(): void;
}

/** `leaseMs`: how long it goes on measuring after somebody asked. */
export function createStatsLease(api: EngineApi, clock: Clock, leaseMs = 10_000): StatsLease {
  const streams = new Map<string, AbortController>();
  const latest = new Map<string, ContainerStats>();
  let until = 0;
  let timer: NodeJS.Timeout | undefined;

  const drop = (id: string): void => {
    streams.get(id)?.abort();
    streams.delete(id);
    latest.delete(id);
  };
  const close = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const id of [...streams.keys()]) drop(id);
    latest.clear();
  };
  const watchLease = (): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        if (clock.now() >= until) close();
        else watchLease();
      },
      Math.max(50, until - clock.now()),
    );
  };
  const follow = async (id: string, controller: AbortController): Promise<void> => {
    const docker = await api.client();
    const options = { stream: true as const, abortSignal: controller.signal };
    const stream = await docker.getContainer(id).stats(options);
    await followJsonLines(stream, value => {
      const sample = readSample(value);
      if (sample && streams.get(id) === controller) latest.set(id, sample);
    });
  };

  return {
    read(runningIds) {
      until = clock.now() + leaseMs;
      watchLease();
      const running = new Set(runningIds);
      for (const id of [...streams.keys()]) if (!running.has(id)) drop(id);
      for (const id of running) {
        if (streams.has(id)) continue;
        const controller = new AbortController();
        streams.set(id, controller);
        // Whatever ends it, the next who asks opens it again.
        follow(id, controller)
          .catch(() => {})
          .finally(() => {
            if (streams.get(id) === controller) drop(id);
          });
      }
      return new Map(latest);
    },
    close,
  };
}
