// Every recorded run through the real runner: what succeeded is told as it was, what failed by its class and in words.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import PQueue from 'p-queue';
import { CliError } from '../../../../../daemon/engines/cli-error.ts';
import { cleanText } from '../../../../../daemon/engines/cli-output.ts';
import { toDockerProblem } from '../../../../../daemon/engines/docker/cli/to-problem.ts';
import type { CliOutput } from '../../../../../daemon/engines/run.ts';
import { type Recording, readRecordings } from '../../../../support/recordings.ts';
import { createReplayedCli } from '../../../../support/replay/replayed-cli.ts';
import { recordedFailures } from './recorded-failures.ts';

interface Outcome {
  result: CliOutput | unknown;
  /** The recorded texts with the folders of this run. */
  stdout: string;
  stderr: string;
  files: string[];
  played: string[];
}

const ofCommands = readRecordings().filter(({ kind }) => kind === undefined);

/** Runs one as it was recorded, on a docker that knows nothing else. */
async function play(recording: Recording): Promise<Outcome> {
  const { name, dialect, argv, bin, env, stdin, sentSignal } = recording;
  const words = argv.filter(word => !word.startsWith('-')).slice(0, 2);
  await using replayed = await createReplayedCli({
    dialect,
    pinned: name,
    allowed: [
      {
        words: argv.slice(0, 1),
        flags: argv.filter(word => word.startsWith('-')).map(word => word.replace(/^(--gateway-arg=).*/, '$1')),
      },
    ],
    limits: { quick: 1_000, patience: 5_000 },
  });
  const { replay, runner } = replayed;
  const fill = (text: string) => text.replaceAll('$HOME', replay.home).replaceAll('$WORK', replay.work);
  const result = await runner
    .run({
      operation: words.join(' '),
      args: argv.map(word => (word.includes('$') ? fill(word) : word)),
      kind: 'read',
      // What only ended when it was told to is given up on.
      time: sentSignal ? 'quick' : 'long',
      environment: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, fill(value)])),
      workingDirectory: replay.work,
      ...(stdin === undefined ? {} : { stdin }),
      ...(bin === undefined ? {} : { program: replay.plugin }),
      parse: output => output,
    })
    .catch((error: unknown) => error);
  const files = Object.keys(recording.filesAfter ?? {}).filter(path => existsSync(fill(path)));
  return {
    result,
    stdout: fill(recording.stdout),
    stderr: fill(recording.stderr),
    files,
    played: await replay.played(),
  };
}

describe('every recorded run of docker', () => {
  const outcomes = new Map<string, Outcome>();

  before(async function () {
    this.timeout(240_000);
    const queue = new PQueue({ concurrency: 6 });
    await queue.addAll(ofCommands.map(recording => async () => outcomes.set(recording.name, await play(recording))));
  });

  const outcomeOf = (name: string): Outcome => {
    const outcome = outcomes.get(name);
    assert.ok(outcome, `${name} was not played`);
    assert.deepEqual(outcome.played, [name]);
    return outcome;
  };

  for (const recording of ofCommands) {
    const { name } = recording;
    const expected = recordedFailures[name];
    if (expected)
      it(`${name} is "${expected.failure}", and says so`, () => {
        const { result } = outcomeOf(name);
        assert.ok(result instanceof CliError, `it is a CliError and not ${JSON.stringify(result)}`);
        assert.equal(result.failure, expected.failure);
        const { problem } = toDockerProblem(result);
        assert.equal(problem.code, expected.code);
        assert.ok(problem.detail.includes(expected.says), problem.detail);
        assert.match(problem.detail, /^Could not .*[^.]\.$/s);
        assert.match(problem.next ?? '', /\.$/);
        assert.ok(result.stderr.length <= 4_000 && result.durationMs > 0 && result.argv[0]?.startsWith('docker'));
      });
    else
      it(`${name} is answered as it was`, () => {
        const { result, stdout, stderr, files } = outcomeOf(name);
        assert.deepEqual(result, { stdout, stderr: cleanText(stderr), exitCode: 0 });
        assert.deepEqual(files, Object.keys(recording.filesAfter ?? {}));
      });
  }

  it('no failure is expected of what is not recorded', () => {
    const names = new Set(readRecordings().map(({ name }) => name));
    assert.deepEqual(
      Object.keys(recordedFailures).filter(name => !names.has(name)),
      [],
    );
  });

  it('a recorded failure is never taken for a success', () => {
    const failed = ofCommands.filter(({ exitCode }) => exitCode !== 0).map(({ name }) => name);
    assert.deepEqual(
      failed.filter(name => !recordedFailures[name]),
      [],
    );
  });
});
