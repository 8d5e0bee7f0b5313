/** The SQL in docs/archive.md gives the figures that it says. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { archiveLedger } from '../../../src/exports/archive/archive-ledger.ts';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { contribution } from '../../../src/core/cells/contribution.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { must } from '../../stores/histories.ts';
import { sqliteFiles } from '../../stores/sqlite-files.ts';
import { filledFile, LATER, someIntents } from './old-ledger.ts';

const { newPath } = sqliteFiles();

test('the query of the documentation gives intents, successes, spend and cost per success of each plan and month', async () => {
  const store = await filledFile(newPath());
  const folder = `${newPath()}.archive`;
  await archiveLedger(store, folder, { beforeMs: LATER });
  const left = new Set((await Array.fromAsync(store.scan())).map(({ intentId }) => intentId));
  await store.close();
  const expected = new Map<string, [bigint, bigint, bigint, bigint]>();
  for (const { intentId, records } of someIntents()) {
    const intent = must(foldIntent(records));
    const plan = contribution(intent).find(({ key }) => key.scope === 'plan');
    if (left.has(intentId) || plan === undefined) continue;
    const month = new Date(intent.decided.atMs).toISOString().slice(0, 7);
    const id = [plan.key.feature, plan.key.subject, month].join(' ');
    const [n, successes, cost, failure] = expected.get(id) ?? [0n, 0n, 0n, 0n];
    const { sums } = plan;
    expected.set(id, [
      n + 1n,
      successes + (sums.successes ?? 0n),
      cost + (sums.cost ?? 0n),
      failure + (sums.failureCost ?? 0n),
    ]);
  }
  const [, sql = ''] = /```sql\n(.*?)```/s.exec(readFileSync('docs/archive.md', 'utf8')) ?? [];
  const db = await openDuckDb();
  const statements = sql
    .replaceAll("'archive/", `'${folder}/`)
    .split(';\n')
    .filter(text => text.trim() !== '');
  let rows: readonly (readonly unknown[])[] = [];
  for (const statement of statements) rows = await db.rows(statement);
  await db.close();
  expect(rows.length).toBe(expected.size);
  for (const [feature, plan, month, intents, successes, cost, perSuccess] of rows) {
    const [n, s, c, f] = must(expected.get([feature, plan, month].join(' ')));
    expect([intents, successes, cost]).toEqual([n, s, c]);
    if (s === 0n) expect(perSuccess).toBeNull();
    else expect(perSuccess).toBeCloseTo(Number(c + f) / 1e9 / Number(s), 6);
  }
});
