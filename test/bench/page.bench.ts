// The page: from opening the login link in a fresh browser profile until the dashboard can be used.
import { join } from 'node:path';
import { launchBrowser } from '../support/browser.ts';
import { startDaemon } from '../support/daemon.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { type Summary, summarise } from './statistics.ts';

const runs = 11;

/** Milliseconds. The browser itself runs already; its cache is empty each time. */
export async function measurePage(): Promise<{ coldLoadMs: Summary }> {
  await using folder = await createTemporaryFolder('bench-page');
  await using daemon = await startDaemon({ home: join(folder.path, 'home') });
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { url } = await daemon.api.createLoginLink();
    await using browser = await launchBrowser();
    const started = performance.now();
    await browser.page.goto(url, { waitUntil: 'commit' });
    await browser.page.getByRole('button', { name: 'Open the catalog' }).waitFor({ timeout: 20_000 });
    times.push(performance.now() - started);
  }
  return { coldLoadMs: summarise(times) };
}
