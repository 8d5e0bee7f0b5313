/** The views of docs/sql.md, run in DuckDB, give the report's figures. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { writeLedger } from '../benchmarks/dashboard/ledger.ts';
import { contribution } from '../src/core/cells/contribution.ts';
import { foldIntent } from '../src/core/ledger/records.ts';
import { reportFeature } from '../src/core/report/feature-report.ts';
import { archiveLedger } from '../src/exports/archive/archive-ledger.ts';
import type { DuckDb, SqlRow } from '../src/exports/archive/duckdb.ts';
import { openDuckDb } from '../src/exports/archive/duckdb.ts';
import { exportFocus } from '../src/exports/focus/focus.ts';
import { memory } from '../src/stores/memory.ts';
import type { Store } from '../src/contracts/store.ts';
import { VENDOR } from './exports/bill/bills.ts';
import { filledFile, LATER, someIntents } from './exports/archive/old-ledger.ts';
import { must } from './stores/histories.ts';
import { sqliteFiles } from './stores/sqlite-files.ts';

const { newPath } = sqliteFiles();
const page = readFileSync('docs/sql.md', 'utf8');
/** Code blocks without a language load the data in DuckDB; the `sql` blocks have the views for all three databases. */
const blocks = (fence: string): readonly string[] =>
  [...page.matchAll(/^```(\w*)\n([^]*?)^```/gm)].filter(([, name]) => name === fence).map(([, , sql = '']) => sql);
const [loadBill = '', loadArchive = ''] = blocks('');
const [billViews = '', archiveViews = ''] = blocks('sql');

async function run(db: DuckDb, sql: string): Promise<void> {
  for (const statement of sql.split(/;\n/)) if (statement.trim() !== '') await db.rows(statement);
}

async function withBill(store: Store, read: (db: DuckDb) => Promise<void>): Promise<void> {
  const file = `${newPath()}.csv`;
  const chunks = exportFocus(store, { version: '1.3', priceOf: () => undefined, vendorOf: () => VENDOR });
  writeFileSync(file, (await Array.fromAsync(chunks)).join(''));
  const db = await openDuckDb();
  await run(db, loadBill.replace('november.csv', file));
  await run(db, billViews);
  await read(db);
  await db.close();
}

async function sampleStore(): Promise<Store> {
  const store = memory();
  const fromMs = Date.UTC(2026, 8, 20);
  await writeLedger(store, { intents: 600, seed: 3, fromMs, toMs: fromMs + 20 * 86_400_000 });
  return store;
}

const cents = (usd: unknown): number => Math.round(Number(usd) * 100);

describe('views over the FOCUS export', () => {
  test('intents, outcomes, totals, cost per intent and cost per success of each feature and plan are the report’s', async () => {
    const store = await sampleStore();
    await withBill(store, async db => {
      const features = await store.features();
      const rows = new Map((await db.rows('SELECT * FROM cost_by_feature')).map(row => [row[0], row]));
      const plans = await db.rows('SELECT feature, plan, cost_per_intent, cost_per_success FROM cost_by_plan');
      expect(new Set(rows.keys())).toEqual(new Set(features));
      for (const feature of features) {
        const report = reportFeature(feature, await store.cells(feature));
        const [, intents, labelled, successes, spend, failure, perIntent, perSuccess] = must(rows.get(feature));
        expect([intents, labelled, successes].map(Number)).toEqual([report.intents, report.labelled, report.successes]);
        expect(Number(spend)).toBeCloseTo(Number(report.totalCost.spendUsd), 9);
        expect(Number(failure)).toBeCloseTo(Number(report.totalCost.failureUsd), 6);
        expect(cents(perIntent)).toBe(cents(report.costPerIntentUsd.value));
        expect(cents(perSuccess)).toBe(cents(report.costPerSuccessUsd.value));
        expect(Number(perSuccess)).toBeCloseTo(report.costPerSuccessUsd.value, 9);
        for (const plan of report.plans) {
          const found = plans.find(row => row[0] === feature && row[1] === plan.plan);
          if (plan.labelled > plan.successes) expect(Number(found?.[2])).toBeCloseTo(plan.costPerIntentUsd.value, 9);
          if (plan.labelled > plan.successes && plan.successes > 0)
            expect(Number(found?.[3])).toBeCloseTo(plan.costPerSuccessUsd.value, 9);
        }
      }
    });
  });

  test('months and models add up to the whole: every intent is in one month, and every dollar at one model', async () => {
    const store = await sampleStore();
    await withBill(store, async db => {
      const one = async (sql: string): Promise<SqlRow> => must((await db.rows(sql))[0]);
      const whole = await one('SELECT SUM(intents), SUM(successes) FROM cost_by_feature');
      expect(await one('SELECT SUM(intents), SUM(successes) FROM cost_by_month')).toEqual(whole);
      expect(await db.rows('SELECT DISTINCT CAST(month_start AS VARCHAR) FROM cost_by_month ORDER BY 1')).toHaveLength(
        2,
      );
      const [spend] = await one('SELECT SUM(model_spend) FROM cost_by_feature');
      const [byModel] = await one('SELECT SUM(model_spend) FROM cost_by_model');
      expect(Number(byModel)).toBeCloseTo(Number(spend), 9);
      const alone = await db.rows(
        `SELECT m.cost_per_success, p.cost_per_success FROM cost_by_model m JOIN cost_by_plan p
         ON m.feature = p.feature AND m.model LIKE p.plan || '%' WHERE m.feature = 'support.reply'`,
      );
      expect(alone.length).toBeGreaterThan(0);
      for (const [model, plan] of alone) expect(Number(model)).toBeCloseTo(Number(plan), 9);
    });
  });
});

