// What a person does in the panels: the same in the editor's webviews and on the daemon's page.
import { setTimeout as pause } from 'node:timers/promises';
import type { FrameLocator, Locator, Page } from 'playwright-core';

type Place = Page | FrameLocator;

const installMilliseconds = 120_000;

/** From the catalog to an installed server that runs. Resolves to what the progress said on the way. */
export async function installFromCatalog(place: Place, entry: string): Promise<string[]> {
  await place.locator(`[data-entry="${entry}"] a`).first().click();
  await place.getByRole('form', { name: /^Install / }).waitFor();
  return await installFromForm(place, entry);
}

/** Sends the form of a catalog entry, and watches the progress until it is installed. */
export async function installFromForm(place: Place, entry: string): Promise<string[]> {
  await place
    .getByRole('form', { name: /^Install / })
    .locator('vscode-button', { hasText: /^\s*Install/ })
    .click();
  return await watchInstall(place, entry);
}

export async function watchInstall(place: Place, entry: string): Promise<string[]> {
  const progress = place.locator('[data-operation] .progress-label');
  await progress.waitFor();
  const said = new Set<string>();
  const done = place.getByText(`${entry} is installed`, { exact: true });
  const limit = Date.now() + installMilliseconds;
  while (!(await done.isVisible()) && Date.now() < limit) {
    const text = await progress.textContent({ timeout: 200 }).catch(() => null);
    if (text) said.add(text.trim());
  }
  await done.waitFor();
  return [...said];
}

/** Waits until the server's panel says that it runs. */
export const waitUntilRunning = (place: Place): Promise<void> =>
  place.locator('.server-view .view-head [data-state="running"]').waitFor({ timeout: 60_000 });

/** Fills the tool's form with one text argument and calls. Resolves to the result's text and the time it took. */
export async function callTool(
  place: Place,
  field: string,
  value: string,
): Promise<{ text: string; duration: string }> {
  await place.locator('.tool-view').getByLabel(field).first().fill(value);
  await place.locator('vscode-button', { hasText: /^\s*Call\s*$/ }).click();
  return await readResult(place);
}

export async function readResult(place: Place): Promise<{ text: string; duration: string }> {
  const result = place.getByRole('region', { name: 'Result', exact: true });
  await result.waitFor({ timeout: 60_000 });
  const duration = (await result.locator('[data-fact="duration"]').textContent()) ?? '';
  return { text: (await result.locator('[data-block] pre').first().textContent()) ?? '', duration };
}

/** Moves the focus by the Tab key alone until it is on `target`; throws if it never gets there. */
export async function tabTo(page: Page, target: Locator, most = 120): Promise<void> {
  for (let step = 0; step < most; step++) {
    await page.keyboard.press('Tab');
    if (
      await target.evaluate(element => element === document.activeElement || element.contains(document.activeElement))
    )
      return;
  }
  throw new Error(`The Tab key does not reach ${target}.`);
}

/** Waits until nothing says that it is loading any more. */
export async function waitUntilLoaded(place: Place): Promise<void> {
  await place.locator('main h1').first().waitFor();
  const limit = Date.now() + 20_000;
  while ((await place.locator('.loading').count()) > 0) {
    if (Date.now() > limit) throw new Error('The panel is still loading.');
    await pause(50);
  }
}
