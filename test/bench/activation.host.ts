// Runs inside the extension host: activates the extension and writes how long its activate() took.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { runMocha } from '../support/code-server/host-mocha.ts';

export const run = (): Promise<void> =>
  runMocha(() => {
    describe('activation', () => {
      it('is measured by the extension itself', async () => {
        const extension = vscode.extensions.getExtension<{ activationMs: number }>('quayside.quayside');
        assert.ok(extension, 'the extension is not there');
        const { activationMs } = await extension.activate();
        assert.ok(activationMs > 0);
        writeFileSync(process.env['QUAYSIDE_BENCH_FILE'] ?? '', JSON.stringify({ activateMs: activationMs }));
      });
    });
  });
