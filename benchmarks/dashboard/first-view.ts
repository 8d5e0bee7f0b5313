/**
 * `node benchmarks/dashboard/first-view.ts [--store sqlite|postgres] [--intents 1000000] [--ledger file|url] [--json]`: how long
 * a user waits for the first view of a large ledger, by phase from the start of the command, and for filters of its intents, in a real
 * Chromium. Exits with 1 when the median of the first views takes longer than 1 second (2 on PostgreSQL), or that of a filter longer than
 * half a second. Run it on an otherwise idle machine; the load and the CPU are printed with the figures. Needs the built page
 * (`npm run build`). A ledger of PostgreSQL is made on one of its own: 10 million intents take 20 GB and some 20 minutes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startProgress } from '../../src/cli/io/progress.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { launchChromium } from '../../test/dashboard/chromium.ts';
import { startPostgres } from '../../test/support/postgres-server.ts';
import { quartiles, table } from '../report.ts';
import { writeLedger } from './ledger.ts';
import type { Visit } from './phases.ts';
import { visit } from './phases.ts';
import { writePostgresLedger } from './postgres-ledger.ts';
import { RARE_FEATURE, writeRareOnes, writeSuccesses } from './rare-intents.ts';

const FIRST_VIEW_MS = { sqlite: 1_000, postgres: 2_000 };
const FILTER_MS = 500;
const RUNS = 5;
const DAY_MS = 86_400_000;
const ALL = 'period=all';
const FILTERS = [
  ALL,
  `${ALL}&outcome=failure`,
  `${ALL}&model=frontier`,
  `${ALL}&climbed=1`,
  `${ALL}&spend=0.5`,
  `${ALL}&feature=contract.summary&outcome=failure`,
  ...['failure', 'unknown', 'pending'].map(outcome => `${ALL}&feature=${RARE_FEATURE}&outcome=${outcome}`),
];

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: 'sqlite' },
    intents: { type: 'string', default: '1000000' },
    ledger: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const isPostgres = values.store === 'postgres' || values.ledger?.startsWith('postgres') === true;
const intents = Number(values.intents);
const made = values.ledger === undefined ? await makeLedger() : undefined;
const ledger = values.ledger ?? made?.ledger ?? '';
const visits: Visit[] = [];
try {
  const browser = await launchChromium();
  for (let i = 0; i < RUNS; i++) visits.push(await visit(browser, ledger, FILTERS));
  await browser.close();
} finally {
  await made?.remove();
}

const bars = { 'first view': FIRST_VIEW_MS[isPostgres ? 'postgres' : 'sqlite'], filter: FILTER_MS };
const firstViews = visits.map(({ firstView }) => firstView);
const phases = (['link', 'html', 'script', 'answer', 'drawn', 'serverCpu', 'pageCpu'] as const).map(
  phase => [phase, quartiles(firstViews.map(view => view[phase]))] as const,
);
const filters = FILTERS.map((filter, i) => {
  const runs = visits.flatMap(({ filters: list }) => list[i] ?? []);
  return {
    filter,
    ...quartiles(runs.map(({ drawn }) => drawn)),
    serverCpu: quartiles(runs.map(({ serverCpu }) => serverCpu)).median,
    found: runs[0]?.found,
    isPartial: runs.some(({ isPartial }) => isPartial),
  };
});
const firstViewMs = quartiles(firstViews.map(({ drawn }) => drawn)).median;
const holds = firstViewMs <= bars['first view'] && filters.every(each => each.median <= FILTER_MS && !each.isPartial);
const load = `${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`;
if (values.json === true) {
  console.log(JSON.stringify({ intents, phases: Object.fromEntries(phases), filters, bars, holds, load }, null, 2));
} else {
  const ms = (value: number): string => value.toFixed(0);
  const rows = phases.map(([name, { lower, median, upper }]) => [name, ms(median), `${ms(lower)}–${ms(upper)}`]);
  console.log(table(['first view, ms', 'median', 'quartiles'], rows));
  console.log(
    table(
      ['filter, ms', 'median', 'quartiles', 'server CPU', 'found', ''],
      filters.map(({ filter, lower, median, upper, serverCpu, found, isPartial }) => [
        filter,
        ms(median),
        `${ms(lower)}–${ms(upper)}`,
        ms(serverCpu),
        String(found),
        isPartial ? 'search on' : '',
      ]),
    ),
  );
  console.log(`${holds ? 'ok' : 'MISSED'}: the bars are ${bars['first view']} ms and ${FILTER_MS} ms; load ${load}`);
}
process.exitCode = holds ? 0 : 1;

async function makeLedger(): Promise<{ readonly ledger: string; remove(): Promise<void> }> {
  const progress = startProgress({ label: 'writing intents', total: intents, silent: values.json });
  const toMs = Date.now();
  const times = { fromMs: toMs - 60 * DAY_MS, toMs };
  const advance = (count: number): void => progress.advance(count);
  if (isPostgres) {
    const server = await startPostgres({
      settings: { shared_buffers: '1GB', max_wal_size: '2GB', maintenance_work_mem: '256MB' },
    });
    await writePostgresLedger(server.url, { intents, ...times, progress: advance });
    progress.done();
    return { ledger: server.url, remove: async () => server.remove() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'outcome-router-'));
  const file = join(folder, 'router.db');
  const store = sqlite(file);
  await writeLedger(store, { intents: intents / 2, seed: 1, ...times, progress: advance });
  await writeSuccesses(store, { intents: intents / 2, ...times, progress: advance });
  await writeRareOnes(store, times);
  // As a router does from time to time: older hours become days.
  while ((await store.maintain()).more);
  await store.close();
  progress.done();
  return { ledger: file, remove: async () => rmSync(folder, { recursive: true }) };
}
