/** What-if, calculator, prices, audit and bill in a real Chromium. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { attempted, commitAll, decided, evidence, history } from '../stores/histories.ts';
import { aReconciliation } from './a-reconciliation.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard, PHONE } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
const now = Date.now();
let opened: OpenDashboard;

beforeAll(async () => {
  const reconciliation = { atMs: now, reconciliation: await aReconciliation() };
  const options = { reconciliation, link: 'https://support.example/{intentId}' };
  opened = await openDashboard(async store => {
    await writeLedger(store, { intents: 900, seed: 1, fromMs: now - 20 * DAY_MS, toMs: now - DAY_MS });
    const cheap = (id: string, success: boolean) =>
      history(id, 'tiny', [
        {
          ...decided(now - 9_000),
          failureCostNanoUsd: 10_000_000,
          versions: { mini: 'gpt-5@1f0c$0.001', premium: 'gpt-5-pro@2' },
        },
        attempted(now - 8_000),
        evidence(now - 7_000, { source: 'explicit', success }),
      ]);
    await commitAll(
      store,
      Array.from({ length: 30 }, (_, i) => cheap(`tiny-${i}`, i % 3 > 0)),
    );
  }, options);
});

afterAll(async () => opened.close());
afterEach(() => expect(opened.complaints).toEqual([]));

const PAGES = [
  ['what-if', '#/what-if/support.reply', 'with your changes'],
  ['what-if of small amounts', '#/what-if/tiny', 'with your changes'],
  ['calculator', '#/calculator', 'A success costs'],
  ['prices', '#/prices', 'Prices in the price book'],
  ['audit', '#/audit/support.reply', 'Open the conversation'],
  ['bill', '#/bill', 'needs an answer'],
] as const;

test.each(PAGES)(
  'the page %s has no axe error and fits the screen, at every width, light and dark',
  async (_, hash, sign) => {
    expect(await opened.problemsOf(hash, sign)).toEqual([]);
  },
);

async function shares(page: Page, row: string): Promise<readonly string[]> {
  return page
    .getByRole('row', { name: new RegExp(`^${row}`) })
    .first()
    .getByRole('cell')
    .allTextContents();
}

test('a reader finds what a failure cost of $20 changes in three steps, also where an answer arrives while it is typed', async () => {
  const page = await opened.open('#/overview');
  const typed = Promise.withResolvers<void>();
  await page.route('**/api/what-if', async route => {
    await typed.promise;
    await route.continue();
  });
  await page.getByRole('link', { name: 'support.reply' }).first().click();
  await page.getByRole('link', { name: 'What if' }).click();
  const field = page.getByLabel('Failure cost in USD');
  await field.fill('20');
  typed.resolve();
  await page.getByRole('row', { name: 'with your changes' }).waitFor();
  expect(await field.inputValue()).toBe('20');
  await page.keyboard.press('Tab');
  await expect.poll(async () => shares(page, 'with your changes')).not.toEqual(await shares(page, 'current'));
  expect(await page.getByText('a failure costs $20.00').count()).toBeGreaterThan(0);
  await page.context().close();
});

test('the slider of a failure cost of one cent goes down to a thousandth of it, and every key press gives another value', async () => {
  const page = await opened.open('#/what-if/tiny');
  const slider = page.getByRole('slider', { name: 'Failure cost' });
  await slider.focus();
  let before = await slider.getAttribute('aria-valuetext');
  expect(before).toBe('$0.010');
  for (let press = 0; press < 25; press++) {
    await page.keyboard.press('ArrowLeft');
    const value = await slider.getAttribute('aria-valuetext');
    expect(value).not.toBe(before);
    before = value;
  }
  await page.keyboard.press('Home');
  expect(await slider.getAttribute('aria-valuetext')).toBe('$0.000010');
  await page.context().close();
});

test('every price is shown with all its digits, as the price book has it', async () => {
  const page = await opened.open('#/prices');
  const own = page.locator('.book', { has: page.getByRole('heading', { name: 'mini', exact: true }) });
  await own.getByText('cached input').waitFor();
  const [{ rates } = { rates: {} }] = resolvePrice({ provider: 'openai', model: 'gpt-5' }).ratesAt(now);
  const shown = await own.locator('.rates dd').allTextContents();
  expect(shown).toContain('$0.125');
  const expected = new Set(Object.values(rates as Readonly<Record<string, number>>).map(pico => pico / 1e6));
  for (const text of shown) expect(expected).toContain(Number(text.slice(1)));
  // A version is named by its day, finds its intents, and keeps its name in the ledger as a tooltip.
  const version = page.getByTitle('gpt-5@1f0c$0.001');
  expect(await version.textContent()).toMatch(/^gpt-5, prices of \d{4}-\d\d-\d\d$/);
  await version.click();
  await page.getByRole('link', { name: 'tiny-0' }).waitFor();
  await page.context().close();
});

test('the audit shows nothing of the plan, the model, the cost and the outcome of the intent that is labelled', async () => {
  const page = await opened.open('#/audit/support.reply');
  await page.getByRole('button', { name: 'Yes', exact: true }).waitFor();
  const text = (await page.locator('main').textContent()) ?? '';
  expect(text).not.toMatch(/mini|premium|\$|succeeded|failed/);
  await page.context().close();
  const { features } = await reportOf(opened.store, { nowMs: now, features: ['support.reply'] });
  expect(features[0]?.audit?.audited ?? 0).toBe(0);
});

test('the page on the bill says what the difference consists of, and what needs an answer', async () => {
  const page = await opened.open('#/overview');
  await page.getByRole('link', { name: 'Bill' }).click();
  await page.getByText('part of the difference needs an answer').waitFor();
  expect(await page.locator('.bill dd').allTextContents()).toEqual(['$2.75', '$0.00065', '$2.74935']);
  expect(await page.getByRole('row', { name: /^tax/ }).textContent()).toContain('expected');
  await page.context().close();
});

test.each([
  ['#/what-if/support.reply', 'columnheader', 'Cost per intent'],
  ['#/bill', 'cell', 'needs an answer'],
  ['#/calculator', 'columnheader', 'Cost per success'],
  ['#/prices', 'columnheader', 'Spend'],
  ['#/prices', 'columnheader', 'Version'],
] as const)(
  'a phone shows the essential columns of a table of %s without scrolling sideways',
  async (hash, role, name) => {
    const page = await opened.open(hash, PHONE);
    const deciding = page.getByRole(role, { name, exact: true }).first();
    await deciding.waitFor();
    const { x, width } = (await deciding.boundingBox()) ?? { x: Number.NaN, width: 0 };
    expect(x + width).toBeLessThanOrEqual(PHONE.viewport.width);
    await page.context().close();
  },
);
