// The daemon's entry. It only makes ready what must be before the rest is loaded: the runtime's version and its caches.
// As a whole: an old Node has no compile cache, and must come as far as to be told that it is old.
import * as nodeModule from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { toProblem } from '../shared/api/problem.ts';

/** better-sqlite3 13 ends an older Node with a signal and no word, so this comes before it is loaded. */
const leastNode = 22;

/** A folder of this user's own: compiled code from a shared one could be somebody else's. macOS and Windows have a private temp. */
const codeCache = (): string =>
  process.platform === 'linux'
    ? join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quayside', 'code')
    : join(tmpdir(), 'quayside-code');

const major = Number(process.versions.node.split('.')[0]);
if (major < leastNode) {
  const problem = toProblem('DAEMON_007', {
    detail: `The daemon needs Node ${leastNode} or newer, and this is ${process.versions.node}.`,
    next: 'Install a newer Node, or start it with "npm start", which brings its own.',
  });
  process.stdout.write(`${JSON.stringify({ ready: false, problem })}\n`, () => process.exit(1));
} else {
  nodeModule.enableCompileCache(codeCache());
  const { startDaemon } = await import('./run.ts');
  await startDaemon();
}
