// The same tests as test:host, in a desktop VS Code. For machines that have one or may download it: set
// QUAYSIDE_VSCODE to the program's path, or leave it unset to download the newest.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { artifactsFolder } from './browser.ts';
import { bundleEntry, endDaemon } from './code-server/host-suite.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');
const vscode = process.env['QUAYSIDE_VSCODE'];
const results = join(artifactsFolder, 'results', 'desktop.json');
const log = join(artifactsFolder, 'results', 'desktop.log');

await mkdir(join(artifactsFolder, 'results'), { recursive: true });
await writeFile(log, '');
await using folder = await createTemporaryFolder('desktop');
try {
  await runTests({
    ...(vscode ? { vscodeExecutablePath: vscode } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath: await bundleEntry(join(root, 'test', 'extension', 'index.ts'), 'desktop'),
    launchArgs: ['--user-data-dir', join(folder.path, 'data'), '--extensions-dir', join(folder.path, 'extensions')],
    extensionTestsEnv: {
      QUAYSIDE_HOME: join(folder.path, 'home'),
      QUAYSIDE_TEST_RESULTS: results,
      QUAYSIDE_TEST_LOG: log,
    },
  });
} catch (error) {
  console.error(`The tests in desktop VS Code failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  console.log(await readFile(log, 'utf8'));
  if (process.platform === 'linux') await endDaemon(folder.path);
}
