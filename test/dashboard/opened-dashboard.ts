/** A dashboard on a ledger of its own, open in a real Chromium. What the console says, and requests to other hosts, are complaints. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { Store } from '../../src/contracts/store.ts';
import type { Dashboard, DashboardOptions } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { buildSite } from './built-site.ts';
import { launchChromium } from './chromium.ts';

export interface OpenedDashboard {
  readonly store: Store;
  readonly browser: Browser;
  readonly dashboard: Dashboard;
  readonly site: string;
  readonly complaints: string[];
  /** A new window at `hash`. */
  open(hash: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function openDashboard(
  fill: (store: Store) => Promise<void>,
  options: Partial<DashboardOptions> = {},
): Promise<OpenedDashboard> {
  const folder = mkdtempSync(join(tmpdir(), 'outcome-router-'));
  const site = await buildSite();
  const store = sqlite(join(folder, 'router.db'));
  await fill(store);
  const dashboard = await startDashboard({ store, site, ...options });
  const browser = await launchChromium();
  const complaints: string[] = [];
  const own = `127.0.0.1:${dashboard.port}`;
  return {
    store,
    browser,
    dashboard,
    site,
    complaints,
    async open(hash, contextOptions = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...contextOptions });
      const page = await context.newPage();
      page.on('console', message => complaints.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', error => complaints.push(error.message));
      page.on('request', request => {
        if (new URL(request.url()).host !== own) complaints.push(`asked ${request.url()}`);
      });
      await page.goto(dashboard.newLink());
      await page.goto(`http://${own}/${hash}`);
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

/** Every page is looked at with these. */
export const SCREENS = [1440, 768, 390].flatMap(width =>
  (['light', 'dark'] as const).map(colorScheme => ({ width, colorScheme })),
);
