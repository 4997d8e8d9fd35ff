// axe-core in a page or in the frame of a panel.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core calls serious or critical, one line for each place. */
export async function findBarriers(place: Page | Frame): Promise<string[]> {
  await place.evaluate(source);
  const { violations, passes } = await place.evaluate((): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') };
    return axe.run(document, { resultTypes: ['violations'] });
  });
  if (passes.length === 0) throw new Error('axe-core found nothing to look at.');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary = '' }) => `${id} at ${target.join(' ')}: ${failureSummary.replaceAll(/\s+/g, ' ')}`,
      ),
    );
}

/** What is wider than its window, and what sticks out of its button or card; empty if nothing does. */
export const findOverflow = (place: Page | Frame): Promise<string[]> =>
  place.evaluate(() => {
    const { clientWidth } = document.documentElement;
    const nameOf = (element: Element) =>
      `${element.tagName.toLowerCase()} "${element.textContent?.trim().slice(0, 30)}"`;
    const isShown = (element: Element) => {
      const { width, height } = element.getBoundingClientRect();
      return width > 1 && height > 1 && getComputedStyle(element).visibility === 'visible';
    };
    const all = [...document.querySelectorAll('main *')].filter(isShown);
    const scrolls = (element: Element) => element.closest('pre, .text-block, [class*="scroll"]') !== null;
    const wide = all.filter(each => !scrolls(each) && each.getBoundingClientRect().right > clientWidth + 1);
    const sticksOut = all.filter(each => {
      const box = each.parentElement?.closest('vscode-button, button, .card');
      if (!box) return false;
      const [inner, outer] = [each.getBoundingClientRect(), box.getBoundingClientRect()];
      return inner.bottom > outer.bottom + 3 || inner.right > outer.right + 3 || inner.top < outer.top - 3;
    });
    return [
      ...wide.slice(-5).map(each => `${nameOf(each)} reaches beyond ${clientWidth} px`),
      ...sticksOut.slice(0, 5).map(each => `${nameOf(each)} sticks out of its frame`),
    ];
  });
