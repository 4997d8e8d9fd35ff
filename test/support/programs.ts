// The programs of Quayside, as tests start them by the hundred: those in dist/, as users have them, which start in a
// third of the time. Whoever runs a test file without the set-up gets the sources, because dist/ may be older.
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const isBuilt = process.env['QUAYSIDE_TEST_BUILT'] === '1';

/** Of the version that QUAYSIDE_VERSION says; what was built has one of its own. */
export const sources = {
  daemon: join(root, 'daemon', 'main.ts'),
  command: join(root, 'daemon', 'cli', 'main.ts'),
};

export const daemonProgram = isBuilt ? join(root, 'dist', 'daemon.mjs') : sources.daemon;
export const commandProgram = isBuilt ? join(root, 'dist', 'cli.mjs') : sources.command;
