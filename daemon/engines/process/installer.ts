// The daemon's side of an install: starts the installer process, watches its time and size, and ends it when asked.
import { type ChildProcess, fork } from 'node:child_process';
import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import type { InstallContext } from '../engine.ts';
import { type InstallOrder, InstallReport } from './install-messages.ts';
import { withoutLogins } from './without-logins.ts';

export type InstallDone = Extract<InstallReport, { kind: 'done' }>;

export interface InstallerOptions {
  /** The installer's entry: install-child.ts, or its bundle. */
  entry: string;
  runtime: string;
  environment: Record<string, string>;
  limitSeconds: number;
  limitBytes: number;
  log: (message: string) => void;
}

/** Runs one install to its end. Whatever happens, no process of it is left. Errors: INSTALL_001 to INSTALL_008. */
export async function runInstaller(
  order: InstallOrder,
  { onProgress, signal }: InstallContext,
  options: InstallerOptions,
): Promise<InstallDone> {
  if (signal.aborted) throw cancelled();
  const { entry, runtime, environment } = options;
  const log = (message: string) => options.log(withoutLogins(message));
  const child = fork(entry, [], {
    execPath: runtime,
    execArgv: [],
    cwd: order.folder,
    env: environment,
    // A group of its own, so that install scripts end with it.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const errors = keepTail(child, 4_000);
  const limits = new AbortController();
  const stopLimits = watchLimits(order.folder, options, limits);
  try {
    const report = await finalReport(child, order, onProgress, AbortSignal.any([signal, limits.signal]));
    if (report.kind === 'done') {
      if ((await folderBytes(order.folder, options.limitBytes)) > options.limitBytes)
        throw tooLarge(options.limitBytes);
      return report;
    }
    log(`install of ${order.package}@${order.version} failed: ${errors()}`);
    throw problem(report.code, { detail: report.detail, next: report.next });
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if (!isProblemError(error)) log(`the installer of ${order.package} ended: ${String(error)} ${errors()}`);
    throw isProblemError(error) ? error : ended(order, error);
  } finally {
    stopLimits();
    await end(child);
  }
}

const cancelled = () =>
  problem('INSTALL_007', {
    detail: 'The installation was cancelled. Nothing of it was kept.',
    next: 'Start it again when you like.',
  });

const ended = ({ package: name }: InstallOrder, cause: unknown) =>
  problem('INSTALL_008', {
    detail: `The installer of ${name} ended before it was done.`,
    next: 'Try again; the daemon’s log has the details.',
    cause,
  });

function finalReport(
  child: ChildProcess,
  order: InstallOrder,
  onProgress: InstallContext['onProgress'],
  signal: AbortSignal,
): Promise<Exclude<InstallReport, { kind: 'progress' }>> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    child.once('error', error => finish(() => reject(error)));
    child.once('exit', (code, killed) =>
      finish(() => reject(new Error(`the process ended with ${killed ?? `code ${code}`}`))),
    );
    child.on('message', message => {
      const report = InstallReport.safeParse(message).data;
      if (!report || signal.aborted) return;
      if (report.kind === 'progress') onProgress({ step: report.step, progress: report.progress });
      else finish(() => resolve(report));
    });
    child.send(order, error => {
      if (error) finish(() => reject(error));
    });
  });
}

/** Ends the process with its whole group and waits until it is gone. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const gone = new Promise<void>(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
  await gone;
}

function watchLimits(
  folder: string,
  { limitSeconds, limitBytes }: InstallerOptions,
  controller: AbortController,
): () => void {
  const time = setTimeout(() => controller.abort(tooSlow(limitSeconds)), limitSeconds * 1_000);
  let isMeasuring = false;
  const size = setInterval(async () => {
    if (isMeasuring) return;
    isMeasuring = true;
    if ((await folderBytes(folder, limitBytes)) > limitBytes) controller.abort(tooLarge(limitBytes));
    isMeasuring = false;
  }, 1_000);
  return () => {
    clearTimeout(time);
    clearInterval(size);
  };
}

const tooSlow = (seconds: number) =>
  problem('INSTALL_008', {
    detail: `The installation took longer than ${seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`}.`,
    next: 'Check the network and try again.',
  });

const tooLarge = (bytes: number) =>
  problem('INSTALL_008', {
    detail: `The package takes more than ${Math.round(bytes / 1_000_000)} MB, which is more than is allowed.`,
    next: 'Choose another package.',
  });

/** The size of all files below; stops counting beyond `enough`. */
async function folderBytes(folder: string, enough: number): Promise<number> {
  let bytes = 0;
  try {
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (!entry.isFile()) continue;
      bytes += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
      if (bytes > enough) break;
    }
  } catch {
    // Folders come and go while npm works.
  }
  return bytes;
}

/** The end of what it writes, in whole lines: half an address would not be known as one that holds a password. */
function keepTail(child: ChildProcess, length: number): () => string {
  let tail = '';
  let isCut = false;
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (piece: string) => {
    isCut ||= tail.length + piece.length > length;
    tail = (tail + piece).slice(-length);
  });
  return () => (isCut ? tail.slice(tail.indexOf('\n') + 1 || tail.length) : tail).trim();
}
