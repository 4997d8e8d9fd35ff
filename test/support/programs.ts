// The programs of Quayside, as tests start them by the hundred: those in dist/, as users have them, which start in a
// third of the time. Whoever runs a test file without the set-up gets the sources, because dist/ may be older.
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const isBuilt = process.env['QUAYSIDE_TEST_BUILT'] === '1';

export const daemonProgram = isBuilt ? join(root, 'dist', 'daemon.mjs') : join(root, 'daemon', 'main.ts');
export const commandProgram = isBuilt ? join(root, 'dist', 'cli.mjs') : join(root, 'daemon', 'cli', 'main.ts');
