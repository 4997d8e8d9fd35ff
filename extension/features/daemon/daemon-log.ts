// Shows the daemon's own log in the editor: reads what is new in the file every so often, while there is a daemon.
import { open } from 'node:fs/promises';
import type { LogOutputChannel } from 'vscode';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { formatLogLine } from './log-line.ts';

export interface DaemonLogOptions {
  link: DaemonLink;
  log: LogOutputChannel;
  logFile: () => string;
}

const lookEvery = 2_000;
/** How much of what was there before is shown, and the most that is read at once. */
const firstBytes = 16_384;
const mostBytes = 262_144;

export function followDaemonLog({ link, log, logFile }: DaemonLogOptions) {
  let file = '';
  let position = 0;
  let rest = '';
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    const path = logFile();
    const handle = await open(path, 'r').catch(() => undefined);
    if (!handle) return;
    try {
      const { size } = await handle.stat();
      if (path !== file) [file, position, rest] = [path, Math.max(0, size - firstBytes), ''];
      // The file was renamed and begun anew.
      if (size < position) [position, rest] = [0, ''];
      if (size - position > mostBytes) position = size - mostBytes;
      const buffer = Buffer.alloc(size - position);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      position += bytesRead;
      take(buffer.toString('utf8', 0, bytesRead));
    } finally {
      await handle.close();
    }
  };

  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const entry = formatLogLine(line);
      if (entry) log[entry.level](`[daemon] ${entry.text}`);
    }
  };

  const readNow = (): Promise<void> => {
    reading ??= read()
      .catch(error => log.warn(`The daemon's log cannot be read: ${String(error)}`))
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };

  const subscription = link.onDidChangeState(state => {
    clearInterval(timer);
    void readNow();
    if (state.kind === 'connected') {
      timer = setInterval(() => void readNow(), lookEvery);
      timer.unref();
    }
  });

  return {
    readNow,
    dispose() {
      clearInterval(timer);
      subscription.dispose();
    },
  };
}
