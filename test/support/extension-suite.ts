// The tests of test/extension inside code-server's extension host, on the built repository.
import { join } from 'node:path';
import { type HostSuiteOutcome, runHostSuite } from './code-server/host-suite.ts';

const root = join(import.meta.dirname, '..', '..');

export const runExtensionSuite = (): Promise<HostSuiteOutcome> =>
  runHostSuite({ extension: root, entry: join(root, 'test', 'extension', 'index.ts') });
