/** A dashboard of a ledger in a real Chromium, for tests of its pages at several widths and in both colour schemes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Store } from '../../src/contracts/store.ts';
import type { Dashboard } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { buildSite } from './built-site.ts';
import { launchChromium } from './chromium.ts';

export const WIDTHS = [1440, 768, 390] as const;
export const SCHEMES = ['light', 'dark'] as const;

export interface OpenDashboard {
  readonly browser: Browser;
  readonly dashboard: Dashboard;
  readonly store: Store;
  /** Errors and warnings of the console of every page, and requests to other hosts. */
  readonly complaints: string[];
  /** A page of its own browser context. */
  open(hash: string, options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** @param write fills the ledger */
export async function openDashboard(write: (store: Store) => Promise<void>): Promise<OpenDashboard> {
  const folder = mkdtempSync(join(tmpdir(), 'outcome-router-'));
  const store = sqlite(join(folder, 'router.db'));
  await write(store);
  const [site, browser] = await Promise.all([buildSite(), launchChromium()]);
  const dashboard = await startDashboard({ store, site });
  const complaints: string[] = [];
  return {
    browser,
    dashboard,
    store,
    complaints,
    async open(hash, { width = 1440, scheme = 'light' } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: width < 500 ? 844 : 900 },
        colorScheme: scheme,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      page.on('console', message => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      page.on('pageerror', error => complaints.push(error.message));
      page.on('request', request => {
        if (new URL(request.url()).host !== `127.0.0.1:${dashboard.port}`) complaints.push(`asked ${request.url()}`);
      });
      await page.goto(dashboard.newLink());
      await page.goto(`http://127.0.0.1:${dashboard.port}/${hash}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
    async close() {
      await browser.close();
      await dashboard.close();
      await store.close();
      for (const each of [folder, site]) rmSync(each, { recursive: true });
    },
  };
}

/** Elements that are wider inside than they show, apart from regions that scroll and say so; as text of their tag and class. */
export const OVERFLOWING = `[...document.querySelectorAll('body *')].filter(element =>
  element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 &&
  getComputedStyle(element).display !== 'inline' && getComputedStyle(element).overflowX === 'visible' &&
  element.closest('.scroll, svg, .hidden, select') === null
).map(element => element.tagName + '.' + element.className)`;
