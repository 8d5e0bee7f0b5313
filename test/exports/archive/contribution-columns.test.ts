import { join } from 'node:path';
import { expect, test } from 'vitest';
import fc from 'fast-check';
import { SUM_NAMES } from '../../../src/core/cells/cell.ts';
import { contribution } from '../../../src/core/cells/contribution.ts';
import type { CellMap } from '../../../src/core/cells/sums.ts';
import { addCell } from '../../../src/core/cells/sums.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import {
  cellOfSums,
  CONTRIBUTION_COLUMNS,
  contributionRow,
  rowsOfFiles,
  sumContributions,
} from '../../../src/exports/archive/contribution-columns.ts';
import { openDuckDb } from '../../../src/exports/archive/duckdb.ts';
import { anIntent, histories, must } from '../../stores/histories.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { inOrder, someIntents } from './old-ledger.ts';

test('law: rows add up in DuckDB to the cells of the same contributions exactly, for costs of any size', async () => {
  const random = fc.sample(histories(), { seed: 7, numRuns: 60 }).flat();
  const folded = [...random, ...someIntents()].map(({ records }) => must(foldIntent(records)));
  const expected: CellMap = new Map();
  const rows = folded.flatMap(intent =>
    contribution(intent).map(cell => {
      addCell(expected, cell);
      return contributionRow(intent, cell);
    }),
  );
  const db = await openDuckDb();
  const values = CONTRIBUTION_COLUMNS.map((_, column) => rows.map(row => must(row[column])));
  await db.makeTable({ name: 'rows', columns: CONTRIBUTION_COLUMNS, values });
  const cells = (await db.rows(sumContributions('rows'))).map(cellOfSums);
  expect(inOrder(cells)).toEqual(inOrder([...expected.values()]));
  // Larger than what 128 bits hold.
  expect(cells.some(({ sums }) => (sums.cost3 ?? 0n) > 2n ** 127n)).toBe(true);
  expect(cells.some(({ sums }) => (sums.multiTurnCost3 ?? 0n) > 2n ** 127n)).toBe(true);
  await db.close();
});

test('rows of files that were written before a sum existed add up as if that sum were 0', async () => {
  const intent = must(foldIntent(anIntent('a').records));
  const rows = contribution(intent).map(cell => contributionRow(intent, cell));
  const values = CONTRIBUTION_COLUMNS.map((_, column) => rows.map(row => must(row[column])));
  const file = join(temporaryFolder(), 'old.parquet');
  const db = await openDuckDb();
  try {
    await db.makeTable({ name: 'rows', columns: CONTRIBUTION_COLUMNS, values });
    await db.rows(`COPY (SELECT * EXCLUDE (with_prefix, prefix_cost, later_requests, prefix_tokens,
      prefix_tokens_after5m, prefix_tokens_after1h) FROM rows) TO '${file}' (FORMAT parquet)`);
    const cells = (await db.rows(sumContributions(rowsOfFiles(`['${file}']`)))).map(cellOfSums);
    expect(inOrder(cells)).toEqual(inOrder(contribution(intent)));
  } finally {
    await db.close();
  }
});

test('every column has a type that Parquet stores exactly, and every sum has a column or is computed from columns', () => {
  expect(new Set(CONTRIBUTION_COLUMNS.map(({ type }) => type))).toEqual(new Set(['VARCHAR', 'INTEGER', 'BIGINT']));
  // Six products and two cubes are made of the others; nine columns say where a row belongs.
  expect(CONTRIBUTION_COLUMNS).toHaveLength(9 + SUM_NAMES.length - 8);
});
