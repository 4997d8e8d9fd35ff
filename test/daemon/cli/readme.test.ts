import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { createInterrupt } from '../../../daemon/cli/interrupt.ts';
import { findInstallation } from '../../../daemon/cli/link/installation.ts';
import { runCommandLine } from '../../../daemon/cli/program.ts';
import { problemCodes } from '../../../shared/api/problem.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const found = (pattern: RegExp): string[] => [...readme.matchAll(pattern)].map(([, first = '']) => first);

describe('The README', () => {
  it('explains every problem code, and no other', () => {
    assert.deepEqual(found(/^\| `([A-Z]+_\d{3})` +\|/gm).sort(), [...problemCodes].sort());
  });

  it('names every setting of the editor, and no other', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties);
    assert.deepEqual([...new Set(found(/^\| `(quayside\.[\w.]+)`/gm))].sort(), settings.sort());
  });

  it('names npm scripts that exist', () => {
    for (const script of found(/npm run ([\w:-]+)/g)) assert.ok(manifest.scripts[script], script);
  });

  it('shows pictures and links files that exist', () => {
    const files = found(/\]\((?!https?:)([^)#]+)\)/g);
    assert.ok(files.length > 0);
    for (const file of files) assert.ok(existsSync(join(root, file)), file);
  });

  it('names commands that exist', async () => {
    const commands = new Set(found(/\bnpx quayside ([a-z]+)/g));
    assert.ok(commands.size > 10);
    for (const command of commands) {
      const stderr = new PassThrough();
      const code = await runCommandLine([command, '--help'], {
        stdout: new PassThrough(),
        stderr,
        stdin: Readable.from([]),
        environment: {},
        interrupt: createInterrupt(new EventEmitter()),
        installation: findInstallation(import.meta.url),
      });
      assert.equal(code, 0, `${command}: ${String(stderr.read())}`);
    }
  });
});
