/** The documentation as a website, built and read in a real Chromium. */
import { globSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { guides } from '../tools/site/guides.ts';
import { capture } from '../tools/run.ts';
import { violations, WCAG } from './dashboard/axe.ts';
import { launchChromium, TOO_WIDE } from './dashboard/chromium.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

/** What typedoc's pages have everywhere: links in the headings that fold. */
const NOT_OURS = /^nested-interactive:/;

const site = temporaryFolder();
let server: Server;
let browser: Browser;
let page: Page;
/** Errors and warnings of the console, and requests to other hosts. */
let complaints: string[];

const address = (path: string): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`;

beforeAll(async () => {
  const built = capture('node', ['tools/site/site.ts', site]);
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://site').pathname).replace(/\/$/, '/index.html');
    try {
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.end(readFileSync(join(site, path)));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  server.close();
});

beforeEach(async () => {
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  page.on('request', request => {
    if (new URL(request.url()).origin !== new URL(address('')).origin) complaints.push(`asked ${request.url()}`);
  });
});

afterEach(async () => {
  await page.close();
  expect(complaints).toEqual([]);
});

test('no link of the site is dead, neither to a page nor to a place on it', () => {
  const pages = new Map(
    globSync('**/*.html', { cwd: site }).map(file => [file, readFileSync(join(site, file), 'utf8')]),
  );
  const idsOf = new Map(
    [...pages].map(([file, html]) => [file, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))]),
  );
  const dead = [...pages].flatMap(([file, html]) =>
    [...html.matchAll(/<a [^>]*href="(?!https?:|mailto:)([^"]+)"/g)].flatMap(([, href = '']) => {
      const [path = '', id] = decodeURIComponent(href.replaceAll('&amp;', '&')).split('#');
      const target = path === '' ? file : join(dirname(file), path.replace(/\/$/, '/index.html'));
      if (id === '') return [];
      const isThere = idsOf.get(target)?.has(id) ?? globSync(target, { cwd: site }).length > 0;
      return isThere || (id === undefined && pages.has(target)) ? [] : [`${file} → ${href}`];
    }),
  );
  expect(pages.size).toBeGreaterThan(100);
  expect(dead).toEqual([]);
});

test('the navigation has every page of the documentation under its heading', async () => {
  await page.goto(address(''));
  for (const { group, title } of guides()) {
    await page
      .locator(`summary[data-key="${group}"]`)
      .evaluate(summary => summary.parentElement?.setAttribute('open', ''));
    await page
      .locator('nav')
      .getByRole('link', { name: `Document ${title}` })
      .waitFor();
  }
});

/** What is wrong with a page for a reader who cannot see it, or who has a phone. */
async function problemsOf(path: string, rules: readonly string[]): Promise<readonly string[]> {
  await page.setViewportSize({ width: 1200, height: 900 });
  expect((await page.goto(address(path)))?.status()).toBe(200);
  // Every page has the same list of pages, most of its elements: axe reads it on the start page alone.
  if (path !== 'index.html') await page.locator('#tsd-nav-container').evaluate(list => list.replaceChildren());
  const errors = (await violations(page, [...rules])).filter(text => !NOT_OURS.test(text));
  await page.setViewportSize({ width: 360, height: 740 });
  const pixels = Number(await page.evaluate(TOO_WIDE));
  return [...errors, ...(pixels === 0 ? [] : [`${pixels} pixels too wide`])].map(problem => `${path}: ${problem}`);
}

const REFERENCES = ['modules.html', 'modules/outcome-router.html', 'interfaces/outcome-router.FeatureConfig.html'];
/** Typedoc's file for a page. */
const fileOf = (title: string): string => `documents/${title.replaceAll(/[ :']/g, '_')}.html`;
const groups = [...new Set(guides().map(({ group }) => group))];

test.each<readonly [string, readonly string[]]>([
  ['the start page and the reference', ['index.html', ...REFERENCES]],
  ...groups.map(
    name => [name, guides().flatMap(({ group, title }) => (group === name ? [fileOf(title)] : []))] as const,
  ),
])('axe finds no error on the pages under %s, and none is wider than a phone', async (_, paths) => {
  const found: string[] = [];
  for (const path of paths) found.push(...(await problemsOf(path, WCAG)));
  expect(found).toEqual([]);
});

test.each(['index.html', 'documents/Getting_started.html', 'interfaces/outcome-router.FeatureConfig.html'])(
  'axe finds no error on %s in dark colors',
  async path => {
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await problemsOf(path, WCAG)).toEqual([]);
  },
);

test('every page has one main part, in which its text is', async () => {
  for (const path of ['index.html', 'documents/Getting_started.html', ...REFERENCES]) {
    await page.goto(address(path));
    expect(await page.getByRole('main').getByRole('heading').count()).toBeGreaterThan(0);
  }
});

test('a search with the keyboard alone finds an option and opens its page', async () => {
  await page.goto(address(''));
  // The page says when it prepares its index; text that is typed before that is not searched for.
  await expect.poll(async () => (await page.locator('#tsd-search-status').textContent())?.trim()).toBe('');
  await page.keyboard.press('/');
  await page.locator('#tsd-search-input').waitFor();
  await page.keyboard.type('failureCostUsd');
  // Beginnings of the word may be found first, and their list is thrown away.
  const options = page.getByRole('dialog').getByRole('option');
  await options
    .filter({ has: page.locator('mark', { hasText: /^failureCostUsd$/ }) })
    .first()
    .waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#failurecostusd$/);
});
