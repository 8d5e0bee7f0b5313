/** The HTML report in a real Chromium, as a reader of the mailed or printed file sees it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLedger } from '../../../benchmarks/dashboard/ledger.ts';
import { reportOf } from '../../../src/analysis/report.ts';
import { renderReportHtml } from '../../../src/exports/html/report-html.ts';
import { memory } from '../../../src/stores/memory.ts';
import { violations } from '../../dashboard/axe.ts';
import { launchChromium, TOO_WIDE } from '../../dashboard/chromium.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const file = join(folder, 'report.html');
let browser: Browser;

beforeAll(async () => {
  const store = memory();
  await writeLedger(store, { intents: 1_000, seed: 1, fromMs: 1.8e12 - 30 * 86_400_000, toMs: 1.8e12 });
  writeFileSync(file, renderReportHtml(await reportOf(store, { nowMs: 1.8e12 })));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
});

async function open(colorScheme: 'light' | 'dark', width: number): Promise<Page> {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } });
  page.on('console', message => expect.unreachable(message.text()));
  await page.goto(pathToFileURL(file).href);
  await page.locator('details').evaluateAll(list => {
    for (const each of list) each.setAttribute('open', '');
  });
  return page;
}

test.each([
  ['light', 1200],
  ['dark', 1200],
  ['light', 360],
] as const)(
  'the report in a %s scheme, %i px wide, has no axe violation and no horizontal page scroll',
  async (scheme, width) => {
    const page = await open(scheme, width);
    expect(await violations(page)).toEqual([]);
    const tooWide = await page.evaluate(TOO_WIDE);
    expect(tooWide).toBe(0);
    await page.close();
  },
);

test.each([960, 1100, 1440])(
  'no table is wider than a screen of %i px: an interval goes under its figure',
  async width => {
    const page = await open('light', width);
    expect(
      await page
        .locator('.scroll')
        .evaluateAll(list =>
          list.filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent),
        ),
    ).toEqual([]);
    await page.close();
  },
);

test('the report prints dark on white in any scheme, with no table cut off', async () => {
  const page = await open('dark', 1000);
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const colours = await page.evaluate(
    '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
  );
  expect(colours).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  const cut = await page
    .locator('.scroll:visible')
    .evaluateAll(list => list.filter(each => each.scrollWidth > each.clientWidth + 1).length);
  expect(cut).toBe(0);
  await page.close();
});

test('the report of five features is at most 5,000 pixels long on a screen, and four A4 pages printed', async () => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(pathToFileURL(file).href);
  expect(Number(await page.evaluate('document.documentElement.scrollHeight'))).toBeLessThanOrEqual(5_000);
  const pdf = await page.pdf({ format: 'A4', margin: { top: '12mm', bottom: '12mm', left: '12mm', right: '12mm' } });
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  expect(pages).toBeGreaterThanOrEqual(2);
  expect(pages).toBeLessThanOrEqual(4);
  await page.close();
});

test('the header has the period, the ledger and the time, the contents link to every feature, and no text of a plot is cut off', async () => {
  const page = await open('light', 1440);
  expect(await page.locator('.facts').textContent()).toMatch(/Period.*UTC.*Generated.*UTC/);
  const links = page.getByRole('navigation', { name: 'Contents' }).getByRole('link');
  expect(await links.count()).toBe(5);
  for (const link of await links.all()) {
    const id = decodeURIComponent((await link.getAttribute('href'))?.slice(1) ?? '');
    expect(await page.locator(`[id="${id}"]`).count()).toBe(1);
  }
  const cut = await page.locator('svg text').evaluateAll(texts =>
    texts
      .filter(text => {
        const [own, frame] = [
          text.getBoundingClientRect(),
          text.closest('svg')?.getBoundingClientRect() ?? { left: 0, right: 0 },
        ];
        return own.left < frame.left - 1 || own.right > frame.right + 1;
      })
      .map(text => text.textContent),
  );
  expect(cut).toEqual([]);
  await page.close();
});
