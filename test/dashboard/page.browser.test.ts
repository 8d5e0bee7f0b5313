/** The dashboard in a real Chromium, with its real page, on a real ledger file. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { dashboardHandler } from '../../src/dashboard/handler.ts';
import type { Dashboard } from '../../src/dashboard/server.ts';
import { startDashboard } from '../../src/dashboard/server.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/contracts/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { violations } from './axe.ts';
import { buildSite } from './built-site.ts';
import { launchChromium, TOO_WIDE } from './chromium.ts';

const PHONE = { width: 360, height: 740 };
const DAY_MS = 86_400_000;

const folder = temporaryFolder();
const file = join(folder, 'router.db');
let site = '';
let store: Store;
let browser: Browser;
let dashboard: Dashboard;
let context: BrowserContext;
let page: Page;
/** Errors and warnings of the console, and requests to other hosts. */
let complaints: string[];

beforeAll(async () => {
  site = await buildSite(temporaryFolder());
  store = sqlite(file);
  const toMs = Date.now();
  await writeLedger(store, { intents: 1_500, seed: 1, fromMs: toMs - 40 * DAY_MS, toMs });
  dashboard = await startDashboard({ store, site });
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  await dashboard.close();
  await store.close();
});

beforeEach(async () => {
  complaints = [];
  context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
  page = await context.newPage();
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  page.on('request', request => {
    if (new URL(request.url()).host !== `127.0.0.1:${dashboard.port}`) complaints.push(`asked ${request.url()}`);
  });
  await page.goto(dashboard.newLink());
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
});

afterEach(async () => {
  await context.close();
  expect(complaints).toEqual([]);
});

async function visit(hash: string): Promise<void> {
  await page.goto(`http://127.0.0.1:${dashboard.port}/${hash}`);
}

const PAGES = [
  ['overview', '#/overview', 'Features by total cost'],
  ['feature', '#/feature/code.review', 'What the router does'],
  ['what-if', '#/what-if/support.reply', 'Share of every plan, and what an intent would cost'],
  ['audit', '#/audit/support.reply', 'Did the user get what they wanted?'],
  ['calculator', '#/calculator', 'A success costs'],
  ['prices', '#/prices', 'Models by spend'],
] as const;

describe.each(PAGES)('the page %s', (name, hash, sign) => {
  test.each(['light', 'dark'] as const)(`axe finds no error on the page ${name}, %s`, async colorScheme => {
    await page.emulateMedia({ colorScheme });
    await visit(hash);
    await page.getByText(sign).first().waitFor();
    const folded = page.locator('details:not([open]) > summary:visible');
    while ((await folded.count()) > 0) await folded.first().click();
    expect(await violations(page)).toEqual([]);
  });

  test(`the page ${name} fits a phone: only tables and plots scroll sideways, and axe finds no error`, async () => {
    await page.setViewportSize(PHONE);
    await visit(hash);
    await page.getByText(sign).first().waitFor();
    const tooWide = await page.evaluate(TOO_WIDE);
    expect(tooWide).toBe(0);
    expect(await violations(page)).toEqual([]);
  });
});

test('a feature page can be reached by keyboard alone, and the focus moves to its content', async () => {
  const wanted = page.getByRole('link', { name: 'code.review' }).first();
  for (let press = 0; press < 40; press++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate(element => element.matches(':focus'))) break;
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'code.review' }).waitFor();
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  expect(await page.title()).toBe('code.review · outcome-router');
});

test('an intent that another connection writes appears without a reload', async () => {
  await page.locator('.live', { hasText: 'live' }).waitFor();
  const intents = page.getByText(/intents\. Total cost/);
  const counted = async (): Promise<number> =>
    Number((await intents.textContent())?.split(' intents')[0]?.replaceAll(',', ''));
  const before = await counted();
  const other = sqlite(file);
  const toMs = Date.now();
  await writeLedger(renamed(other), { intents: 100, seed: 2, fromMs: toMs - 60_000, toMs });
  await other.close();
  await expect.poll(counted).toBeGreaterThan(before);
});

/** The same traffic under other intent ids. */
function renamed(inner: Store): Store {
  return {
    ...inner,
    commitAll: async changes =>
      inner.commitAll(
        changes.map(change => {
          const intentId = `again-${change.intentId}`;
          return { ...change, intentId, records: change.records.map(record => ({ ...record, intentId })) };
        }),
      ),
  };
}

