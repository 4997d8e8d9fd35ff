// npm run bench:gateway: our /mcp beside the floors and the gateways that people use, as JSON on the output and in
// artifacts/bench-gateway.json. All targets of a scenario are up at once; each round measures each once, in random order.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { artifactsFolder } from '../../support/browser.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import { type BenchClient, connectLean, connectOfficial } from './clients.ts';
import { type Figures, measureCalls, measureInitialise, measureList } from './measure.ts';
import { ensurePeers, peerVersions } from './peers.ts';
import { residentBytes } from './process-figures.ts';
import { type Target, type TargetKind, targetKinds } from './targets.ts';
import { judge, mediansOf, type Rounds } from './verdict.ts';

const say = (line: string) => console.error(line);
const rounds = Number(process.env['QUAYSIDE_BENCH_ROUNDS'] ?? '5');
const wanted = process.env['QUAYSIDE_BENCH_TARGETS']?.split(',');
const kinds = targetKinds.filter(({ name }) => wanted === undefined || wanted.includes(name));

interface Up {
  target: Target;
  official: BenchClient;
  lean: BenchClient | undefined;
  startToFirstListMs: number;
}

async function bringUp(kind: TargetKind, servers: number, folder: string): Promise<Up> {
  await mkdir(folder, { recursive: true });
  const began = performance.now();
  const target = await kind.start(servers, folder);
  const official = await connectOfficial(target);
  await official.list();
  const startToFirstListMs = performance.now() - began;
  return {
    target,
    official,
    lean: target.transport === 'http' ? await connectLean(target) : undefined,
    startToFirstListMs,
  };
}

const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map(item => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);

/** Brings all up, measures each in each round, and takes them down again, whatever happens. */
async function withAll(
  those: readonly TargetKind[],
  servers: number,
  measure: (up: Up) => Promise<Figures>,
): Promise<Rounds> {
  await using folder = await createTemporaryFolder('bench-gateway');
  const ups: Up[] = [];
  try {
    for (const kind of those) {
      say(`  ${kind.name}`);
      ups.push(await bringUp(kind, servers, join(folder.path, kind.name)));
    }
    const found: Rounds = [];
    for (let round = 0; round < rounds; round++) {
      const figures: Record<string, Figures> = {};
      for (const up of shuffled(ups)) {
        figures[up.target.name] = {
          [`start to first list of ${servers} ms`]: up.startToFirstListMs,
          ...(await measure(up)),
        };
      }
      say(`  round ${round + 1} of ${rounds}`);
      found.push(figures);
    }
    return found;
  } finally {
    for (const { target, official, lean } of ups) {
      await official.close().catch(() => {});
      await lean?.close();
      await target.stop();
    }
  }
}

/** The same rounds with what others measured of them. */
const joined = (all: readonly Rounds[]): Rounds =>
  Array.from({ length: rounds }, (_, round) => {
    const names = new Set(all.flatMap(each => Object.keys(each[round] ?? {})));
    const of = (name: string) => Object.assign({}, ...all.map(each => each[round]?.[name] ?? {}));
    return Object.fromEntries([...names].map(name => [name, of(name)]));
  });

const started = new Date().toISOString();
await ensurePeers(say);
say('calls ...');
const calls = await withAll(kinds, 1, async ({ target, official, lean }) => ({
  ...(await measureInitialise(target)),
  ...(await measureCalls(target, official, lean)),
  ...(target.pids().length > 0 ? { 'rss MB after calls': residentBytes(target.pids()) / 1_000_000 } : {}),
}));
const lists: Rounds[] = [];
for (const servers of [1, 5, 20]) {
  say(`lists of ${servers} servers ...`);
  const many = kinds.filter(kind => kind.many);
  lists.push(await withAll(many, servers, ({ official }) => measureList(servers, official)));
}
const all = joined([calls, ...lists]);
const root = join(import.meta.dirname, '..', '..', '..');
const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const report = {
  quayside: version,
  started,
  machine: {
    platform: `${process.platform} ${release()} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    node: process.version,
  },
  peers: peerVersions,
  notRun: { 'docker mcp gateway': 'It needs the docker mcp plugin, which is not on this machine.' },
  rounds,
  verdicts: judge(all),
  medians: mediansOf(all),
};
await mkdir(artifactsFolder, { recursive: true });
await writeFile(join(artifactsFolder, 'bench-gateway.json'), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