test('the views over the archive give intents, spend and cost per success of each plan and month', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER });
  const left = new Set((await Array.fromAsync(store.scan())).map(({ intentId }) => intentId));
  await store.close();
  const expected = new Map<string, { n: number; labelled: number; successes: number; cost: number; failure: number }>();
  for (const { intentId, records } of someIntents()) {
    const intent = must(foldIntent(records));
    const plan = contribution(intent).find(({ key }) => key.scope === 'plan');
    if (left.has(intentId) || plan === undefined) continue;
    const decided = new Date(intent.decided.atMs);
    const id = [plan.key.feature, plan.key.subject, decided.getUTCFullYear(), decided.getUTCMonth() + 1].join(' ');
    const sum = expected.get(id) ?? { n: 0, labelled: 0, successes: 0, cost: 0, failure: 0 };
    const of = (name: 'labelled' | 'successes' | 'cost' | 'failureCost'): number => Number(plan.sums[name] ?? 0n);
    expected.set(id, {
      n: sum.n + 1,
      labelled: sum.labelled + of('labelled'),
      successes: sum.successes + of('successes'),
      cost: sum.cost + of('cost') / 1e9,
      failure: sum.failure + of('failureCost') / 1e9,
    });
  }
  const db = await openDuckDb();
  await run(db, loadArchive.replaceAll("'archive/", `'${folder}/`));
  await run(db, archiveViews);
  const rows = await db.rows('SELECT * FROM archived_cost_by_plan');
  await db.close();
  expect(rows.length).toBe(expected.size);
  for (const [
    feature,
    plan,
    year,
    month,
    intents,
    labelled,
    successes,
    spend,
    failure,
    perIntent,
    perSuccess,
  ] of rows) {
    const sum = must(expected.get([feature, plan, year, month].join(' ')));
    expect([intents, labelled, successes].map(Number)).toEqual([sum.n, sum.labelled, sum.successes]);
    expect([Number(spend), Number(failure)]).toEqual([expect.closeTo(sum.cost, 9), expect.closeTo(sum.failure, 9)]);
    const cost = sum.cost / sum.n + sum.failure / sum.labelled;
    if (sum.labelled === 0) expect(perIntent).toBeNull();
    else expect(Number(perIntent)).toBeCloseTo(cost, 9);
    if (sum.successes === 0) expect(perSuccess).toBeNull();
    else expect(Number(perSuccess)).toBeCloseTo((cost * sum.labelled) / sum.successes, 9);
  }
});

test('the views use only what DuckDB, BigQuery and Snowflake have in common', () => {
  const sql = `${billViews}${archiveViews}`.replaceAll(/--.*$/gm, '').replaceAll(/'[^']*'/g, "''");
  const called = new Set([...sql.matchAll(/\b([A-Z_]+)\s*\(/g)].map(([, name]) => name));
  for (const name of ['AS', 'FROM', 'IN']) called.delete(name);
  expect(called).toEqual(new Set(['COUNT', 'EXTRACT', 'MAX', 'MIN', 'NULLIF', 'SUM']));
  expect(sql).not.toMatch(/::|GROUP BY ALL|QUALIFY|"|`/);
});
