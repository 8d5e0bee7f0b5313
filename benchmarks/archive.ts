/**
 * The archive of a large ledger: the time and memory of an exact recount, and the time of a report. The files are those of a year
 * of intents with three records each, two thirds as many rows of contributions, filled by DuckDB itself; the sums that they must
 * have are added up here in JavaScript. `npm run bench:archive [-- --rows 10000000] [--json] [--save NAME] [--no-bars]`
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reportOf } from '../src/analysis/report.ts';
import type { Cell, SumName } from '../src/core/cells/cell.ts';
import { archiveLedger } from '../src/exports/archive/archive-ledger.ts';
import { archivedBase } from '../src/exports/archive/archived-base.ts';
import { withArchive } from '../src/exports/archive/archived-view.ts';
import { CONTRIBUTION_COLUMNS } from '../src/exports/archive/contribution-columns.ts';
import { openDuckDb, sqlText } from '../src/exports/archive/duckdb.ts';
import type { ArchivedFile } from '../src/exports/archive/folder.ts';
import { contentsOf, writeWhole } from '../src/exports/archive/folder.ts';
import type { ArchiveRun, FileKind } from '../src/exports/archive/manifest.ts';
import { newManifest, writeManifest } from '../src/exports/archive/manifest.ts';
import { rebuildCells } from '../src/stores/rebuild.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import type { MeasuredFigure } from './measured.ts';
import { MEASURED_FLAGS, report } from './measured.ts';
import { atMost } from './statistics/check.ts';
import { changesOf } from './store-changes.ts';

const { values: flags } = parseArgs({
  options: {
    ...MEASURED_FLAGS,
    rows: { type: 'string', default: '10000000' },
    recount: { type: 'string' },
  },
});

const DAYS = 365;
const DAY_MS = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const SEGMENTS = 4;
const MODELS = 3;
/** Number of nodes and plans in all segments; the rows use them in turn. */
const PLACES = 2 * SEGMENTS * MODELS;

/** What a part of the benchmark measured, in a process of its own. */
interface Measured {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakMegabytes: number;
  readonly cells: number;
  readonly corrected: number;
  readonly reportSeconds: number;
}

/** The columns of a row's sums, and how many different numbers each column takes: row `i` has `(i × factor) mod size`. */
const SUMS = CONTRIBUTION_COLUMNS.slice(9).map(({ name, type }, index) => ({
  column: name,
  name: name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()) as SumName,
  factor: 2 * index + 1,
  size: type === 'BIGINT' ? 5_000_011 : 2,
}));

const placeOf = (
  i: number,
): { readonly scope: 'node' | 'plan'; readonly segment: string; readonly subject: string } => ({
  scope: i % 2 === 0 ? 'plan' : 'node',
  segment: `tier=${Math.floor(i / 2) % SEGMENTS}`,
  subject: `model-${Math.floor(i / (2 * SEGMENTS)) % MODELS}`,
});

/** The value of a row, from which both the files and the sums here are computed. */
const valueOf = (i: number, { factor, size }: (typeof SUMS)[number]): number => (i * factor) % size;

/** An intent's records as SQL, with the number `k` of the intent in place of those of a router's records. */
const RECORDS = changesOf(0, { intentId: 'intent-0', feature: 'support', atMs: START })
  .flatMap(({ records }) => records)
  .map(record => {
    let json = sqlText(JSON.stringify(record));
    const filled = { 'intent-0': `'intent-' || k`, 'request-0': `'request-' || k`, [START]: 'at_ms', '525000': 'cost' };
    for (const [text, sql] of Object.entries(filled)) json = `replace(${json}, '${text}', (${sql})::VARCHAR)`;
    return `(${record.revision}, '${record.kind}', ${json})`;
  });

