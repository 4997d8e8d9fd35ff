// Plays a gateway that was recorded on its standard streams: an answer comes after its question, with the asker's id.
import { createInterface } from 'node:readline';

const parse = line => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const subject = message => `${message?.method} ${message?.params?.name ?? ''}`;

export async function playStdio({ recording, scale, before, after, write, pause, fail }) {
  const io = recording.io ?? [];
  await pause((io.find(({ dir }) => dir === 'out')?.tMs ?? 0) * scale);
  await write(process.stderr, before);
  let at = 0;

  const end = async () => {
    await write(process.stderr, after);
    if (recording.signal) process.kill(process.pid, recording.signal);
    else process.exit(recording.exitCode ?? 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void end());

  /** The answers to the question at `from`, with the id that was asked with; and what comes by itself after it. */
  const answer = async (from, message) => {
    for (let next = from + 1; next < io.length && io[next].dir === 'out'; next++) {
      await pause((io[next].tMs - io[next - 1].tMs) * scale);
      const said = parse(io[next].line);
      const line =
        said?.id === undefined || message.id === undefined
          ? io[next].line
          : JSON.stringify({ ...said, id: message.id });
      await write(process.stdout, `${line}\n`);
      at = next + 1;
    }
  };

  const isAsked = (entry, message) => entry.dir === 'in' && subject(parse(entry.line)) === subject(message);

  for await (const line of createInterface({ input: process.stdin })) {
    const message = parse(line);
    // A line that is no JSON ends the gateway.
    if (message === undefined) return await end();
    const later = io.findIndex((entry, index) => index >= at && isAsked(entry, message));
    const known = later === -1 ? io.findIndex(entry => isAsked(entry, message)) : later;
    if (known === -1) {
      fail(`never recorded: ${subject(message)} in ${recording.argv.join(' ')}`);
      if (message.id !== undefined) {
        const error = { code: -32_603, message: 'replay: never recorded' };
        await write(process.stdout, `${JSON.stringify({ jsonrpc: '2.0', id: message.id, error })}\n`);
      }
    } else {
      at = Math.max(at, known + 1);
      await answer(known, message);
    }
  }
  await end();
}
