// The extension: how long activate() takes, told by the extension itself inside code-server's host.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactsFolder } from '../support/browser.ts';
import { runHostSuite } from '../support/code-server/host-suite.ts';
import { type Summary, summarise } from './statistics.ts';

const runs = 5;
const root = join(import.meta.dirname, '..', '..');

export async function measureExtension(): Promise<{ activateMs: Summary }> {
  const file = join(artifactsFolder, 'results', 'activation.json');
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    await rm(file, { force: true });
    const environment = { QUAYSIDE_BENCH_FILE: file };
    const { failed, troubles } = await runHostSuite({
      extension: root,
      entry: join(import.meta.dirname, 'activation.host.ts'),
      environment,
      // The output is for the figures.
      say: () => undefined,
    });
    if (failed > 0 || troubles.length > 0)
      throw new Error(`The extension could not be measured: ${troubles.join(' ')}`);
    const { activateMs }: { activateMs: number } = JSON.parse(await readFile(file, 'utf8'));
    times.push(activateMs);
  }
  return { activateMs: summarise(times) };
}
