/**
 * `node tools/screenshots.ts`: the images of the README and the documentation, in docs/images, taken of the dashboard and the report on a
 * ledger of synthetic traffic (the one that the benchmarks use). Needs a Chromium.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { writeLedger } from '../benchmarks/dashboard/ledger.ts';
import { startDashboard } from '../src/dashboard/server.ts';
import { reportOf } from '../src/analysis/report.ts';
import { renderReportHtml } from '../src/exports/html/report-html.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { buildSite } from '../test/dashboard/built-site.ts';
import { launchChromium } from '../test/dashboard/chromium.ts';
import { ROOT } from './sources.ts';

const DAY_MS = 86_400_000;
const INTENTS = 20_000;
const IMAGES = join(ROOT, 'docs', 'images');

interface Shot {
  readonly name: string;
  readonly hash: string;
  readonly height: number;
  readonly width?: number;
  readonly dark?: boolean;
  /** An element that must be visible before the screenshot is taken. */
  readonly sign: string;
  readonly before?: (page: Page) => Promise<void>;
}

const SHOTS: readonly Shot[] = [
  { name: 'dashboard-overview', hash: '#/overview', height: 900, width: 1_300, sign: 'What changed' },
  {
    name: 'dashboard-feature',
    hash: '#/feature/code.review',
    height: 1_500,
    width: 1_300,
    sign: 'What the router does',
  },
  {
    name: 'dashboard-what-if',
    hash: '#/what-if/support.reply',
    height: 700,
    dark: true,
    sign: 'What the router would do',
    before: async page => {
      await page.getByRole('slider', { name: /^Failure cost/ }).press('Home');
      await page.getByRole('row', { name: /^with your changes 9\d/ }).waitFor();
    },
  },
  {
    name: 'dashboard-intents',
    hash: '#/intents?outcome=failure&feature=support.reply',
    height: 760,
    sign: 'failure cost',
  },
  { name: 'dashboard-receipt', hash: '#/intent/invoice.extract-5990', height: 960, sign: 'What happened' },
  {
    name: 'dashboard-intents-phone',
    hash: '#/intents?outcome=failure',
    height: 800,
    width: 390,
    sign: 'failure cost',
    before: async page => page.locator('.intents').scrollIntoViewIfNeeded(),
  },
  {
    name: 'dashboard-receipt-phone',
    hash: '#/intent/invoice.extract-5990',
    height: 800,
    width: 390,
    sign: 'What happened',
  },
  { name: 'dashboard-phone', hash: '#/overview', height: 844, width: 390, sign: 'What changed' },
];

const folder = mkdtempSync(join(tmpdir(), 'outcome-router-'));
const store = sqlite(join(folder, 'router.db'));
const toMs = Date.now();
await writeLedger(store, { intents: INTENTS, seed: 1, fromMs: toMs - 60 * DAY_MS, toMs });
mkdirSync(IMAGES, { recursive: true });

const browser = await launchChromium();
const site = await buildSite(join(folder, 'site'));
const dashboard = await startDashboard({ store, site });
for (const { name, hash, height, width = 1_100, dark = false, sign, before } of SHOTS) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    deviceScaleFactor: 1.5,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on('pageerror', error => {
    throw error;
  });
  await page.goto(dashboard.newLink());
  await page.goto(`http://127.0.0.1:${dashboard.port}/${hash}`);
  await page.getByText(sign).filter({ visible: true }).first().waitFor();
  await before?.(page);
  await page.locator('.live', { hasText: /^live$/ }).waitFor();
  const png = await page.screenshot();
  writeFileSync(join(IMAGES, `${name}.webp`), await webpOf(await context.newPage(), png));
  await context.close();
}
await dashboard.close();

const file = join(folder, 'report.html');
writeFileSync(file, renderReportHtml(await reportOf(store, { nowMs: toMs })));
const page = await browser.newPage({ viewport: { width: 1_100, height: 900 }, deviceScaleFactor: 1.5 });
await page.goto(pathToFileURL(file).href);
await page.screenshot({ path: join(IMAGES, 'report.png') });
await browser.close();
await store.close();
rmSync(folder, { recursive: true });
console.log(`${SHOTS.length + 1} images in docs/images`);

/** Half the size, because the package contains the images of its pages. Encoded by the browser, in an empty page. */
async function webpOf(empty: Page, png: Buffer): Promise<Buffer> {
  const encode = `async data => {
    const image = await createImageBitmap(await (await fetch('data:image/png;base64,' + data)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    canvas.getContext('2d').drawImage(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  }`;
  return Buffer.from(await empty.evaluate<number[]>(`(${encode})('${png.toString('base64')}')`));
}
