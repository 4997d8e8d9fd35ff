// A docker that answers from recordings. Runs with any Node that is on PATH: node docker.mjs STATE PROGRAM ARGUMENTS...
// A call that was never recorded ends with 99 and is written down, so that the test which made it fails.
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { playHttp } from './http.mjs';
import { fill, findRecording } from './select.mjs';
import { playStdio } from './stdio.mjs';

const [state, program, ...argv] = process.argv.slice(2);
const position = JSON.parse(readFileSync(join(state, 'position.json'), 'utf8'));
const index = JSON.parse(readFileSync(join(state, 'index.json'), 'utf8'));
const places = { home: position.home, work: position.work };

const fail = what => {
  appendFileSync(join(state, 'failures.log'), `${what}\n`);
  process.stderr.write(`replay: ${what}\n`);
};

/** What the ending itself has made a gateway say; it comes when it ends, and not before. */
const lastWords = /context canceled|Stop watching|use of closed network connection|releasing containers/;

function split(text) {
  const lines = text.split(/(?<=\n)/);
  const at = lines.findIndex(line => lastWords.test(line));
  return at === -1 ? [text, ''] : [lines.slice(0, at).join(''), lines.slice(at).join('')];
}

const write = (stream, text) => new Promise(resolve => (text === '' ? resolve() : stream.write(text, resolve)));
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

async function readStdin() {
  let text = '';
  for await (const piece of process.stdin) text += piece;
  return text;
}

/** The place that a file was written to, if the caller has chosen another one. */
const givenPlace = (recording, path) =>
  recording.argv.at(-1) === path.replace('$WORK/', '') ? argv.at(-1) : fill(path, places);

function writeFiles(recording) {
  for (const [path, content] of Object.entries(recording.filesAfter ?? {})) {
    const target = givenPlace(recording, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, fill(String(content), places));
  }
}

async function main() {
  const wantsInput = index.some(entry => entry.stdin !== undefined && entry.argv.join(' ') === argv.join(' '));
  const call = { program, argv, env: process.env, stdin: wantsInput ? await readStdin() : undefined };
  const entry = findRecording(index, call, position);
  if (!entry) {
    const pinned = position.pinned === undefined ? '' : `, while only ${position.pinned} may be played`;
    fail(`never recorded: ${program} ${JSON.stringify(argv)}${pinned}`);
    process.exit(99);
  }
  const recording = JSON.parse(readFileSync(entry.file, 'utf8'));
  appendFileSync(join(state, 'played.log'), `${entry.name}\n`);
  const isOfCourse = position.pinned === undefined && !position.standing?.includes(entry.name);
  if (position.mode === 'follow' && isOfCourse && entry.seq > position.cursor) {
    const next = join(state, `position.${process.pid}.json`);
    writeFileSync(next, JSON.stringify({ ...position, cursor: entry.seq }));
    renameSync(next, join(state, 'position.json'));
  }
  const [before, after] = split(fill(recording.stderr, places));
  const context = { recording, argv, places, scale: position.scale, before, after, write, pause, fail };
  if (recording.kind === 'gateway-http') return await playHttp(context);
  if (recording.kind === 'gateway-stdio') return await playStdio(context);
  if (recording.sentSignal !== undefined) {
    const asked = new Promise(resolve => {
      for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, resolve);
    });
    await write(process.stderr, before);
    const alive = setInterval(() => {}, 1_000);
    await asked;
    clearInterval(alive);
    await write(process.stderr, after);
  } else {
    await pause(recording.durationMs * position.scale);
    await write(process.stderr, before + after);
  }
  await write(process.stdout, fill(recording.stdout, places));
  writeFiles(recording);
  process.exit(recording.exitCode ?? 1);
}

await main();
