import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { createDemultiplexer } from '../../../../../daemon/engines/docker/api/container-logs.ts';
import { readSample } from '../../../../../daemon/engines/docker/api/container-stats.ts';
import { createLineReader } from '../../../../../daemon/supervision/line-reader.ts';

const cpu = (total: number, system?: number) => ({
  cpu_usage: { total_usage: total },
  ...(system === undefined ? {} : { system_cpu_usage: system }),
  online_cpus: 4,
});
const sample = (parts: object = {}) => ({
  read: '2026-01-02T03:04:05.678901234Z',
  cpu_stats: cpu(3_000, 20_000),
  precpu_stats: cpu(1_000, 10_000),
  memory_stats: { usage: 1_000, limit: 4_000, stats: { total_inactive_file: 300 } },
  networks: { eth0: { rx_bytes: 5, tx_bytes: 7 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
  pids_stats: { current: 3 },
  ...parts,
});

describe('a measurement of a container', () => {
  it('is what docker stats makes of it', () => {
    deepEqual(readSample(sample()), {
      // 2000 of 10000, on four processors.
      cpuPercent: 80,
      memoryBytes: 700,
      memoryLimitBytes: 4_000,
      networkReceivedBytes: 15,
      networkSentBytes: 27,
      processes: 3,
      at: '2026-01-02T03:04:05.678Z',
    });
  });

  it('takes the page cache off by the name that either version of control groups has', () => {
    const memory = (stats: object) => readSample(sample({ memory_stats: { usage: 1_000, limit: 0, stats } }));
    equal(memory({ inactive_file: 100 })?.memoryBytes, 900);
    equal(memory({ inactive_file: 5_000 })?.memoryBytes, 1_000);
    equal(memory({})?.memoryLimitBytes, null);
  });

  it('needs one before it to compare with', () => {
    equal(readSample(sample({ precpu_stats: cpu(0) })), undefined);
    equal(readSample(sample({ cpu_stats: cpu(1, 10_000) }))?.cpuPercent, 0);
    equal(readSample(sample({ networks: null }))?.networkSentBytes, 0);
  });

  it('is nothing for what is no measurement', () => {
    fc.assert(fc.property(fc.jsonValue(), value => readSample(value) === undefined));
  });
});

describe('the frames of a log', () => {
  it('are put together wherever they are cut', () => {
    const frame = (kind: number, text: string) => {
      const header = Buffer.alloc(8);
      header[0] = kind;
      header.writeUInt32BE(Buffer.byteLength(text), 4);
      return Buffer.concat([header, Buffer.from(text)]);
    };
    const log = Buffer.concat([
      frame(1, 'one\ntw'),
      frame(2, 'err\n'),
      frame(1, 'o\n'),
      frame(2, ''),
      frame(2, 'last'),
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: log.length - 1 })), cuts => {
        const [out, err]: [string[], string[]] = [[], []];
        const reader = (lines: string[]) =>
          createLineReader({ limit: 100, onLine: line => lines.push(line.toString()), onOversized: () => {} });
        const [stdout, stderr] = [reader(out), reader(err)];
        const push = createDemultiplexer(stdout, stderr);
        const places = [0, ...cuts.toSorted((a, b) => a - b), log.length];
        for (const [index, place] of places.slice(1).entries()) push(log.subarray(places[index], place));
        stdout.end();
        stderr.end();
        deepEqual(
          [out, err],
          [
            ['one', 'two'],
            ['err', 'last'],
          ],
        );
      }),
    );
  });
});
