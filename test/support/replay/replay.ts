// Puts a docker that answers from recordings first on a PATH of its own.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { makeProgram } from '../program-file.ts';
import { type RecordedDialect, readRecordings } from '../recordings.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

export interface ReplayOptions {
  dialect: RecordedDialect;
  /** The number of the recording to start at; 0: the first. */
  cursor?: number;
  /**
   * "follow" (usual): a call gets the next answer that was recorded for it, and the cursor moves there, as in the lab's own
   * course of things. "hold": every call gets the answer that held at the cursor.
   */
  mode?: 'follow' | 'hold';
  /** Only this recording, "current/profile-list-json": any other call fails. */
  pinned?: string;
  /**
   * Recordings of either dialect that answer their own calls wherever the cursor is, and do not move it: what stays as it is
   * while the course goes on, as the version of the program.
   */
  standing?: readonly string[];
  /** 1: as slow as it was. 0 (usual): at once. */
  scale?: number;
}

export interface Replay extends AsyncDisposable {
  /** The docker that answers. */
  readonly program: string;
  /** The plugin's binary. */
  readonly plugin: string;
  readonly home: string;
  /** The working directory of the recordings, $WORK. */
  readonly work: string;
  /** The whole environment for whoever runs it. */
  readonly environment: Record<string, string>;
  /** Another dialect is another plugin in the same place. */
  moveTo(position: Partial<ReplayOptions>): Promise<void>;
  /** The names of the recordings that were played. */
  played(): Promise<string[]>;
  /** Calls that were never recorded. */
  failures(): Promise<string[]>;
  /** They were expected. */
  forgive(): Promise<void>;
  /** Fails if there was such a call. Then removes everything. */
  close(): Promise<void>;
}

const script = join(import.meta.dirname, 'docker.mjs');

const indexOf = ({ dialect, standing = [] }: ReplayOptions) =>
  readRecordings()
    .filter(recording => recording.dialect === dialect || standing.includes(recording.name))
    .map(({ name, file, argv, bin, env, stdin, seq, exitCode }) => ({
      name,
      file,
      argv,
      bin,
      env,
      stdin,
      seq,
      exitCode,
    }));

/** Whoever reads it at this moment gets the old one or the new one. */
async function replaceFile(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

export async function createReplay(options: ReplayOptions): Promise<Replay> {
  const folder = await createTemporaryFolder('replay');
  const [state, bin, home, work] = ['state', 'bin', 'home', 'work'].map(name => join(folder.path, name));
  assert.ok(state && bin && home && work);
  for (const each of [state, bin, home, work]) await mkdir(each);
  let position: ReplayOptions & { home: string; work: string } = {
    mode: 'follow',
    cursor: 0,
    scale: 0,
    ...options,
    home,
    work,
  };
  const moveTo: Replay['moveTo'] = async change => {
    position = { ...position, ...change };
    await replaceFile(join(state, 'index.json'), JSON.stringify(indexOf(position)));
    await replaceFile(join(state, 'position.json'), JSON.stringify(position));
  };
  await moveTo({});
  for (const name of ['docker', 'docker-mcp']) {
    await makeProgram(join(bin, name), ['node', script, state, name]);
  }
  const lines = async (name: string): Promise<string[]> =>
    (await readFile(join(state, name), 'utf8').catch(() => '')).split('\n').filter(Boolean);
  const failures = () => lines('failures.log');
  const close = async () => {
    const failed = await failures();
    await folder.remove();
    assert.deepEqual(failed, [], 'the replaying docker was asked what was never recorded');
  };
  return {
    program: join(bin, 'docker'),
    plugin: join(bin, 'docker-mcp'),
    home,
    work,
    environment: { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`, HOME: home },
    moveTo,
    played: () => lines('played.log'),
    failures,
    forgive: () => rm(join(state, 'failures.log'), { force: true }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