/** Fills the folder of an archive, and returns the expected result of its recount. */
async function fillArchive(folder: string, rows: number): Promise<readonly Cell[]> {
  const perDay = 2 * Math.floor(rows / 2 / DAYS);
  const db = await openDuckDb();
  const columns = SUMS.map(
    ({ column, factor, size }) => `((i * ${factor}) % ${size})::${size === 2 ? 'INTEGER' : 'BIGINT'} AS "${column}"`,
  );
  const runs: ArchiveRun[] = [];
  mkdirSync(folder);
  for (let day = 0; day < DAYS; day++) {
    const name = new Date(START + day * DAY_MS).toISOString().slice(0, 10);
    const written = async (kind: FileKind, sql: string): Promise<ArchivedFile> => {
      const path = `${kind}/day=${name}/run-${day}.parquet`;
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      await db.rows(`COPY (${sql}) TO ${sqlText(file)} (FORMAT parquet, COMPRESSION zstd)`);
      return { path, ...(await contentsOf(file)) };
    };
    const intents = perDay / 2;
    const hour = `${(START + day * DAY_MS) / 3_600_000} + i // ${PLACES} % 24`;
    const contributions = await written(
      'contributions',
      `SELECT 'intent-' || (i // 2) AS intent_id, 3::INTEGER AS revisions, 'support' AS feature,
         CASE WHEN i % 2 = 0 THEN 'plan' ELSE 'node' END AS scope, 'tier=' || (i // 2 % ${SEGMENTS}) AS segment,
         'model-' || (i // ${2 * SEGMENTS} % ${MODELS}) AS subject, CASE WHEN i % 2 = 0 THEN '' ELSE 'v1' END AS version,
         (${hour}) * 3600000 AS decided_at_ms, ${hour} AS hour, ${columns.join(', ')}
       FROM (SELECT range AS i FROM range(${day * perDay}, ${(day + 1) * perDay})) ORDER BY feature, segment, subject, decided_at_ms`,
    );
    const records = await written(
      'records',
      `SELECT 'intent-' || k AS intent_id, 3::INTEGER AS revisions, r[1]::INTEGER AS revision, 3 * k + r[1] AS position,
         'support' AS feature, at_ms::DOUBLE AS at_ms, r[2] AS kind, r[3] AS json
       FROM (SELECT k, at_ms, cost, unnest([${RECORDS.join(', ')}]) AS r FROM (
         SELECT range AS k, (${hour.replace(/\bi\b/, '(2 * range)')}) * 3600000 AS at_ms, 500000 + range * 7919 % 1000003 AS cost
         FROM range(${day * intents}, ${(day + 1) * intents}))) ORDER BY position`,
    );
    const fromMs = START + day * DAY_MS;
    runs.push({
      run: `run-${day}`,
      day: name,
      fromMs,
      toMs: fromMs + DAY_MS - 1,
      intents,
      rows: { records: 3 * intents, contributions: perDay },
      spendNanoUsd: '0',
      files: { contributions, records },
    });
  }
  await db.close();
  await writeWhole(join(folder, 'pruned.jsonl'), '');
  const pruned = { path: 'pruned.jsonl', ...(await contentsOf(join(folder, 'pruned.jsonl'))) };
  await writeManifest(folder, { ...newManifest('bench', pruned), runs });
  return sumsOf(perDay);
}

/** Sums of products of two columns, in the order in which {@link sumsOf} computes them. */
const PRODUCTS: readonly SumName[] = [
  'cost2',
  'failureCost2',
  'costTimesFailureCost',
  'labelledFailureCost2',
  'multiTurnCost2',
  'netCost2',
];

/** Computed by hand: with numbers if no sum of a cell exceeds 2⁵³, and the cubes with bigint. */
function sumsOf(perDay: number): readonly Cell[] {
  const cells: Cell[] = [];
  const index = (name: SumName): number => SUMS.findIndex(sum => sum.name === name);
  const [cost, failure, labelled, turns, net] = [
    index('cost'),
    index('failureCost'),
    index('labelledFailureCost'),
    index('multiTurnCost'),
    index('netCost'),
  ];
  for (let day = 0; day < DAYS; day++) {
    const sums = Array.from({ length: 24 * PLACES }, () => new Float64Array(SUMS.length + PRODUCTS.length));
    const cubes = Array.from({ length: 24 * PLACES }, () => [0n, 0n] as [bigint, bigint]);
    for (let i = day * perDay; i < (day + 1) * perDay; i++) {
      const at = (i % PLACES) * 24 + (Math.floor(i / PLACES) % 24);
      const own = sums[at] as Float64Array;
      for (let s = 0; s < SUMS.length; s++) own[s] = (own[s] ?? 0) + valueOf(i, SUMS[s] as (typeof SUMS)[number]);
      const value = (s: number): number => valueOf(i, SUMS[s] as (typeof SUMS)[number]);
      const [a, f, l, m, n] = [value(cost), value(failure), value(labelled), value(turns), value(net)];
      [a * a, f * f, a * f, l * l, m * m, n * n].forEach(
        (product, k) => (own[SUMS.length + k] = (own[SUMS.length + k] ?? 0) + product),
      );
      const cube = cubes[at] as [bigint, bigint];
      cube[0] += BigInt(a) ** 3n;
      cube[1] += BigInt(m) ** 3n;
    }
    for (const [at, own] of sums.entries()) {
      const place = placeOf(Math.floor(at / 24));
      const bucket = (START + day * DAY_MS) / 3_600_000 + (at % 24);
      const named: [string, bigint][] = SUMS.map(({ name }, s) => [name, BigInt(own[s] ?? 0)]);
      named.push(...PRODUCTS.map((name, k): [string, bigint] => [name, BigInt(own[SUMS.length + k] ?? 0)]));
      named.push(['cost3', cubes[at]?.[0] ?? 0n], ['multiTurnCost3', cubes[at]?.[1] ?? 0n]);
      const sum = Object.fromEntries(named.filter(([, value]) => value !== 0n));
      if (Object.keys(sum).length > 0)
        cells.push({
          key: { ...place, feature: 'support', version: place.scope === 'plan' ? '' : 'v1', bucket },
          sums: sum,
        });
    }
  }
  return cells;
}

