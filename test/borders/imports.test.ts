import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { borders, findCrossings, importsOf } from './imports.ts';
import { listFiles } from './tracked-files.ts';

const root = join(import.meta.dirname, '..', '..');
const file = (path: string, specifier: string) => ({ path, text: `import { x } from '${specifier}';\n` });

/** One forbidden import for each border, in the order of the list. */
const forbidden: [path: string, specifier: string][] = [
  ['shared/api/a.ts', '../../daemon/app.ts'],
  ['extension/features/a/a.ts', '../../../daemon/app.ts'],
  ['daemon/http/a.ts', '../../extension/platform/a.ts'],
  ['webviews/tool/a.tsx', '../../extension/platform/a.ts'],
  ['shared/api/a.ts', 'node:fs'],
  ['shared/domain/a.ts', '../api/problem.ts'],
  ['webviews/tool/a.tsx', 'node:fs'],
  ['daemon/features/servers/a.ts', '../catalog/catalog.service.ts'],
  ['extension/features/servers/a.ts', '../catalog/catalog.tree.ts'],
  ['daemon/storage/a.ts', '../features/servers/servers.service.ts'],
  ['daemon/features/servers/a.ts', '../../compose.ts'],
  ['extension/platform/a.ts', '../features/servers/servers.tree.ts'],
  ['extension/features/servers/a.ts', '../../extension.ts'],
  ['daemon/features/servers/a.ts', '../../engines/process/process.driver.ts'],
  ['daemon/engines/docker/a.ts', '../process/process.driver.ts'],
  ['webviews/tool/a.tsx', '@vscode/webview-ui-toolkit'],
  ['webviews/tool/a.tsx', 'vscode'],
  ['daemon/features/servers/a.ts', 'better-sqlite3'],
  ['daemon/features/catalog/a.ts', '@npmcli/arborist'],
  ['daemon/features/containers/a.ts', 'dockerode'],
  ['daemon/features/servers/a.ts', 'node:child_process'],
  ['extension/platform/a.ts', 'execa'],
];

describe('borders between the parts', () => {
  it('are kept by every import of every source file', async () => {
    const paths = (await listFiles(root)).filter(path =>
      /^(shared|daemon|extension|webviews)\/.*\.(ts|tsx|mjs)$/.test(path),
    );
    const files = await Promise.all(
      paths.map(async path => ({ path, text: await readFile(join(root, path), 'utf8') })),
    );
    assert.ok(files.length > 30, `only ${files.length} source files were found`);
    assert.deepEqual(findCrossings(files), []);
  });

  for (const [index, border] of borders.entries()) {
    it(`would be noticed: ${border.rule}`, () => {
      const [path, specifier] = forbidden[index] ?? ['', ''];
      const crossings = importsOf(file(path, specifier)).filter(each => border.isCrossedBy(each));
      assert.equal(crossings.length, 1, `${path} -> ${specifier}`);
    });
  }

  it('see every way to import', () => {
    const ways = [
      `import a from './a.ts';`,
      `import type { A } from './a.ts';`,
      `import './a.ts';`,
      `export * from './a.ts';`,
      `import {\n  a,\n  b,\n} from './a.ts';`,
      `const a = await import('./a.ts');`,
      `const a = require('./a.ts');`,
    ];
    for (const text of ways) {
      const isType = text.includes('type');
      assert.deepEqual(
        importsOf({ path: 'x/b.ts', text }),
        [{ from: 'x/b.ts', to: 'x/a.ts', isOwn: true, isType }],
        text,
      );
    }
  });
});
