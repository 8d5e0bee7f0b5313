/** Forty features in a real Chromium: a phone shows first what needs a decision, and not every alert and every row. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { anIntent, attempted, commitAll, decided, history } from '../stores/histories.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard, PHONE, problemsOn } from './open-dashboard.ts';

const atMs = Date.now() - 3_600_000;
let opened: OpenDashboard;

beforeAll(async () => {
  const names = Array.from({ length: 40 }, (_, i) => `team.${String(i).padStart(2, '0')}`);
  opened = await openDashboard(async store =>
    commitAll(
      store,
      names.flatMap((name, i) => [
        // Half of the features have no outcome at all, which needs a decision; half wait for most of theirs.
        ...(i % 2 === 0 ? [] : [anIntent(`${name}-done`, name, atMs)]),
        history(`${name}-open`, name, [decided(atMs), attempted(atMs)]),
      ]),
    ),
  );
});

afterAll(async () => opened.close());
afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

test('forty features that need attention fit on six screens of a phone, and those that need a decision come first', async () => {
  const page = await opened.open('#/overview', PHONE);
  const alerts = page.locator('.attention li:visible');
  await expect.poll(async () => alerts.count()).toBe(6);
  expect(new Set(await alerts.locator('.tag').allTextContents())).toEqual(new Set(['Decide']));
  const [top, height] = [(await alerts.first().boundingBox())?.y, await page.evaluate('document.body.scrollHeight')];
  expect(top).toBeLessThan(844);
  expect(height).toBeLessThan(6 * 844);
  expect(await problemsOn(page)).toEqual([]);
  await page.context().close();
});

test('a button shows the rows that a phone does not show at first, and the rest of the alerts unfolds', async () => {
  const page = await opened.open('#/overview', PHONE);
  const rows = page.getByRole('table', { name: /^Features by total cost/ }).locator('tbody tr');
  await expect.poll(async () => rows.count()).toBe(6);
  await page.getByRole('button', { name: 'Show all 40 features' }).press('Enter');
  await expect.poll(async () => rows.count()).toBe(40);
  expect(await page.evaluate('document.activeElement.textContent')).toContain('team.');
  await page.getByRole('button', { name: 'Show all 40 bars' }).click();
  await expect.poll(async () => page.locator('.bars li').count()).toBe(40);
  await page.locator('summary', { hasText: /^34 more$/ }).click();
  expect(await page.locator('.attention li:visible').count()).toBe(40);
  await page.context().close();
});

test('a wide screen shows every row', async () => {
  const page = await opened.open('#/overview');
  const rows = page.getByRole('table', { name: /^Features by total cost/ }).locator('tbody tr');
  await expect.poll(async () => rows.count()).toBe(40);
  await page.context().close();
});