test('the overview and the page of a feature show what an operator has set, by whom and why', async () => {
  const control = { kind: 'pinned', subject: 'code.review', plan: 'premium', atMs: Date.now() } as const;
  await store.setControl?.({ ...control, isSet: true, revision: 1, by: 'ann', why: 'mini answers in rhymes' });
  for (const hash of ['#/overview', '#/feature/code.review']) {
    await visit(hash);
    await page.reload();
    const row = page.getByRole('row', { name: 'code.review is pinned to premium' });
    expect(await row.textContent()).toMatch(/UTC.*ann.*mini answers in rhymes/);
    expect(await violations(page)).toEqual([]);
  }
  // The page states the choice once for each segment, and says everywhere that a plan is pinned.
  expect(await page.getByText('An operator has pinned premium, which').count()).toBeGreaterThan(0);
  expect(await page.locator('.now').textContent()).toMatch(/^Now: An operator has pinned premium, which/);
  await store.setControl?.({ ...control, isSet: false, revision: 2 });
  await page.reload();
  await page.getByRole('heading', { name: /^What the router does/ }).waitFor();
  // Each page reads what operators have set at its own pace.
  await expect.poll(async () => page.getByText('is pinned to premium').count()).toBe(0);
});

test('every plot has an accessible name, and a table repeats its figures', async () => {
  await visit('#/feature/code.review');
  const plots = page.getByRole('img', { name: /of code\.review over time/ });
  await plots.nth(1).waitFor();
  expect(await plots.count()).toBe(3);
  const drawn = await plots
    .first()
    .locator('canvas')
    .evaluate(canvas => {
      const { width, height } = canvas as unknown as { width: number; height: number };
      const context2d = (
        canvas as unknown as {
          getContext: (kind: '2d') => { getImageData: (...area: number[]) => { data: Uint8ClampedArray } };
        }
      ).getContext('2d');
      return new Set(context2d.getImageData(0, 0, width, height).data).size;
    });
  expect(drawn).toBeGreaterThan(20);
  await page.getByText('Figures of the plots').click();
  expect(
    await page.getByRole('table', { name: 'code.review over time', exact: true }).getByRole('row').count(),
  ).toBeGreaterThan(10);
});

test('the failure cost slider changes the scenario by keyboard, and the reset button undoes it', async () => {
  await visit('#/what-if/support.reply');
  const share = async (row: string): Promise<number> => {
    const cells = page
      .getByRole('row', { name: new RegExp(`^${row}`) })
      .first()
      .getByRole('cell');
    return Number.parseFloat((await cells.first().textContent()) ?? '');
  };
  await expect.poll(async () => share('with your changes')).toBeLessThan(20);
  const slider = page.getByRole('slider', { name: /^Failure cost/ });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect.poll(async () => share('with your changes')).toBeGreaterThan(90);
  expect(await share('current')).toBeLessThan(20);
  await page.getByRole('button', { name: 'Reset: Failure cost' }).click();
  await expect.poll(async () => share('with your changes')).toBeLessThan(20);
});

test('the calculator computes the published example and rejects impossible values', async () => {
  await visit('#/calculator');
  const second = page.getByRole('row', { name: /^Second/ });
  expect(await second.textContent()).toMatch(/\$0\.76.*\$0\.80/);
  await page
    .getByLabel(/^Failure cost/)
    .nth(1)
    .fill('0');
  await expect.poll(async () => second.textContent()).toMatch(/\$0\.014/);
  await page
    .getByLabel(/^Success rate/)
    .nth(1)
    .fill('0');
  await page.getByText('Success rate: ').waitFor();
});

test('labels from the audit page are in the ledger and in the next report', async () => {
  await visit('#/audit/support.reply');
  const label = async (name: 'Yes' | 'No'): Promise<string> => {
    const id = (await page.locator('.words code').first().textContent()) ?? '';
    await page.getByRole('button', { name, exact: true }).click();
    await page.getByText(`${id} is labelled`).waitFor();
    return id;
  };
  const ids = [await label('No'), await label('No'), await label('Yes')];
  await expect
    .poll(async () => page.getByText('of them are labelled').textContent())
    .toMatch(/ 3 of them are labelled/);
  for (const [i, id] of ids.entries()) {
    const last = (await store.load(id)).at(-1);
    expect(last).toMatchObject({
      kind: expect.stringMatching(/labelled|corrected/),
      evidence: { source: 'audit', success: i === 2 },
    });
  }
  const { features } = await reportOf(store, { nowMs: Date.now(), features: ['support.reply'] });
  expect(features[0]?.audit?.audited).toBeGreaterThan(0);
  await visit('#/feature/support.reply');
  await page.getByText(/intents were audited/).waitFor();
});

