/** Accessibility errors of a page: axe's rules for WCAG 2.2 AA. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** The rules of WCAG 2.2 AA alone. */
export const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Axe {
  run(
    context: unknown,
    options: unknown,
  ): Promise<{
    readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
  }>;
}

/** One entry per error, with rule and element; empty for a page without errors. */
export async function violations(page: Page, rules = [...WCAG, 'best-practice']): Promise<readonly string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async tags => {
    const { axe, document } = globalThis as unknown as { axe: Axe; document: unknown };
    const { violations: found } = await axe.run(document, { runOnly: tags });
    return found.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html}`));
  }, rules);
}
