// Sees that somebody has changed Docker's files: another client, a terminal, Docker Desktop.
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface HomeWatchOptions {
  /** ~/.docker/mcp */
  mcpFolder: string;
  /** Quiet for so many milliseconds before it is told. */
  quietMs?: number;
  /** How often is looked where a folder cannot be watched, or is not there yet. */
  lookMs?: number;
}

/** The database with its journal, and the files of the legacy dialect. What only locks it is no change. */
const isOurs = (name: string): boolean =>
  name.startsWith('mcp-toolkit.db') || name === 'registry.yaml' || name === 'config.yaml' || name === 'tools.yaml';
const files = ['mcp-toolkit.db', 'registry.yaml', 'config.yaml', 'tools.yaml'];

/** Calls back some time after a change. Answers the way to stop. Holds no process open. */
export function watchDockerHome(options: HomeWatchOptions, onChange: () => void): () => void {
  const { mcpFolder, quietMs = 400, lookMs = 15_000 } = options;
  let watcher: FSWatcher | undefined;
  let quiet: NodeJS.Timeout | undefined;
  let stopped = false;
  let last: string | undefined;

  const soon = () => {
    clearTimeout(quiet);
    quiet = setTimeout(onChange, quietMs).unref();
  };
  const open = () => {
    if (watcher || stopped) return;
    try {
      watcher = watch(mcpFolder, { persistent: false }, (_event, name) => {
        if (name === null || isOurs(name)) soon();
      });
      watcher.on('error', () => {
        watcher?.close();
        watcher = undefined;
      });
    } catch {
      watcher = undefined;
    }
  };
  /** The times and sizes of the files: what a watch may miss, on network drives above all. */
  const look = async () => {
    open();
    const now = JSON.stringify(
      await Promise.all(
        files.map(name =>
          stat(join(mcpFolder, name)).then(
            ({ mtimeMs, size }) => [mtimeMs, size],
            () => null,
          ),
        ),
      ),
    );
    if (last !== undefined && last !== now && !stopped) soon();
    last = now;
  };
  open();
  void look();
  const timer = setInterval(look, lookMs).unref();
  return () => {
    stopped = true;
    clearInterval(timer);
    clearTimeout(quiet);
    watcher?.close();
  };
}
