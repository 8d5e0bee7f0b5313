/** A dashboard whose connection a test can break and restore, and the reader's unfinished input on its page. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import type { Store } from '../../src/contracts/store.ts';
import { anIntent, commitAll } from '../stores/histories.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';

export interface Breakable {
  readonly opened: OpenDashboard;
  open(hash: string): Promise<Page>;
  /** Ends every connection and refuses new ones, until {@link Breakable.comeBack}. Returns once the page says so. */
  goAway(page: Page): Promise<void>;
  /** Returns once the page is live again. */
  comeBack(page: Page): Promise<void>;
  close(): Promise<void>;
}

/**
 * The dashboard of all tests of a file, each of which fails if a page complains. It is there once the tests begin.
 * @param fill writes the ledger
 */
export function breakableDashboard(fill: (store: Store) => Promise<void>): Breakable {
  const dashboard = {} as Breakable;
  beforeAll(async () => void Object.assign(dashboard, await breakable(await openDashboard(fill))));
  afterEach(() => expect(dashboard.opened.complaints.splice(0)).toEqual([]));
  afterAll(async () => {
    await dashboard.close();
    await dashboard.opened.close();
  });
  return dashboard;
}

async function breakable(opened: OpenDashboard): Promise<Breakable> {
  const handler = dashboardHandler({ store: opened.store, site: opened.site, authorize: () => 'control' });
  let isAway = false;
  const server = createServer((request, response) => {
    if (isAway) request.socket.destroy();
    else void handler(request, response);
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    opened,
    async open(hash) {
      isAway = false;
      const context = await opened.browser.newContext({
        viewport: { width: 1440, height: 900 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      page.on('pageerror', error => opened.complaints.push(error.message));
      await page.goto(`${url}${hash}`);
      await page.locator('.live', { hasText: /^live$/ }).waitFor();
      return page;
    },
    async goAway(page) {
      isAway = true;
      server.closeAllConnections();
      await page.getByText(/^Not connected since/).waitFor();
    },
    async comeBack(page) {
      isAway = false;
      await page.locator('.live', { hasText: /^live$/ }).waitFor();
    },
    async close() {
      handler.close();
      server.closeAllConnections();
      await new Promise<void>(resolve => void server.close(() => resolve()));
    },
  };
}

/** One time for all intents, so that the time axis does not grow. */
const AT_MS = Date.now() - 1_000;
let written = 0;

/** Writes intents with an outcome: every open page asks for its figures again. */
export async function changeLedger(store: Store, feature: string, intents = 1): Promise<void> {
  await commitAll(
    store,
    Array.from({ length: intents }, () => anIntent(`written-${written++}`, feature, AT_MS)),
  );
}

/** The element that has the focus, its text or value, and the selection in it. */
export async function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const { tagName, value, textContent, selectionStart, selectionEnd } = document.activeElement;
    return [tagName, value ?? textContent, selectionStart, selectionEnd].join(' ');
  })()`);
}
