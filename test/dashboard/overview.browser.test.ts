/** The overview in a real Chromium: the period, the most important sentence first, and every width and color scheme. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard, PHONE, problemsOn, SCREENS } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
let opened: OpenDashboard;

beforeAll(async () => {
  const toMs = Date.now();
  opened = await openDashboard(async store =>
    writeLedger(store, { intents: 15_000, seed: 1, fromMs: toMs - 60 * DAY_MS, toMs }),
  );
});

afterAll(async () => opened.close());

afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

test.each(SCREENS)(
  'the overview has no axe violation and nothing wider than its container: $viewport.width px, $colorScheme',
  async screen => {
    const page = await opened.open('#/overview', screen);
    await page.getByRole('heading', { name: 'What changed' }).waitFor();
    for (const summary of await page.locator('details > summary:visible').all()) await summary.click();
    expect(await problemsOn(page)).toEqual([]);
    await page.context().close();
  },
);

test('the first screen says what changed and what needs attention, with the date, before any table', async () => {
  const page = await opened.open('#/overview');
  const changed = page.getByRole('region', { name: 'What changed' });
  await changed.waitFor();
  expect(await changed.textContent()).toMatch(
    /code\.review: .*premium fell from \d\d\.\d\s% to \d\d\.\d\s% success on \d+ \w+ 20\d\d/,
  );
  const attention = page.getByRole('region', { name: 'Needs attention' });
  expect(await attention.textContent()).toMatch(/premium fell/);
  for (const region of [changed, attention]) expect((await region.boundingBox())?.y).toBeLessThan(500);
  expect((await page.getByRole('table').first().boundingBox())?.y).toBeGreaterThan(500);
  await page.context().close();
});

test('the period is in the address, applies to every figure, and stays when the reader follows a link', async () => {
  const page = await opened.open('#/overview');
  const line = page.locator('.period-line');
  const intents = async (): Promise<string> =>
    (await page.getByText(/intents\. Total cost/).textContent())?.split(' intents')[0] ?? '';
  await line.waitFor();
  expect(await line.textContent()).toMatch(/^\d+ \w+.* – \d+ \w+ 20\d\d \(UTC\) compared with /);
  const month = await intents();
  await page.getByRole('combobox', { name: 'Period' }).selectOption('7d');
  await expect.poll(async () => page.url()).toMatch(/period=7d/);
  await expect.poll(intents).not.toBe(month);
  const week = await intents();
  await page.getByRole('link', { name: 'code.review' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'code.review' }).waitFor();
  expect(page.url()).toMatch(/#\/feature\/code\.review\?period=7d/);
  await page.goBack();
  await page.reload();
  await expect.poll(intents).toBe(week);
  await page.getByLabel('Compare').uncheck();
  await expect.poll(async () => line.textContent()).not.toContain('compared');
  expect(page.url()).toContain('compare=none');
  await page.getByRole('combobox', { name: 'Period' }).selectOption('custom');
  await page.getByLabel('From').fill('2026-01-01');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect.poll(async () => line.textContent()).toContain('1 Jan');
  await page.context().close();
});

test('an address with an invalid period says what would be accepted', async () => {
  const page = await opened.open('#/feature/code.review?period=8d');
  await page.getByRole('alert').filter({ hasText: '"8d" is not a period' }).waitFor();
  // The browser reports the refused request.
  opened.complaints.splice(0);
  await page.context().close();
});

test('the lengths of the bars are in proportion, and the switch shows the model spend alone', async () => {
  const page = await opened.open('#/overview');
  const bars = page.getByRole('list', { name: 'Cost of every feature, on one scale' }).getByRole('listitem');
  await bars.first().waitFor();
  const lengths = async (): Promise<readonly (readonly [number, number])[]> =>
    Promise.all(
      (await bars.all()).map(async bar => {
        const usd = Number((await bar.locator('.amount').textContent())?.replaceAll(/[$,]/g, ''));
        const rects = await bar
          .locator('rect')
          .evaluateAll(list => list.reduce((sum, rect) => sum + Number(rect.getAttribute('width')), 0));
        return [usd, rects] as const;
      }),
    );
  for (const isSpendOnly of [false, true]) {
    if (isSpendOnly) await page.getByLabel(/Model spend only/).check();
    const all = await lengths();
    const [most, longest] = all[0] ?? [0, 0];
    expect(longest).toBeCloseTo(1_000, 0);
    for (const [usd, length] of all) {
      const share = (usd / most) * longest;
      expect(Math.abs(length - Math.max(3, share))).toBeLessThan(1 + 0.01 * share);
    }
  }
  await page.context().close();
});

test('on a phone the name, the cost per success and its change are in sight, and the rest unfolds below the name', async () => {
  const page = await opened.open('#/overview', PHONE);
  const row = page.getByRole('table', { name: /^Features by total cost/ }).getByRole('row', { name: /support\.reply/ });
  for (const cell of await row.locator('td:visible').all()) {
    const box = await cell.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(390);
  }
  expect(await row.locator('td:visible').count()).toBe(2);
  await row.getByText('more').click();
  await row.getByText('Model spend').waitFor();
  await page.getByRole('button', { name: 'Where the money goes' }).click();
  expect(await page.evaluate('document.activeElement.id')).toBe('money');
  await page.context().close();
});

test('a period without an intent is shown as empty, without plots', async () => {
  const page = await opened.open('#/overview?period=2020-01');
  await page.getByRole('table', { name: /^Features by total cost/ }).waitFor();
  expect(await page.getByRole('heading', { name: 'Over time' }).count()).toBe(0);
  expect(await page.getByText('Not known: this period has no intents.').count()).toBe(1);
  expect(await problemsOn(page)).toEqual([]);
  await page.context().close();
});
