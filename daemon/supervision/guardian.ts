// Ends our children if we are killed ourselves. A tiny process of its own reads from a pipe which groups there are; when
// the pipe ends, whoever wrote to it is gone, and the groups are killed.
import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

export interface Guardian {
  /** A child with this process id, the leader of its own group, has been started. */
  add(pid: number): void;
  /** Nothing of its group is left. */
  remove(pid: number): void;
  /** Lets the guardian end without killing anything that is not guarded. */
  close(): void;
}

export interface GuardianOptions {
  /** What the environment of every child of ours holds, see child-marker.ts. */
  marker: string;
  platform: NodeJS.Platform;
  /** Runs the guardian on Windows, which has no sh. */
  runtime: string;
}

/** On Linux a number that has come to belong to another program is told by its environment, and left alone. */
const shellScript = `
marker=$1
groups=' '
while read -r verb pid; do
  case $verb in
    add) groups="$groups$pid " ;;
    del) case $groups in *" $pid "*) groups="\${groups%%" $pid "*} \${groups#*" $pid "}" ;; esac ;;
  esac
done
for pid in $groups; do
  environment=/proc/$pid/environ
  if grep -q . "$environment" 2>/dev/null && ! grep -qF "$marker" "$environment" 2>/dev/null; then continue; fi
  kill -KILL -- "-$pid" 2>/dev/null
done
for round in 1 2 3; do
  for file in $(grep -lsF "$marker" /proc/[0-9]*/environ 2>/dev/null); do
    pid=\${file#/proc/}
    kill -KILL "\${pid%/environ}" 2>/dev/null
  done
done
`;

const windowsScript = `
const { execFileSync } = require('node:child_process');
const pids = new Set();
require('node:readline').createInterface({ input: process.stdin })
  .on('line', line => { const [verb, pid] = line.split(' '); verb === 'add' ? pids.add(pid) : pids.delete(pid); })
  .on('close', () => { for (const pid of pids) try { execFileSync('taskkill', ['/PID', pid, '/T', '/F'], { stdio: 'ignore' }); } catch {} });
`;

export function createGuardian({ marker, platform, runtime }: GuardianOptions): Guardian {
  const guarded = new Set<number>();
  let guard: ChildProcess | undefined;
  let closed = false;

  const tell = (line: string): void => {
    guard?.stdin?.write(`${line}\n`);
  };

  const start = (): void => {
    const options = {
      stdio: ['pipe', 'ignore', 'ignore'] as ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ELECTRON_RUN_AS_NODE: '1' },
      cwd: platform === 'win32' ? undefined : '/',
      // A session of its own: Ctrl-C in the daemon's terminal is not meant for it.
      detached: true,
      windowsHide: true,
    };
    const started =
      platform === 'win32'
        ? spawn(runtime, ['-e', windowsScript], options)
        : spawn('/bin/sh', ['-c', shellScript, 'quayside-guardian', marker], options);
    guard = started;
    started.stdin.on('error', () => {});
    started.on('error', () => {});
    started.once('exit', () => {
      if (guard !== started) return;
      guard = undefined;
      // Not at once: one that cannot live would be started without end.
      setTimeout(() => {
        if (!closed && !guard && guarded.size > 0) start();
      }, 100).unref();
    });
    // It must not keep the daemon alive.
    started.unref();
    if (started.stdin instanceof Socket) started.stdin.unref();
    for (const pid of guarded) tell(`add ${pid}`);
  };

  return {
    add(pid) {
      guarded.add(pid);
      if (guard) tell(`add ${pid}`);
      else start();
    },
    remove(pid) {
      if (guarded.delete(pid)) tell(`del ${pid}`);
    },
    close() {
      closed = true;
      guard?.stdin?.end();
      guard = undefined;
    },
  };
}
