// Runs recorded commands one after another on the simulated docker and compares what they say with what was recorded.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';
import { recordedImages } from './recorded-images.ts';

const Recording = z.object({
  seq: z.int(),
  argv: z.array(z.string()),
  bin: z.string().optional(),
  env: z.record(z.string(), z.string()).default({}),
  exitCode: z.int().nullable(),
  stdout: z.string(),
  stderr: z.string(),
  kind: z.string().optional(),
  stdin: z.string().optional(),
  sentSignal: z.string().optional(),
  sentSignalAtMs: z.number().optional(),
  ended: z.string().optional(),
  io: z.array(z.object({ dir: z.enum(['in', 'out']), line: z.string() })).default([]),
  http: z
    .array(
      z.object({
        label: z.string(),
        request: z.object({
          method: z.string(),
          path: z.string(),
          headers: z.record(z.string(), z.string()),
          body: z.string().nullable(),
        }),
        response: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
      }),
    )
    .default([]),
  filesAfter: z.record(z.string(), z.string()).default({}),
});
export type Recording = z.output<typeof Recording> & { name: string };

const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'docker-mcp', 'transcripts');

/** The recordings of a dialect in the order in which they were made. */
export const readSequence = (dialect: 'current' | 'legacy'): Recording[] =>
  readdirSync(join(folder, dialect))
    .map(file => ({
      ...Recording.parse(JSON.parse(readFileSync(join(folder, dialect, file), 'utf8'))),
      name: file.replace(/\.json$/, ''),
    }))
    .sort((a, b) => a.seq - b.seq);

/** The lab catalog of the recordings, by server name. */
export function readLabRegistry(): Record<string, Record<string, unknown>> {
  const text = readFileSync(join(folder, 'legacy', 'catalog-show-json.json'), 'utf8');
  const { registry } = JSON.parse(JSON.parse(text).stdout);
  return registry;
}

export interface Lab extends AsyncDisposable {
  docker: SimulatedDocker;
  /** The working folder of the recordings. */
  work: string;
  /** Where the next commands run. */
  place: string;
}

export async function createLab(dialect: 'profile' | 'legacy', registries: string[] = []): Promise<Lab> {
  const work: TemporaryFolder = await createTemporaryFolder('recorded');
  const images = await recordedImages(folder, work.path);
  const docker = await createSimulatedDocker({ dialect, images, registries });
  await mkdir(join(work.path, 'proj', '.git'), { recursive: true });
  await writeFile(join(work.path, 'lab.env'), '# of the lab\nprobe.api_key=s3cr3t-value-1\n');
  await writeFile(join(work.path, 'lab-config.yaml'), 'probe:\n  region: eu\n  limits:\n    max: 5\n');
  return {
    docker,
    work: work.path,
    place: work.path,
    async [Symbol.asyncDispose]() {
      await docker.close();
      await work.remove();
    },
  };
}

const times = /(?:\d+m)?\b\d+(?:\.\d+)?(?:µs|ms|s)\b/g;

/** Without what differs from run to run: folders, durations, digests, dates, and the order of what runs side by side. */
export function normalise(text: string, lab: Lab): string {
  const plain = text
    .replaceAll(lab.docker.home, '$HOME')
    .replaceAll(lab.work, '$WORK')
    .replace(/\b[0-9a-f]{64}\b/g, 'DIGEST')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'INSTANT')
    .replace(/\b\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\b/g, 'INSTANT')
    .replace(times, 'TIME');
  return inOrder(plain.replace(oauthBlocks, '$1'));
}

// One look for a credential helper for each server; some end before they have said so.
const oauthBlocks = /((?:^! .*\n)+- Using credential helper: .*\n)\1+/gm;

// Servers start side by side, maps of Go are walked at random, and the end of a dry run may overtake its watcher.
const unordered = /^(?: {2}- Running | {2}> |- \S+: | {4}- |.*Warning: (?:overlapping|Secret))/;

function inOrder(text: string): string {
  const lines = text.split('\n').filter(line => line !== '> Stop watching for updates');
  const fixed = lines.filter(line => !unordered.test(line));
  const loose = lines.filter(line => unordered.test(line)).sort();
  return loose.length === 0 ? lines.join('\n') : [...fixed, '(in any order)', ...loose].join('\n');
}

/** Runs one recorded command and asserts that it says and leaves the same. */
export async function assertReproduced(lab: Lab, recording: Recording): Promise<void> {
  const { argv, bin, env, sentSignalAtMs, stdin } = recording;
  const words = argv.map(word => word.replaceAll('$WORK', lab.work).replaceAll('$HOME', lab.docker.home));
  const result = await lab.docker.run(bin === 'docker-mcp' ? ['docker-cli-plugin-metadata'] : words, {
    cwd: lab.place,
    environment: Object.fromEntries(
      Object.entries(env).map(([key, value]) => [key, value.replaceAll('$HOME', lab.docker.home)]),
    ),
    ...(stdin === undefined ? {} : { stdin }),
    ...(sentSignalAtMs === undefined ? {} : { signalAfter: { milliseconds: 1_500, signal: 'SIGTERM' } }),
  });
  assert.equal(normalise(result.stdout, lab), normalise(recording.stdout, lab), 'standard output');
  assert.equal(normalise(result.stderr, lab), normalise(recording.stderr, lab), 'standard error');
  assert.equal(result.exitCode, recording.exitCode, 'exit code');
  for (const [file, expected] of Object.entries(recording.filesAfter)) {
    const path = file.replaceAll('$WORK', lab.work).replaceAll('$HOME', lab.docker.home);
    assert.equal(normalise(await readFile(path, 'utf8'), lab), normalise(expected, lab), file);
  }
}

export interface Plan {
  dialect: 'current' | 'legacy';
  /** What is done before the recording of that name: steps that were not recorded. */
  before: Record<string, (lab: Lab) => Promise<unknown>>;
  /** Names and why they cannot be reproduced. */
  without: Record<string, string>;
  registries?: string[];
}

/** Declares one test for each recording, and prints those that are left out. */
export function describeSequence(title: string, { dialect, before: steps, without, registries = [] }: Plan): void {
  describe(title, () => {
    let lab: Lab;
    const recordings = readSequence(dialect);

    before(async () => {
      lab = await createLab(dialect === 'current' ? 'profile' : 'legacy', registries);
    });
    after(() => lab[Symbol.asyncDispose]());

    for (const recording of recordings) {
      const reason = without[recording.name];
      if (reason === undefined && recording.kind === undefined)
        it(`says what was recorded: ${recording.name}`, async () => {
          await steps[recording.name]?.(lab);
          await assertReproduced(lab, recording);
        });
    }

    it('names every recording that it leaves out, and why', () => {
      const left = recordings.filter(({ name, kind }) => without[name] !== undefined || kind !== undefined);
      for (const { name } of left)
        console.log(`      not here: ${name} (${without[name] ?? 'a session: see recorded-sessions.test.ts'})`);
      const names = new Set(recordings.map(({ name }) => name));
      const unknown = [...Object.keys(without), ...Object.keys(steps)].filter(name => !names.has(name));
      assert.deepEqual(unknown, [], 'no rule is for a recording that does not exist');
    });
  });
}
