/** Pages in use while the connection is lost and comes back: nothing that the reader has begun is lost. */
import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { breakableDashboard, focused } from './breakable-dashboard.ts';

const DAY_MS = 86_400_000;
const toMs = Date.now() - DAY_MS;
const dashboard = breakableDashboard(async store =>
  writeLedger(store, { intents: 1_500, seed: 1, fromMs: toMs - 20 * DAY_MS, toMs }),
);

test('a half-finished confirmation gets its reason, focus and selection back once the connection is back', async () => {
  const page = await dashboard.open('#/feature/code.review');
  await page.getByRole('button', { name: 'Switch off mini' }).click();
  const why = page.getByLabel('Why');
  await why.fill('answers in rhymes');
  await why.press('Shift+Home');
  await dashboard.goAway(page);
  expect(await why.isDisabled()).toBe(true);
  await dashboard.comeBack(page);
  expect(await focused(page)).toBe('INPUT answers in rhymes 0 17');
  await page.keyboard.press('End');
  await page.keyboard.type(' only');
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'answers in rhymes only' }).waitFor();
  await page.context().close();
});

test('a half-typed number can be completed after the connection was lost and is back, and counts', async () => {
  const page = await dashboard.open('#/what-if/support.reply');
  const field = page.getByLabel('Failure cost in USD');
  await page.getByRole('row', { name: 'with your changes' }).waitFor();
  await field.press('2');
  await dashboard.goAway(page);
  await dashboard.comeBack(page);
  await page.keyboard.type('0');
  await page.keyboard.press('Tab');
  expect(await field.inputValue()).toBe('20');
  await page.getByText('a failure costs $20.00').waitFor();
  await page.context().close();
});

test('a number that was typed before the connection was lost counts when its field loses the focus after the connection is back', async () => {
  const page = await dashboard.open('#/what-if/support.reply');
  const field = page.getByLabel('Failure cost in USD');
  await page.getByRole('row', { name: 'with your changes' }).waitFor();
  await field.fill('20');
  await dashboard.goAway(page);
  await dashboard.comeBack(page);
  await page.keyboard.press('Tab');
  expect(await field.inputValue()).toBe('20');
  await page.getByText('a failure costs $20.00').waitFor();
  await page.context().close();
});

test('a period that is chosen or a section that is opened without a connection is filled once the connection is back', async () => {
  const page = await dashboard.open('#/feature/code.review');
  const section = page.locator('details', { has: page.getByRole('heading', { name: /^Is the saving real/ }) });
  await section.locator('.answer').waitFor();
  await section.locator('summary').first().click();
  await dashboard.goAway(page);
  await section.locator('summary').first().click();
  await page.getByRole('combobox', { name: 'Period' }).selectOption('All time');
  await section.getByText('does not answer').waitFor();
  expect(await page.getByRole('heading', { name: /^Figures/ }).count()).toBe(1);
  await dashboard.comeBack(page);
  await section.locator('.answer').waitFor();
  await expect.poll(async () => page.locator('.old').count()).toBe(0);
  const line = (await page.locator('.period-line strong').textContent()) ?? '';
  await page.getByRole('heading', { name: `Figures ${line}` }).waitFor();
  await page.context().close();
});

test('a scenario whose request failed is requested again once the connection is back', async () => {
  const page = await dashboard.open('#/what-if/support.reply');
  const changed = page.getByRole('row', { name: 'with your changes' });
  await changed.waitFor();
  const before = await changed.textContent();
  const failed = page.waitForRequest(/api\/what-if/);
  await page.route('**/api/what-if', async route => route.abort());
  await page.getByRole('slider', { name: /^Failure cost/ }).press('Home');
  await failed;
  await dashboard.goAway(page);
  await page.unroute('**/api/what-if');
  await dashboard.comeBack(page);
  await expect.poll(async () => changed.textContent()).not.toBe(before);
  await page.context().close();
});

test('half-chosen days and a half-typed id stay while the connection is lost and comes back', async () => {
  const page = await dashboard.open('#/intents');
  await page.getByRole('combobox', { name: 'Period' }).selectOption('Days …');
  await page.getByLabel('From').fill('2026-11-03');
  await page.getByLabel('Spend at least, USD').fill('0.5');
  await page.getByLabel('Intent or session id').fill('ticket-47');
  await dashboard.goAway(page);
  await dashboard.comeBack(page);
  expect(await page.getByLabel('From').inputValue()).toBe('2026-11-03');
  expect(await focused(page)).toBe('INPUT ticket-47 9 9');
  await page.context().close();
});

test('a request that is never answered is sent again once the connection is back', async () => {
  const page = await dashboard.open('#/calculator');
  await page.route('**/api/prices', () => undefined);
  const held = page.waitForRequest(/api\/prices/);
  await page.getByRole('link', { name: 'Prices' }).click();
  await held;
  await dashboard.goAway(page);
  await page.unroute('**/api/prices');
  await dashboard.comeBack(page);
  await page.getByRole('heading', { name: /^Prices in the price book/ }).waitFor();
  await page.context().close();
});
