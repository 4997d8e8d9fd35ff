// The extension under test, and waiting for what it does.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExtensionUnderTest } from '../../extension/extension.ts';

export const extensionId = 'quayside.quayside';

export function getExtension(): vscode.Extension<ExtensionUnderTest> {
  const extension = vscode.extensions.getExtension<ExtensionUnderTest>(extensionId);
  assert.ok(extension, 'the extension is not there');
  return extension;
}

export type Parts = NonNullable<ExtensionUnderTest['parts']>;

export async function activateExtension(): Promise<Parts> {
  const { parts } = await getExtension().activate();
  assert.ok(parts, 'the extension hands out its parts in tests only');
  return parts;
}

export async function until(what: string, isSo: () => unknown, milliseconds = 30_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It did not come to this within ${milliseconds} ms: ${what}`);
    await pause(50);
  }
}
