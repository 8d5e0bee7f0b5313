/** One first view of the dashboard and its filters in a real Chromium, by phase, with the CPU that the main threads of server and page took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Milliseconds from the start of the command. */
export interface FirstView {
  /** The command has printed its link. */
  readonly link: number;
  readonly html: number;
  /** The page's script has arrived and been read. */
  readonly script: number;
  /** The overview's figures have arrived. */
  readonly answer: number;
  /** The table of features is drawn. */
  readonly drawn: number;
  /** CPU of the main threads, because each waits for the other, whatever else the machine does. */
  readonly serverCpu: number;
  readonly pageCpu: number;
}

/** Milliseconds from choosing a filter to its drawn list. */
export interface Filtered {
  readonly filter: string;
  readonly drawn: number;
  readonly serverCpu: number;
  readonly found: number;
  /** Whether the page offers to continue a search that has not yet read everything. */
  readonly isPartial: boolean;
}

export interface Visit {
  readonly firstView: FirstView;
  readonly filters: readonly Filtered[];
}

/** @param filters queries of the page of intents */
export async function visit(browser: Browser, ledger: string, filters: readonly string[]): Promise<Visit> {
  const page = await browser.newPage();
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Performance.enable');
  const startMs = Date.now();
  const command = spawn(process.execPath, [MAIN, 'dashboard', ledger], { stdio: ['pipe', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(command.stdout, 'data')) as [Buffer];
    const link = Date.now() - startMs;
    await page.goto(String(line).trim(), { waitUntil: 'commit' });
    await page.getByRole('table').first().waitFor();
    const drawn = Date.now() - startMs;
    const serverCpu = cpuMsOf(command.pid);
    const at = await page.evaluate<Record<'html' | 'script' | 'answer', number>>(TIMES);
    const firstView: FirstView = {
      link,
      html: at.html - startMs,
      script: at.script - startMs,
      answer: at.answer - startMs,
      drawn,
      serverCpu,
      pageCpu: await threadMs(devTools),
    };
    const list: Filtered[] = [];
    for (const filter of filters) list.push(await filtered(page, command.pid, filter));
    return { firstView, filters: list };
  } finally {
    command.kill('SIGINT');
    await once(command, 'exit');
    await page.close();
  }
}

/** Times since the epoch. The page's root is filled when its script has been read. */
const TIMES = `(() => {
  const ended = part => {
    const entry = performance.getEntriesByType('resource').find(({ name }) => name.includes(part));
    return performance.timeOrigin + entry.responseEnd;
  };
  const [{ responseEnd }] = performance.getEntriesByType('navigation');
  return { html: performance.timeOrigin + responseEnd, script: ended('/assets/index-'), answer: ended('/api/overview') };
})()`;

/** Two frames after the answer to the filter arrived, the list is on the screen. */
const FILTER = (hash: string): string => `new Promise(resolve => {
  const from = performance.now();
  location.hash = ${JSON.stringify(hash)};
  const look = () => {
    const answer = performance.getEntriesByType('resource').findLast(({ name }) => name.includes('/api/intents?'));
    if (answer === undefined || answer.startTime < from || answer.responseEnd === 0) return requestAnimationFrame(look);
    requestAnimationFrame(() => requestAnimationFrame(() => resolve({
      drawn: performance.now() - from,
      found: document.querySelectorAll('ol.intents > li').length,
      isPartial: [...document.querySelectorAll('a.button')].some(({ textContent }) => textContent === 'Search on'),
    })));
  };
  look();
})`;

async function filtered(page: Page, pid: number | undefined, filter: string): Promise<Filtered> {
  const before = cpuMsOf(pid);
  const { drawn, ...found } = await page.evaluate<Omit<Filtered, 'filter' | 'serverCpu'>>(
    FILTER(`#/intents?${filter}`),
  );
  return { filter, drawn: Math.round(drawn), serverCpu: cpuMsOf(pid) - before, ...found };
}

/** CPU of a process's main thread so far. Linux counts it in hundredths of a second. */
function cpuMsOf(pid: number | undefined): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ');
  const fields = rest.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function threadMs(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send('Performance.getMetrics');
  return Math.round((metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0) * 1_000);
}
