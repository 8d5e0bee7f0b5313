/** The five tasks of a reader by keyboard alone, in a real Chromium: at each step the element with the focus is in sight and outlined. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { attempted, commitAll, decided, evidence, history } from '../stores/histories.ts';
import { writeHeldOut } from './held-out-ledger.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
let opened: OpenDashboard;

beforeAll(async () => {
  const toMs = Date.now();
  opened = await openDashboard(async store => {
    await writeLedger(store, { intents: 4_000, seed: 1, fromMs: toMs - 60 * DAY_MS, toMs });
    await writeHeldOut(store, { intents: 600, toMs });
    await commitAll(store, [
      history('4711', 'support.reply', [
        decided(toMs - 5_000),
        attempted(toMs - 4_000),
        evidence(toMs - 1_000, { source: 'explicit', success: false, signal: 'resolved' }),
      ]),
    ]);
  });
}, 120_000);

afterAll(async () => opened.close());
afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

/** Presses of a key before a walk is given up. */
const MOST = 120;

/** The role, the name and what is seen of the element with the focus. */
const FOCUSED = `(() => {
  const { activeElement: element } = document;
  const { top, bottom, left, right, width } = element.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return {
    text: [element.getAttribute('aria-label'), element.labels?.[0]?.textContent, element.textContent].find(Boolean).trim(),
    tag: element.tagName,
    isInSight: width > 0 && bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
    isOutlined: outlineStyle !== 'none' && outlineWidth !== '0px',
  };
})()`;

interface Focused {
  readonly text: string;
  readonly tag: string;
  readonly isInSight: boolean;
  readonly isOutlined: boolean;
}

/** Presses Tab until the element with this text has the focus. The focus must be visible on every element before it, too. */
async function tabTo(page: Page, tag: string, text: string): Promise<void> {
  for (let presses = 0; presses < MOST; presses++) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate<Focused>(FOCUSED);
    if (now.tag === 'BODY') continue;
    expect(now).toMatchObject({ isInSight: true, isOutlined: true });
    if (now.tag === tag && now.text.startsWith(text)) return;
  }
  throw new Error(`Tab does not reach ${text}`);
}

async function startAt(hash: string): Promise<Page> {
  const page = await opened.open(hash);
  await page.locator('.live', { hasText: /^live$/ }).waitFor();
  await page.getByRole('heading', { name: 'What changed' }).waitFor();
  return page;
}

test('a reader finds by keyboard alone which feature got worse this month, and why', async () => {
  const page = await startAt('#/overview?period=month');
  await page.locator('.verdict').waitFor();
  await tabTo(page, 'A', 'code.review');
  await page.keyboard.press('Enter');
  await page.getByText(/^Now:/).waitFor();
  await page.context().close();
});

test('a reader finds by keyboard alone what ticket 4711 cost', async () => {
  const page = await startAt('#/overview');
  await tabTo(page, 'A', 'Intents');
  await page.keyboard.press('Enter');
  // Only then has the page of the link the focus.
  await page.locator('main:focus').waitFor();
  await tabTo(page, 'INPUT', 'Intent or session id');
  await page.keyboard.type('4711');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: '4711' }).waitFor();
  await page.getByText('failure, recorded by the application: resolved').waitFor();
  expect(await page.locator('.bill dd').allTextContents()).toEqual(['$0.00065', '$15', '$15.00065']);
  await page.context().close();
});

test('an operator stops mini by keyboard alone', async () => {
  const page = await startAt('#/overview');
  await tabTo(page, 'A', 'support.reply');
  await page.keyboard.press('Enter');
  await page.getByText(/^Now:/).waitFor();
  await tabTo(page, 'BUTTON', 'Switch off mini');
  await page.keyboard.press('Enter');
  await tabTo(page, 'INPUT', 'Why');
  await page.keyboard.type('answers in rhymes');
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: /mini is switched off/ }).waitFor();
  // The walk goes on where it was.
  await tabTo(page, 'BUTTON', 'Switch on mini');
  await page.context().close();
});

test('a reader finds by keyboard alone whether the saving is real', async () => {
  const page = await startAt('#/overview');
  await tabTo(page, 'A', 'held.out');
  await page.keyboard.press('Enter');
  await page.locator('.answer', { hasText: 'Yes' }).waitFor();
  await tabTo(page, 'SUMMARY', 'Is the saving real?');
  await page.context().close();
});

test('a reader finds by keyboard alone what a failure cost of $20 changes', async () => {
  const page = await startAt('#/overview');
  await tabTo(page, 'A', 'support.reply');
  await page.keyboard.press('Enter');
  await page.getByText(/^Now:/).waitFor();
  await tabTo(page, 'A', 'What if');
  await page.keyboard.press('Enter');
  await page.getByRole('row', { name: 'with your changes' }).waitFor();
  await tabTo(page, 'INPUT', 'Failure cost in USD');
  await page.keyboard.type('20');
  await page.keyboard.press('Enter');
  await page.getByText('a failure costs $20.00').waitFor();
  await tabTo(page, 'BUTTON', 'Reset: Failure cost');
  await page.keyboard.press('Enter');
  expect(await page.evaluate<Focused>(FOCUSED)).toMatchObject({ isInSight: true, isOutlined: true });
  await page.context().close();
});
