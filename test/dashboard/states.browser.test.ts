/** What the dashboard shows where there is nothing to show, where its server has gone, and by role, in a real Chromium. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import type { Dashboard } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { memory } from '../../src/stores/memory.ts';
import { anIntent, attempted, commitAll, decided, history } from '../stores/histories.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard, problemsOn, SCREENS } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
const now = Date.now();
let opened: OpenDashboard;

beforeAll(async () => {
  opened = await openDashboard(async store => {
    await commitAll(store, [history('silent', 'support.reply', [decided(now - 5_000), attempted(now - 4_000)])]);
  });
});

afterAll(async () => opened.close());

/** A dashboard of its own, which a test may end. */
async function another(port = 0): Promise<Dashboard> {
  const store = memory();
  await writeLedger(store, { intents: 300, seed: 1, fromMs: now - 20 * DAY_MS, toMs: now });
  return startDashboard({ store, site: opened.site, port, command: 'outcome-router dashboard L.db' });
}

describe('the server is gone', () => {
  test('the page shows since when the server is gone and how to reconnect, keeps its figures, disables every control, and connects again', async () => {
    const first = await another();
    const context = await opened.browser.newContext();
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(error.message));
    await page.goto(first.newLink());
    await page.goto(`http://127.0.0.1:${first.port}/#/what-if/support.reply`);
    await page.getByText('What the router would do').waitFor();
    const slider = page.getByRole('slider', { name: /ailure/ });
    expect(await slider.isDisabled()).toBe(false);
    await first.close();
    await page.getByText(/^Not connected since \d\d:\d\d\.$/).waitFor();
    expect(await page.getByRole('alert').textContent()).toContain(
      'Start outcome-router dashboard L.db and open the new link',
    );
    expect(await slider.isDisabled()).toBe(true);
    expect(await page.getByText('What the router would do').count()).toBe(1);
    for (const hash of ['#/overview', '#/intents', '#/calculator']) {
      await page.evaluate(`location.hash = '${hash}'`);
      await page.getByText(/^Not connected since/).waitFor();
    }
    expect(await page.getByText('Failed to fetch').count()).toBe(0);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await problemsOn(page)).toEqual([]);
    // The new link of a dashboard on the same port, opened beside the page.
    const second = await another(first.port);
    await (await context.newPage()).goto(second.newLink());
    await page.locator('.live', { hasText: /^live$/ }).waitFor();
    expect(await page.getByText(/^Not connected since/).count()).toBe(0);
    expect(errors).toEqual([]);
    await context.close();
    await second.close();
  });

  test('a link that was opened before says how to get another', async () => {
    const page = await (await opened.browser.newContext()).newPage();
    const link = opened.dashboard.newLink();
    await page.goto(link);
    await page.context().clearCookies();
    await page.goto(link);
    expect(await page.textContent('body')).toMatch(
      /works once.*press Enter where `outcome-router dashboard` runs, or start it again/,
    );
    await page.context().close();
  });
});

describe('nothing to show', () => {
  test('an empty ledger leads to the first call and the first outcome, and its first intent appears by itself', async () => {
    const store = memory();
    const empty = await startDashboard({ store, site: opened.site });
    for (const screen of SCREENS) {
      const page = await (await opened.browser.newContext(screen)).newPage();
      await page.goto(empty.newLink());
      await page.getByRole('heading', { name: 'The ledger has no intents yet' }).waitFor();
      expect(await problemsOn(page)).toEqual([]);
      await page.context().close();
    }
    const page = await (await opened.browser.newContext()).newPage();
    await page.goto(empty.newLink());
    await page.getByText('intent.succeed()').waitFor();
    await commitAll(store, [anIntent('first', 'support.reply', now)]);
    await page.getByRole('link', { name: 'support.reply' }).first().waitFor();
    await page.context().close();
    await empty.close();
  });
});

test('a feature that the ledger does not know is named in the menu, which is never blank', async () => {
  const page = await (await opened.browser.newContext()).newPage();
  await page.goto(opened.dashboard.newLink());
  await page.goto(`http://127.0.0.1:${opened.dashboard.port}/#/feature/support.replies`);
  await page.getByText('the ledger knows no feature').waitFor();
  const menu = page.getByRole('combobox', { name: 'Go to a feature' });
  expect(await menu.evaluate(element => (element as unknown as { value: string }).value)).toBe('support.replies');
  await page.context().close();
});

describe('the first intent', () => {
  test('the overview of a first intent, which has no outcome yet, is drawn at once', async () => {
    const page = await opened.open('#/overview');
    await page.getByRole('heading', { name: 'Over time, all features' }).waitFor();
    const startMs = performance.now();
    await page.getByRole('link', { name: 'support.reply' }).first().click();
    // A plot without a scale was divided into ticks for half a minute.
    expect(performance.now() - startMs).toBeLessThan(10_000);
    expect(opened.complaints).toEqual([]);
    await page.context().close();
  });

  test('a feature without any outcome says how to record one', async () => {
    expect(await opened.problemsOf('#/feature/support.reply', 'Record the first outcome')).toEqual([]);
    const page = await opened.open('#/feature/support.reply');
    await page.getByText("router.feature('support.reply').outcome").waitFor();
    await page.context().close();
  });

  test('a reader sees no controls, and a note that the page is read-only', async () => {
    const handler = dashboardHandler({ store: opened.store, site: opened.site, authorize: () => 'read' });
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
    const page = await (await opened.browser.newContext()).newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/#/feature/support.reply`);
    await page.locator('.live', { hasText: 'read only' }).waitFor();
    await page.getByRole('heading', { name: /^What the router does/ }).waitFor();
    expect(await page.getByRole('button', { name: /Switch off/ }).count()).toBe(0);
    await page.context().close();
    handler.close();
    server.closeAllConnections();
    await new Promise<void>(resolve => void server.close(() => resolve()));
  });
});
