// axe-core in a page or in the frame of a panel.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core calls serious or critical, one line for each place. */
export async function findBarriers(place: Page | Frame): Promise<string[]> {
  await place.evaluate(source);
  const { violations } = await place.evaluate((): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    return axe.run(document, { resultTypes: ['violations'] });
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id} at ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
      ),
    );
}

/** What is wider than its window, so that a person has to scroll sideways; empty if nothing is. */
export const findOverflow = (place: Page | Frame): Promise<string[]> =>
  place.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      each => each.getBoundingClientRect().right > clientWidth + 1,
    );
    return wide
      .slice(-5)
      .map(each => `${each.tagName.toLowerCase()}.${each.className} reaches beyond ${clientWidth} px`);
  });
