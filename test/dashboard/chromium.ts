/** The system's Chromium. Tests that need it fail on a machine without one instead of being skipped. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

/**
 * The limit for something that never comes: on any machine, a dashboard waits ten times as long as a read took before it reads a changed
 * ledger again.
 */
const PATIENCE_MS = 120_000;

/** The shell is the same engine without the windows of a browser: a page takes less than half the CPU time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

export async function launchChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = NAMES.flatMap(name => folders.map(folder => join(folder, name))).find(path => existsSync(path));
  const executablePath = process.env['CHROMIUM'] ?? found;
  if (executablePath === undefined) {
    throw new Error(
      'these tests need a Chromium: `apt-get install chromium-headless-shell` (or chromium), or name one in the variable CHROMIUM',
    );
  }
  // Chromium's sandbox needs privileges that a container lacks; the pages are our own.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async options => {
    const context = await newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    return context;
  };
  return browser;
}

/** Pixels by which a page is wider than its window. This function runs in the page. */
export const TOO_WIDE = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
