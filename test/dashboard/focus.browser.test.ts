/** The focus stays where the reader left it while rows change places, fields are applied and answers come late. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { attempted, commitAll, decided, history } from '../stores/histories.ts';
import { breakableDashboard, changeLedger, focused } from './breakable-dashboard.ts';

const DAY_MS = 86_400_000;
const toMs = Date.now() - DAY_MS;
const dashboard = breakableDashboard(async store => {
  await writeLedger(store, { intents: 2_500, seed: 1, fromMs: toMs - 20 * DAY_MS, toMs });
  await commitAll(store, [history('silent-0', 'silent', [decided(toMs), attempted(toMs)])]);
  await changeLedger(store, 'small.first', 3);
  await changeLedger(store, 'small.second', 2);
});

/** The small features in the order of the table. */
async function order(page: Page): Promise<readonly string[]> {
  const names = await page.locator('tbody th > a').allTextContents();
  return names.filter(name => name.startsWith('small'));
}

test('a link keeps the focus when its row moves up or down in the table', async () => {
  const page = await dashboard.open('#/overview');
  const table = page.getByRole('region', { name: /^Features by total cost/ });
  await table.getByRole('link', { name: 'small.second' }).focus();
  expect(await order(page)).toEqual(['small.first', 'small.second']);
  await changeLedger(dashboard.opened.store, 'small.second', 2);
  await expect.poll(async () => order(page)).toEqual(['small.second', 'small.first']);
  expect(await focused(page)).toMatch(/^A small\.second/);
  await changeLedger(dashboard.opened.store, 'small.first', 2);
  await expect.poll(async () => order(page)).toEqual(['small.first', 'small.second']);
  expect(await focused(page)).toMatch(/^A small\.second/);
  await page.context().close();
});

test('the link of an alert keeps the focus when the figure in its sentence changes', async () => {
  const page = await dashboard.open('#/overview');
  const alert = page.locator('.attention li', { hasText: 'The only intent has no outcome' });
  await alert.getByRole('link').focus();
  await commitAll(dashboard.opened.store, [history('silent-1', 'silent', [decided(toMs), attempted(toMs)])]);
  await page.locator('.attention li', { hasText: 'None of 2 intents' }).waitFor();
  expect(await focused(page)).toMatch(/^A silent/);
  await page.context().close();
});

test('a field of the filter never shows the former value again before the address has the new one', async () => {
  const page = await dashboard.open('#/intents?spend=1');
  await page.getByLabel('Spend at least, USD').focus();
  await page.evaluate(`(() => {
    const { get, set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
    globalThis.shown = [];
    Object.defineProperty(HTMLInputElement.prototype, 'value', {
      get,
      set(value) {
        if (this === document.activeElement) shown.push(value);
        set.call(this, value);
      },
    });
  })()`);
  await page.keyboard.press('End');
  await page.keyboard.type('000 ');
  await page.keyboard.press('Enter');
  await page.waitForFunction(`document.activeElement.value === '1000'`);
  await page.evaluate(`location.hash = '#/intents?spend=2'`);
  await page.waitForFunction(`document.activeElement.value === '2'`);
  expect(await page.evaluate('shown')).toEqual(['1000', '2']);
  await page.context().close();
});

test('a field of the filter keeps the focus and further typing when Enter applies the filter', async () => {
  const page = await dashboard.open('#/intents');
  await page.locator('.intents').waitFor();
  const asked = Promise.withResolvers<void>();
  await page.route('**/api/intents?spend*', async route => {
    await asked.promise;
    await route.continue();
  });
  const held = page.waitForRequest(/api\/intents\?spend=1000$/);
  await page.getByLabel('Spend at least, USD').focus();
  await page.keyboard.type('1000');
  await page.keyboard.press('Enter');
  await held;
  expect(await focused(page)).toBe('INPUT 1000 4 4');
  await page.keyboard.type('0');
  asked.resolve();
  await page.getByText('No intent of this period matches').waitFor();
  expect(await focused(page)).toBe('INPUT 10000 5 5');
  await page.keyboard.press('Enter');
  await page.waitForURL(/spend=10000$/);
  expect(await focused(page)).toBe('INPUT 10000 5 5');
  await page.context().close();
});

