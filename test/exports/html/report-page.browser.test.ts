/** The HTML report in a real Chromium, as a reader of the mailed or printed file sees it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

const folder = mkdtempSync(join(tmpdir(), 'outcome-router-'));
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
  rmSync(folder, { recursive: true });
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
