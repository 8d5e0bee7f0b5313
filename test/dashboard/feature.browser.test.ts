/** The page of a feature in a real Chromium: what is believed now, what happened in the period, at every width. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { LONG_NAME, writeHeldOut } from './held-out-ledger.ts';
import { openDashboard, PHONE, problemsOn, SCREENS } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
const HASH = '#/feature/code.review';
let opened: OpenDashboard;

beforeAll(async () => {
  const toMs = Date.now();
  opened = await openDashboard(async store => {
    await writeLedger(store, { intents: 15_000, seed: 1, fromMs: toMs - 60 * DAY_MS, toMs });
    await writeHeldOut(store, { intents: 600, toMs });
  });
});

afterAll(async () => opened.close());

afterEach(() => expect(opened.complaints.splice(0)).toEqual([]));

async function loaded(options: Parameters<OpenDashboard['open']>[1] = {}, hash = HASH): Promise<Page> {
  const page = await opened.open(hash, options);
  await page.getByRole('heading', { name: /^What the router does/ }).waitFor();
  return page;
}

test.each(SCREENS)(
  'the page of a feature has no axe violation and nothing wider than its container: $viewport.width px, $colorScheme',
  async screen => {
    const page = await loaded(screen);
    const folded = page.locator('details:not([open]) > summary:visible');
    while ((await folded.count()) > 0) await folded.first().click();
    expect(await problemsOn(page)).toEqual([]);
    await page.context().close();
  },
);

test('every block names the period of its figures, or that they are current', async () => {
  const page = await loaded({}, `${HASH}?period=7d`);
  const line = (await page.locator('.period-line strong').textContent()) ?? '';
  for (const title of ['Figures', 'Over time', 'Where the money goes'])
    expect(await page.getByRole('heading', { name: new RegExp(`^${title}`) }).textContent()).toContain(line);
  expect(await page.getByRole('heading', { name: /^What the router does/ }).textContent()).toContain('now');
  await page.context().close();
});

test('the intervals of the plans share an axis from $0 with ticks, and no dot or interval is beyond it', async () => {
  const page = await loaded();
  const plot = page.getByRole('img', { name: /^Expected cost per intent/ });
  const ticks = await plot.locator('.tick').allTextContents();
  expect(ticks[0]).toBe('$0');
  expect(ticks.length).toBeGreaterThan(3);
  const width = (await plot.boundingBox())?.width ?? 0;
  for (const line of await plot.locator('line:not(.grid)').all()) {
    expect(Number(await line.getAttribute('x1'))).toBeGreaterThanOrEqual(0);
    expect(Number(await line.getAttribute('x2'))).toBeLessThanOrEqual(width - 8);
  }
  await page.context().close();
});

test('a plot of model spend against success shows each plan with its name and its intervals, and the frontier', async () => {
  const page = await loaded();
  const plane = page.getByRole('img', { name: /^Plans of code\.review/ });
  expect((await plane.locator('.name').allTextContents()).toSorted()).toEqual(['frontier', 'mini', 'premium']);
  expect(await plane.locator('.range').count()).toBe(6);
  expect(await plane.locator('polyline').count()).toBe(1);
  // The label of the last tick is whole.
  const right = ((await plane.boundingBox())?.x ?? 0) + ((await plane.boundingBox())?.width ?? 0);
  for (const text of await plane.locator('text').all()) {
    const box = await text.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(right);
  }
  await page.context().close();
});

test('a legend names the series without a dash, and the last step’s figures are read out with their date', async () => {
  const page = await loaded();
  const legends = await page.locator('.figure-block .legend').allTextContents();
  expect(legends.join(' ')).toMatch(/Cost per intent.*95\s% interval/);
  expect(legends.join(' ')).not.toMatch(/–|--/);
  // A plot is drawn after its page; then its text is that of the last step.
  const readouts = page.locator('.readout');
  await expect.poll(async () => readouts.allTextContents()).not.toContain('');
  for (const text of await readouts.allTextContents()) expect(text).toMatch(/^\d+ \w{3}.*: \S/);
  await page.context().close();
});

test('on a phone the sections are folded, the page is at most five screens, and the list at the top leads to each section', async () => {
  const page = await loaded(PHONE);
  expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThan(5 * 844);
  expect(await page.locator('.plot').count()).toBe(0);
  await page.getByRole('button', { name: 'Over time' }).click();
  await page.getByRole('img', { name: /^Traffic by plan/ }).waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('over-time');
  await page.context().close();
});

test('a reader finds in three steps which feature got worse this month, and why', async () => {
  // 1: open the overview. 2: read which one costs more. 3: follow its link.
  const page = await opened.open('#/overview');
  const worse = page
    .getByRole('region', { name: 'What changed' })
    .getByRole('listitem')
    .filter({ hasText: ' more than ' });
  const name = (await worse.first().getByRole('link').textContent()) ?? '';
  await worse.first().getByRole('link').click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.locator('.now').waitFor();
  expect(await page.locator('.verdict').textContent()).toMatch(/more than in the period before.*(fell|took over)/);
  expect(await page.locator('.now').textContent()).toMatch(/^Now: .* is preferred to .* because /);
  await page.context().close();
});

test('the overview shows whether a saving is real: each change has its interval, or says why it has none', async () => {
  // Step 1: open the overview. Step 2: read the change of the feature; gray is the range that chance may explain.
  const page = await opened.open('#/overview');
  const features = page.getByRole('table', { name: /^Features by total cost/ });
  await features.waitFor();
  const changes = await features.locator('.change').allTextContents();
  expect(changes).toHaveLength(10);
  for (const change of changes)
    expect(change).toMatch(/^[+−][\d.,]+\s% \([+−][\d.,∞]+ to [+−][\d.,∞]+\)$|^too few outcomes$|^no earlier figure$/);
  await page.context().close();
});

test('a reader finds in three steps whether a saving is real: the overview, the feature, and the answer with interval and baseline', async () => {
  // 1: open the overview. 2: follow the feature. 3: read the answer below its question.
  const page = await opened.open('#/overview');
  await page.getByRole('link', { name: 'held.out' }).first().click();
  await page.getByRole('heading', { name: /^Is the saving real\?/ }).waitFor();
  const answer = page.locator('.answer');
  await answer.waitFor();
  expect(await answer.textContent()).toMatch(
    /^Yes: routing saves \$[\d.]+ \([\d.]+–[\d.]+\) per intent, compared with always choosing premium\.$/,
  );
  const section = page.locator('details.section', { has: answer });
  expect(await section.textContent()).toMatch(/240 of them were held out for premium at random/);
  expect(await section.textContent()).not.toMatch(/For a measured baseline/);
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption('mini');
  await expect.poll(async () => answer.textContent()).toMatch(/always choosing mini/);
  expect(await problemsOn(page)).toEqual([]);
  await page.context().close();
});

test.each([
  ['never.premium', /^Not known yet: /, "holdout: { model: 'premium', fraction: 0.05 }"],
  ['only.observed', /^Not yet: .*premium answers every intent/, "ownModel: 'premium', rollout: 0.1"],
])('without a measured baseline, the page of %s says so and names what to set', async (feature, words, setting) => {
  const page = await loaded({}, `#/feature/${feature}`);
  const answer = page.locator('.answer');
  await answer.waitFor();
  expect(await answer.textContent()).toMatch(words);
  // The reason why there is no estimate may advise the same.
  await page.locator('pre', { hasText: setting }).waitFor();
  expect(await problemsOn(page)).toEqual([]);
  await page.context().close();
});

test('a feature with a name of sixty characters and a single intent fits a phone, in the menu too', async () => {
  const page = await loaded(PHONE, `#/feature/${LONG_NAME}`);
  expect(await page.getByRole('combobox', { name: 'Go to a feature' }).inputValue()).toBe(LONG_NAME);
  expect(await problemsOn(page)).toEqual([]);
  await page.context().close();
});

test('stopping mini now takes three steps: the page of a feature, its switch, and the confirmation', async () => {
  const page = await loaded();
  await page.getByRole('button', { name: 'Switch off mini' }).click();
  await page.getByLabel('Why').fill('answers in rhymes');
  expect(await problemsOn(page)).toEqual([]);
  await page.getByRole('button', { name: 'Confirm' }).click();
  const row = page.getByRole('row', { name: /mini is switched off/ });
  await row.waitFor();
  expect(await row.textContent()).toMatch(/UTC.*answers in rhymes/);
  expect((await opened.store.controls?.())?.find(({ subject }) => subject === 'mini')).toMatchObject({ isSet: true });
  await page.getByRole('button', { name: 'Switch on mini' }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect.poll(async () => row.count()).toBe(0);
  await page.context().close();
});
