/** The pages of a server that is slower than its reader, or than the changes of its ledger, in a real Chromium. */
import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { anIntent, commitAll } from '../stores/histories.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
const now = Date.now();
let opened: OpenDashboard;

beforeAll(async () => {
  opened = await openDashboard(async store =>
    writeLedger(store, { intents: 600, seed: 1, fromMs: now - 20 * DAY_MS, toMs: now - DAY_MS }),
  );
});

afterAll(async () => opened.close());
afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

/** Requests to an address that have no answer until `release` is called. */
async function hold(page: Page, address: string, method = 'GET'): Promise<{ asked: number; release(): void }> {
  const released = Promise.withResolvers<void>();
  const held = { asked: 0, release: () => released.resolve() };
  await page.route(address, async route => {
    if (route.request().method() !== method) return route.continue();
    held.asked++;
    await released.promise;
    return route.continue();
  });
  return held;
}

/** Stands for the stream of events: `tell(version)` is what the server would send. Draws the page before it resolves. */
const TOLD = `globalThis.EventSource = class extends EventTarget {
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(new Event('open')));
    globalThis.tell = data => {
      this.dispatchEvent(new MessageEvent('ledger', { data }));
      return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));
    };
  }
  close() {}
};`;

test('a scenario is shown even if the ledger changes before each answer arrives', async () => {
  const context = await opened.browser.newContext();
  await context.addInitScript(TOLD);
  const page = await context.newPage();
  let version = 0;
  const late = async (route: Route): Promise<void> => {
    await page.evaluate(`tell('${version++}')`);
    await route.continue();
  };
  // A page that is closed gives no answers.
  await page.route('**/api/what-if', async route => late(route).catch(() => undefined));
  await page.goto(`${opened.dashboard.newLink()}#/what-if/support.reply`);
  await page.getByText('with your changes').first().waitFor();
  await context.close();
});

test('a list that was read before the first event of the ledger’s version gets the intents that were written in between', async () => {
  const page = await (await opened.browser.newContext()).newPage();
  const events = await hold(page, '**/api/events');
  await page.goto(`${opened.dashboard.newLink()}#/intents`);
  await page.locator('.intents a').first().waitFor();
  expect(await page.getByRole('button', { name: 'Up to date' }).count()).toBe(0);
  await commitAll(opened.store, [anIntent('between', 'support.reply', now + 1)]);
  events.release();
  await page.getByRole('link', { name: 'between' }).waitFor();
  await page.getByRole('button', { name: 'Up to date' }).waitFor();
  await page.context().close();
});

test('a reader who confirms one control can write the reason of the next one before the server has answered', async () => {
  const page = await opened.open('#/feature/support.reply');
  const control = await hold(page, '**/api/control', 'POST');
  await page.getByRole('button', { name: 'Switch off mini' }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect.poll(() => control.asked).toBe(1);
  await page.getByRole('button', { name: 'Switch off premium' }).click();
  await page.getByLabel('Why').fill('answers in rhymes');
  control.release();
  await page.getByRole('row', { name: /mini is switched off/ }).waitFor();
  expect(await page.getByLabel('Why').inputValue()).toBe('answers in rhymes');
  expect(await page.getByText('Then premium is switched off').count()).toBe(1);
  await page.context().close();
});

test('two filters that are chosen before the page is drawn again are both in the address', async () => {
  const page = await opened.open('#/intents');
  await page
    .getByRole('combobox', { name: 'Feature', exact: true })
    .getByRole('option', { name: 'support.reply' })
    .waitFor({ state: 'attached' });
  await page.evaluate(`for (const [label, value] of [['Outcome', 'failure'], ['Feature', 'support.reply']]) {
    const field = [...document.querySelectorAll('.filters label')].find(each => each.firstChild.textContent === label).querySelector('select');
    field.value = value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }`);
  expect(new URL(page.url()).hash).toBe('#/intents?outcome=failure&feature=support.reply');
  await page.context().close();
});