/** In a process of its own: the recount of the archive against the store, and a report. */
async function recountAndReport(folder: string): Promise<Measured> {
  const store = sqlite(join(folder, '..', 'router.db'));
  const cpu = process.cpuUsage();
  const started = performance.now();
  const archive = await archivedBase(folder);
  const { corrected, prunedCells } = await rebuildCells(store, 'support', { base: archive.base });
  const wallSeconds = (performance.now() - started) / 1000;
  const used = process.cpuUsage(cpu);
  await archive.close();
  const together = withArchive(store, folder);
  const reporting = process.cpuUsage();
  await reportOf(together, { nowMs: Date.now() });
  const reported = process.cpuUsage(reporting);
  await together.close();
  return {
    cpuSeconds: (used.user + used.system) / 1e6,
    wallSeconds,
    peakMegabytes: process.resourceUsage().maxRSS / 1e3,
    cells: prunedCells,
    corrected,
    reportSeconds: (reported.user + reported.system) / 1e6,
  };
}

/** Records archived per second of processor time, from a ledger in SQLite, in runs of 10,000 intents. */
async function archivingRate(folder: string, intents: number): Promise<number> {
  const store = sqlite(join(folder, 'source.db'));
  for (let index = 0; index < intents; index += 200) {
    const changes = Array.from({ length: 200 }, (_, offset) => changesOf(index + offset)).flat();
    await store.commitAll(changes);
  }
  const cpu = process.cpuUsage();
  const archived = await archiveLedger(store, join(folder, 'target'), { beforeMs: Number.MAX_SAFE_INTEGER });
  const used = process.cpuUsage(cpu);
  await store.close();
  return archived.records / ((used.user + used.system) / 1e6);
}

async function measureAll(rows: number): Promise<readonly MeasuredFigure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'outcome-router-'));
  try {
    const folder = join(directory, 'archive');
    const expected = await fillArchive(folder, Math.floor((rows * 2) / 3));
    const store = sqlite(join(directory, 'router.db'));
    await store.correctCells('support', expected, { id: 'all', pruned: expected });
    await store.archiving?.claim('bench');
    for (let day = 0; day < DAYS; day++) await store.archiving?.remove(`run-${day}`, []);
    for (let index = 0; index < 60; index++) await store.commitAll(changesOf(index, { feature: 'support' }));
    while ((await store.maintain()).more);
    await store.close();
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--recount', folder], {
      encoding: 'utf8',
    });
    if (child.status !== 0) throw new Error(child.stderr);
    const { cells, corrected, cpuSeconds, peakMegabytes, reportSeconds, wallSeconds } = JSON.parse(
      child.stdout,
    ) as Measured;
    if (corrected !== 0) throw new Error(`${corrected} cells differ from what was written`);
    const count = rows.toLocaleString('en-US');
    return [
      { name: `recount of ${count} records, CPU`, value: cpuSeconds, unit: 's', bar: atMost(60) },
      { name: 'the same recount, wall time', value: wallSeconds, unit: 's', bar: atMost(30) },
      { name: 'the same recount, memory at most', value: peakMegabytes, unit: 'MB', bar: atMost(1000) },
      { name: 'cells that it compared, all equal to the integer', value: cells, unit: '' },
      { name: 'report of that ledger, CPU', value: reportSeconds, unit: 's', bar: atMost(1) },
      { name: 'records archived, by CPU', value: await archivingRate(directory, 30_000), unit: 'per second' },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (flags.recount !== undefined) process.stdout.write(JSON.stringify(await recountAndReport(flags.recount)));
else {
  const rows = Number(flags.rows);
  await report(`npm run bench:archive -- --rows ${rows}`, flags, async () => measureAll(rows));
}