describe('mounted behind the login of an application', () => {
  /** The role that the application gives every request. */
  let role: 'read' | 'label' | 'unauthenticated' = 'read';
  const asked: string[] = [];

  async function mount(): Promise<{ readonly url: string; close(): Promise<void> }> {
    const handler = dashboardHandler({
      store,
      site,
      basePath: '/ops/router',
      authorize: request => {
        asked.push(request.url ?? '');
        return role;
      },
    });
    const server = createServer((request, response) => void handler(request, response));
    await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ops/router`,
      async close() {
        handler.close();
        server.closeAllConnections();
        await new Promise<void>(resolve => void server.close(() => resolve()));
      },
    };
  }

  test('every page works below a base path, live updates included, and sends no request outside it', async () => {
    const { url, close } = await mount();
    complaints = [];
    const other = await context.newPage();
    other.on('pageerror', error => complaints.push(error.message));
    other.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    role = 'read';
    asked.splice(0);
    // Without the slash: the redirect leads into the base path.
    await other.goto(url);
    await other.locator('.live', { hasText: 'live' }).waitFor();
    for (const [, hash, sign] of PAGES) {
      await other.goto(`${url}/${hash}`);
      await other.getByText(sign).first().waitFor();
    }
    expect(asked.filter(path => !path.startsWith('/ops/router'))).toEqual([]);
    expect(new Set(asked.map(path => path.split('?')[0]))).toContain('/ops/router/api/what-if');
    await other.close();
    await close();
  });

  test('a read-only user sees the audit without its buttons, and an auditor can label', async () => {
    const { url, close } = await mount();
    const other = await context.newPage();
    const yes = other.getByRole('button', { name: 'Yes', exact: true });
    role = 'read';
    await other.goto(`${url}/#/audit/code.review`);
    await other.getByText('Your role may read this sample').waitFor();
    expect(await yes.count()).toBe(0);
    role = 'label';
    await other.reload();
    await other.getByText('Did the user get what they wanted?').waitFor();
    const id = (await other.locator('.words code').first().textContent()) ?? '';
    await yes.click();
    await other.getByText(`${id} is labelled`).waitFor();
    expect((await store.load(id)).at(-1)).toMatchObject({ evidence: { source: 'audit', success: true } });
    await other.close();
    await close();
  });

  test('a page tells the user when the login session has ended', async () => {
    const { url, close } = await mount();
    const other = await context.newPage();
    role = 'read';
    await other.goto(`${url}/#/calculator`);
    await other.getByRole('heading', { name: 'Calculator' }).waitFor();
    role = 'unauthenticated';
    await other.getByRole('link', { name: 'Prices' }).click();
    await other.getByText('sign in first').waitFor();
    await other.close();
    await close();
  });
});

test('a browser without a link or with an invented link is refused and sees nothing of the ledger', async () => {
  const stranger = await browser.newContext();
  const other = await stranger.newPage();
  const base = `http://127.0.0.1:${dashboard.port}`;
  expect((await other.goto(base))?.status()).toBe(401);
  expect((await other.goto(`${base}/enter?token=${'x'.repeat(43)}`))?.status()).toBe(403);
  expect(await other.textContent('body')).not.toContain('support.reply');
  await stranger.close();
});

test('a page of another origin can neither read from the dashboard nor write to it', async () => {
  const base = `http://127.0.0.1:${dashboard.port}`;
  const other = await context.newPage();
  // The same browser, with the cookie, on a page of another site.
  await other.route('http://evil.example/', async route =>
    route.fulfill({ contentType: 'text/html', body: '<p>hello</p>' }),
  );
  await other.goto('http://evil.example/');
  const tried = await other.evaluate(async address => {
    const headers = { 'content-type': 'application/json' };
    const outcomes = await Promise.allSettled([
      fetch(`${address}/api/overview`, { credentials: 'include' }),
      fetch(`${address}/api/audit`, { method: 'POST', credentials: 'include', headers, body: '{}' }),
    ]);
    return outcomes.map(outcome => outcome.status);
  }, base);
  expect(tried).toEqual(['rejected', 'rejected']);
});
