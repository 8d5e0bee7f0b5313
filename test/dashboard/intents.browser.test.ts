/** The list of intents and the receipt in a real Chromium. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { anIntent, attempted, commitAll, decided, evidence, history } from '../stores/histories.ts';
import type { OpenDashboard } from './open-dashboard.ts';
import { openDashboard } from './open-dashboard.ts';

const DAY_MS = 86_400_000;
const now = Date.now();
let opened: OpenDashboard;

beforeAll(async () => {
  const links = { link: 'https://support.example/{intentId}', traceLink: 'https://traces.example/?q={intentId}' };
  opened = await openDashboard(async store => {
    await writeLedger(store, { intents: 600, seed: 1, fromMs: now - 20 * DAY_MS, toMs: now - DAY_MS });
    const climb = {
      kind: 'escalation',
      model: 'premium',
      node: 'mini>premium',
      startedAtMs: now - 3_000,
      latencyMs: 1_500,
    } as const;
    await commitAll(store, [
      history('ticket-4711', 'support.reply', [
        { ...decided(now - 5_000), session: 'chat-9' },
        attempted(now - 4_000, {
          startedAtMs: now - 4_900,
          latencyMs: 700,
          verdict: { accepted: false, by: 'schema' },
        }),
        attempted(now - 1_500, { ...climb, costNanoUsd: 12_345_678 }),
        evidence(now - 1_000, { source: 'explicit', success: false, signal: 'resolved', costNanoUsd: 22_500_000_001 }),
      ]),
    ]);
  }, links);
});

afterAll(async () => opened.close());
afterEach(() => expect(opened.complaints).toEqual([]));

const PAGES = [
  ['list', '#/intents', 'ticket-4711'],
  ['filtered list', '#/intents?outcome=failure&feature=support.reply&climbed=1', 'ticket-4711'],
  ['empty list', '#/intents?session=nope', 'No intent of this period matches'],
  ['receipt', '#/intent/ticket-4711', 'What happened'],
  ['receipt of an unknown id', '#/intent/nope', 'the intents of session nope'],
] as const;

test.each(PAGES)(
  'the %s has no axe error and fits the screen, at every width, light and dark',
  async (_, hash, sign) => {
    expect(await opened.problemsOf(hash, sign)).toEqual([]);
    // The browser reports the refused request itself.
    if (hash.endsWith('/nope')) opened.complaints.splice(0).forEach(line => expect(line).toMatch(/status of 400/));
  },
);

test('a reader finds what ticket 4711 cost, to the nano-dollar, in three steps and by keyboard alone', async () => {
  const page = await opened.open('#/overview');
  await page.getByRole('link', { name: 'Intents' }).press('Enter');
  await page.getByLabel('Intent or session id').fill('ticket-4711');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'ticket-4711' }).waitFor();
  const amounts = ['$0.012995678', '$22.500000001', '$22.512995679'];
  await expect.poll(async () => page.locator('.bill dd').allTextContents()).toEqual(amounts);
  const events = await page.locator('.timeline li').allTextContents();
  expect(events.map(text => /mini|premium|failure/.exec(text)?.[0])).toEqual(['mini', 'premium', 'failure']);
  expect(events[0]).toContain('rejected by schema');
  expect(await page.getByRole('link', { name: 'Open in your application' }).getAttribute('href')).toBe(
    'https://support.example/ticket-4711',
  );
  expect(await page.getByRole('link', { name: 'Open its traces' }).getAttribute('href')).toBe(
    'https://traces.example/?q=ticket-4711',
  );
  await page.context().close();
});

test('the id of a session leads to its intents', async () => {
  const page = await opened.open('#/intents');
  await page.getByLabel('Intent or session id').fill('chat-9');
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByRole('link', { name: 'the intents of session chat-9' }).click();
  await page.getByRole('link', { name: 'ticket-4711' }).waitFor();
  expect(await page.locator('.intents li').count()).toBe(1);
  opened.complaints.splice(0).forEach(line => expect(line).toMatch(/status of 400/));
  await page.context().close();
});

test('a filter is in the address, which shows the same list to another reader', async () => {
  const page = await opened.open('#/intents');
  await page.getByLabel('Outcome').selectOption('Failed');
  await page.getByRole('combobox', { name: 'Feature', exact: true }).selectOption('invoice.extract');
  await expect.poll(async () => page.locator('.intents .outcome').allTextContents()).toContain('failed');
  await expect
    .poll(async () => new Set(await page.locator('.intents .outcome').allTextContents()))
    .toEqual(new Set(['failed']));
  const ids = await page.locator('.intents a').allTextContents();
  const other = await opened.open(new URL(page.url()).hash);
  await expect.poll(async () => other.locator('.intents a').allTextContents()).toEqual(ids);
  for (const each of [page, other]) await each.context().close();
});

test('the list can go back to the first intent page by page, and the browser’s buttons go back and forward', async () => {
  const page = await opened.open('#/intents');
  const ids = page.locator('.intents a');
  const first = await ids.first().textContent();
  const seen = new Set<string>();
  for (;;) {
    await page.getByText('Loading').waitFor({ state: 'detached' });
    for (const id of await ids.allTextContents()) seen.add(id);
    const older = page.getByRole('link', { name: 'Older' });
    if ((await older.count()) === 0) break;
    const last = await ids.last().textContent();
    await older.click();
    await expect.poll(async () => ids.last().textContent()).not.toBe(last);
  }
  expect(seen.size).toBe(631);
  await page.getByRole('link', { name: 'Back to the latest' }).click();
  await expect.poll(async () => ids.first().textContent()).toBe(first);
  await page.context().close();
});

test('the list does not move when intents come: a button offers them', async () => {
  const page = await opened.open('#/intents');
  // Once before the first event of the ledger's version, once after it.
  const reads = `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/intents?')).length`;
  await expect.poll(async () => page.evaluate<number>(reads)).toBeGreaterThan(1);
  await page.getByRole('button', { name: 'Up to date' }).waitFor();
  const before = await page.locator('.intents a').allTextContents();
  const place = await page.locator('.intents').boundingBox();
  await commitAll(opened.store, [anIntent('newcomer', 'support.reply', now)]);
  const button = page.getByRole('button', { name: 'Show what has come since' });
  await button.waitFor();
  expect(await page.locator('.intents a').allTextContents()).toEqual(before);
  expect(await page.locator('.intents').boundingBox()).toEqual(place);
  await button.click();
  await expect.poll(async () => page.locator('.intents a').first().textContent()).toBe('newcomer');
  await page.context().close();
});

test('the fields of the filter are aligned in one line, whatever their type', async () => {
  const page = await opened.open('#/intents', { viewport: { width: 1440, height: 900 } });
  await page.getByRole('form', { name: 'Filter' }).waitFor();
  const fields = await page.locator('.filters label:not(.check) :is(select, input)').all();
  const boxes = await Promise.all(fields.map(async field => field.boundingBox()));
  expect(new Set(boxes.map(box => `${box?.y} ${box?.height}`)).size).toBe(1);
  await page.context().close();
});

test('a search that ends at its time limit goes on by itself, and says how far it has come', async () => {
  const page = await opened.open('#/intents?outcome=success');
  const shown = Promise.withResolvers<void>();
  const found = await page.request.get(new URL('api/intents?outcome=failure', page.url()).href);
  const { intents } = (await found.json()) as { intents: readonly unknown[] };
  const part = { intents: [], searchedToMs: Date.UTC(2026, 9, 30, 12) };
  await page.route('**/api/intents?outcome=pending*', async route => {
    const after = new URL(route.request().url()).searchParams.get('after');
    if (after === null) return route.fulfill({ json: { ...part, next: 'first' } });
    if (after === 'first') return route.fulfill({ json: { ...part, next: 'second' } });
    await shown.promise;
    return route.fulfill({ json: { intents } });
  });
  await page.getByLabel('Outcome').selectOption('Waiting for an outcome');
  await page.getByText('Searched back to 2026-10-30 12:00 UTC, and found 0. Searching on …').waitFor();
  shown.resolve();
  await expect.poll(async () => page.locator('.intents li').count()).toBe(intents.length);
  expect(await page.getByText('Searched back').count()).toBe(0);
  await page.context().close();
});

test('a search that has found nothing in twenty parts asks before it goes on', async () => {
  const page = await opened.open('#/intents?outcome=success');
  // Before the page knows the version of the ledger, the first message about it makes the page read the list once more.
  await page.getByRole('button', { name: 'Reading …' }).waitFor({ state: 'detached' });
  await page.locator('.list-state button').waitFor();
  let parts = 0;
  await page.route('**/api/intents?outcome=pending*', async route =>
    route.fulfill({ json: { intents: [], searchedToMs: Date.UTC(2026, 9, 30, 12), next: `part ${++parts}` } }),
  );
  await page.getByLabel('Outcome').selectOption('Waiting for an outcome');
  await page.getByRole('link', { name: 'Search on' }).waitFor();
  expect(parts).toBe(20);
  await page.context().close();
});