test('while the figures of another period load, those on the page stay in their place', async () => {
  const page = await dashboard.open('#/feature/support.reply');
  const plot = page.getByRole('img', { name: /^Traffic by plan/ });
  for (const part of ['.answer', '.intents']) await page.locator(part).waitFor();
  await plot.scrollIntoViewIfNeeded();
  const place = await plot.boundingBox();
  const asked = Promise.withResolvers<void>();
  await page.route(/api\/(feature|saving|intents)\?/, async route => {
    await asked.promise;
    await route.continue();
  });
  const held = page.waitForRequest(/api\/feature\?.*period=7d/);
  const period = page.getByRole('combobox', { name: 'Period' });
  await period.focus();
  await period.selectOption('Last 7 days');
  await held;
  await page.locator('.old').first().waitFor();
  expect(await plot.boundingBox()).toEqual(place);
  expect(await plot.count()).toBe(1);
  asked.resolve();
  await page.locator('.old').first().waitFor({ state: 'detached' });
  expect(await plot.count()).toBe(1);
  expect(await focused(page)).toMatch(/^SELECT 7d/);
  await page.context().close();
});

test('the arrow keys reach every plan in the list for pinning, and the plan that is shown is the one that is confirmed', async () => {
  const page = await dashboard.open('#/feature/support.reply');
  const pin = page.getByRole('combobox', { name: 'Pin a plan' });
  await pin.focus();
  await page.keyboard.press('ArrowDown');
  await page.getByText('Then support.reply is pinned to mini').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.getByText('Then support.reply is pinned to premium').waitFor();
  expect(await focused(page)).toMatch(/^SELECT premium/);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await page.getByRole('form', { name: 'Confirm' }).waitFor({ state: 'detached' });
  await page.context().close();
});

test('a control that is confirmed twice while the first request is on its way is sent once, and the focus stays near it', async () => {
  const page = await dashboard.open('#/feature/support.reply');
  const answered = Promise.withResolvers<void>();
  let sent = 0;
  await page.route('**/api/control', async route => {
    sent++;
    await answered.promise;
    await route.continue();
  });
  await page.getByRole('button', { name: 'Switch off mini' }).click();
  await page.getByLabel('Why').press('Enter');
  await page.getByLabel('Why').press('Enter');
  answered.resolve();
  await page.getByRole('button', { name: 'Switch on mini' }).waitFor();
  expect(sent).toBe(1);
  expect(await page.evaluate<string>('document.activeElement.className')).toBe('actions');
  await page.context().close();
});

test('an audit answer that is given twice while the first is on its way labels one intent and skips none', async () => {
  const page = await dashboard.open('#/audit/support.reply');
  const answer = page.waitForResponse(/api\/audit.*fraction=1$/);
  await page.getByLabel(/^Fraction/).selectOption('100 %');
  const sample = (await (await answer).json()) as { unlabelled: readonly { intentId: string }[] };
  const [first, second] = sample.unlabelled.map(({ intentId }) => intentId);
  const id = page.locator('dd code').first();
  await expect.poll(async () => id.textContent()).toBe(first);
  const labelled = Promise.withResolvers<void>();
  const asked: unknown[] = [];
  await page.route('**/api/audit', async route => {
    asked.push(route.request().postDataJSON());
    await labelled.promise;
    await route.continue();
  });
  const yes = page.getByRole('button', { name: 'Yes' });
  await yes.click();
  await yes.click();
  await page.getByRole('button', { name: 'I cannot tell' }).click();
  expect(await id.textContent()).toBe(first);
  labelled.resolve();
  await page.getByText(`${first} is labelled success`).waitFor();
  expect(asked).toEqual([{ intentId: first, success: true }]);
  expect(await id.textContent()).toBe(second);
  await page.context().close();
});

test('when older intents replace the list and its link, the keyboard focus moves to the line above the list', async () => {
  const page = await dashboard.open('#/intents');
  await page.getByRole('link', { name: 'Older' }).press('Enter');
  await page.getByRole('link', { name: 'Back to the latest' }).waitFor();
  expect(await page.evaluate<string>('document.activeElement.className')).toBe('list-state');
  await page.context().close();
});
