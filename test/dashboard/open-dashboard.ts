/** A dashboard of a ledger of its own in a real Chromium, for tests of its pages at several widths and in both color schemes. */
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Store } from '../../src/contracts/store.ts';
import type { Dashboard, DashboardOptions } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { violations } from './axe.ts';
import { buildSite } from './built-site.ts';
import { launchChromium, TOO_WIDE } from './chromium.ts';

/** Every page is looked at with these. */
export const SCREENS = [1440, 768, 390].flatMap(width =>
  (['light', 'dark'] as const).map(colorScheme => ({
    viewport: { width, height: width < 500 ? 844 : 900 },
    colorScheme,
  })),
);
const [DESKTOP] = SCREENS;
export const PHONE = { viewport: { width: 390, height: 844 } };

export interface OpenDashboard {
  readonly browser: Browser;
  readonly dashboard: Dashboard;
  readonly store: Store;
  /** Folder of the built page. */
  readonly site: string;
  /** What the console of every page said, and requests to other hosts. */
  readonly complaints: string[];
  /** A page of its own browser context. */
  open(hash: string, options?: BrowserContextOptions): Promise<Page>;
  /** What is wrong with a page once it shows `sign`, on each of {@link SCREENS}: axe errors, and what is wider than its place. */
  problemsOf(hash: string, sign: string): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

/** @param fill writes the ledger */
export async function openDashboard(
  fill: (store: Store) => Promise<void>,
  options: Partial<DashboardOptions> = {},
): Promise<OpenDashboard> {
  const folder = temporaryFolder();
  const store = sqlite(join(folder, 'router.db'));
  await fill(store);
  const [site, browser] = await Promise.all([buildSite(temporaryFolder()), launchChromium()]);
  const dashboard = await startDashboard({ store, site, ...options });
  const complaints: string[] = [];
  const own = `127.0.0.1:${dashboard.port}`;

  async function open(hash: string, contextOptions: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ ...DESKTOP, reducedMotion: 'reduce', ...contextOptions });
    const page = await context.newPage();
    page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => {
      if (new URL(request.url()).host !== own) complaints.push(`asked ${request.url()}`);
    });
    // The browser keeps the part after `#` when the link redirects it: no page before this one is loaded.
    await page.goto(`${dashboard.newLink()}${hash}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    return page;
  }

  return {
    browser,
    dashboard,
    store,
    site,
    complaints,
    open,
    async problemsOf(hash, sign) {
      const problems: unknown[] = [];
      for (const screen of SCREENS) {
        const page = await open(hash, screen);
        await page.getByText(sign).first().waitFor();
        problems.push(...(await problemsOn(page)).map(problem => ({ screen, problem })));
        await page.context().close();
      }
      return problems;
    },
    async close() {
      await browser.close();
      await dashboard.close();
      await store.close();
    },
  };
}

/** Errors that axe finds on the page, elements that are wider than their place, labels cut by their plot, and percentages on two lines. */
export async function problemsOn(page: Page): Promise<readonly unknown[]> {
  const tooWide = await page.evaluate<number>(TOO_WIDE);
  return [
    ...(await violations(page)),
    ...(tooWide === 0 ? [] : [`${tooWide} pixels wider than the window`]),
    ...(await page.evaluate<readonly string[]>(OVERFLOWING)),
    ...(await page.evaluate<readonly string[]>(CUT_LABELS)),
    ...(await page.evaluate<readonly string[]>(BROKEN_PERCENTAGES)),
  ];
}

/** Elements whose content is wider than they are, except regions that are made to scroll; each as its tag and class. */
const OVERFLOWING = `[...document.querySelectorAll('body *')].filter(element =>
  element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 &&
  getComputedStyle(element).display !== 'inline' && getComputedStyle(element).overflowX === 'visible' &&
  element.closest('.scroll, svg, .hidden, select') === null
).map(element => element.tagName + '.' + element.className)`;

/** Texts of plots that begin or end outside the plot. */
const CUT_LABELS = `[...document.querySelectorAll('.svg-figure text')].filter(text => {
  const [own, plot] = [text, text.ownerSVGElement].map(element => element.getBoundingClientRect());
  return own.width > 0 && (own.left < plot.left - 1 || own.right > plot.right + 1);
}).map(text => 'cut: ' + text.textContent)`;

/** Texts in which a percent sign begins a line, apart from its figure. */
const BROKEN_PERCENTAGES = `(() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode())
    for (const { index } of text.data.matchAll(/\\d[ \u00a0]%/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 3);
      if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) found.push(text.data);
    }
  return found;
})()`;
