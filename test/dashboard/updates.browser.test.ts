/** Pages in use while the ledger changes and answers come late: nothing that the reader has begun is lost. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { breakableDashboard, changeLedger, focused } from './breakable-dashboard.ts';

const DAY_MS = 86_400_000;
const toMs = Date.now() - DAY_MS;
const dashboard = breakableDashboard(async store => {
  await writeLedger(store, { intents: 3_000, seed: 1, fromMs: toMs - 20 * DAY_MS, toMs });
  // The time axes end with this hour, whatever the tests write later.
  await changeLedger(store, 'code.review');
});

/** How many intents the page of a feature says it has. */
async function intentsOn(page: Page): Promise<string> {
  return /[\d ,]+ intents;/.exec((await page.locator('main').textContent()) ?? '')?.[0] ?? '';
}

/** A change of the ledger, until the page of the feature shows it. */
async function updated(page: Page, feature: string): Promise<void> {
  const before = await intentsOn(page);
  await changeLedger(dashboard.opened.store, feature);
  await expect.poll(async () => intentsOn(page)).not.toBe(before);
}

test('a half-finished confirmation, its reason, the selection in it, open details and the scroll position survive a change of the ledger', async () => {
  const page = await dashboard.open('#/feature/code.review');
  await page.getByText('Figures of the plots').click();
  await page.getByRole('button', { name: 'Switch off mini' }).click();
  const why = page.getByLabel('Why');
  await why.fill('answers in rhymes');
  await why.press('Shift+Home');
  await page.evaluate('scrollTo(0, 100)');
  const had = await focused(page);
  await updated(page, 'code.review');
  expect(await focused(page)).toBe(had);
  expect(had).toBe('INPUT answers in rhymes 0 17');
  // Not the position of the field: a sentence above it may have a line more or less.
  expect(await page.evaluate('scrollY')).toBe(100);
  expect(await page.getByRole('region', { name: 'code.review over time' }).isVisible()).toBe(true);
  await page.context().close();
});

test('a plot that is drawn again still reads out the step under the pointer', async () => {
  const page = await dashboard.open('#/feature/code.review');
  const plot = page.getByRole('img', { name: /^Cost per intent of code.review/ });
  await plot.scrollIntoViewIfNeeded();
  const readout = plot.locator('xpath=following-sibling::p');
  await expect.poll(async () => readout.textContent()).not.toBe('');
  const last = await readout.textContent();
  await plot.hover({ position: { x: 150, y: 60 } });
  await expect.poll(async () => readout.textContent()).not.toBe(last);
  const step = await readout.textContent();
  await updated(page, 'code.review');
  expect(await readout.textContent()).toBe(step);
  await page.context().close();
});

test('a server that fails for a moment removes nothing from the page, which shows the error above its figures', async () => {
  const page = await dashboard.open('#/feature/support.reply');
  await page.getByRole('button', { name: 'Switch off mini' }).click();
  const why = page.getByLabel('Why');
  await why.fill('answers in rhymes');
  const failing = page.waitForResponse(/api\/feature\?/);
  await page.route('**/api/feature?*', async route =>
    route.fulfill({ status: 500, json: { error: 'the ledger is locked' } }),
  );
  await changeLedger(dashboard.opened.store, 'support.reply');
  await failing;
  await page.getByText('the ledger is locked').waitFor();
  expect(await focused(page)).toBe('INPUT answers in rhymes 17 17');
  await page.unroute('**/api/feature?*');
  await updated(page, 'support.reply');
  expect(await page.getByText('the ledger is locked').count()).toBe(0);
  expect(await focused(page)).toBe('INPUT answers in rhymes 17 17');
  await page.context().close();
});

test('an answer that arrives after the next change of the ledger is still shown, because a busy ledger changes faster than it is read', async () => {
  const page = await dashboard.open('#/prices');
  await page.getByRole('heading', { name: /^Prices in the price book/ }).waitFor();
  const done = Promise.withResolvers<void>();
  let asked = 0;
  await page.route('**/api/feature?*', async route => {
    if (asked++ > 0) {
      await done.promise;
      return route.continue();
    }
    const response = await route.fetch();
    // The overview is asked for with every change that is reported to the page.
    const isReported = page.waitForRequest(/api\/overview/);
    await changeLedger(dashboard.opened.store, 'code.review');
    await isReported;
    return route.fulfill({ response });
  });
  await page.evaluate(`location.hash = '#/feature/code.review'`);
  await page.getByRole('heading', { name: /^What the router does/ }).waitFor();
  done.resolve();
  await page.unrouteAll({ behavior: 'wait' });
  await page.context().close();
});
