/** Adds cells to a table of cells. */
import type { Cell } from '../../core/cells/cell.ts';
import { ADDED_SUMS, CELL_KEY, cellRows, cellsParameter, GIVEN_SUMS, merged, SUM_LIST } from './cell-rows.ts';
import type { AskServer } from './connection.ts';

const KEY = 'feature, place, start, grain';

/** Adds to shard 0 of each bucket, into which the other shards are merged later. Rows are locked in the same order by all writers. */
export async function addToCells(ask: AskServer, s: string, cells: readonly Cell[]): Promise<void> {
  await add(
    ask,
    `INSERT INTO ${s}.cells AS t (${KEY}, shard, xid, ${SUM_LIST})
     SELECT ${CELL_KEY}, 0, pg_current_xact_id(), ${GIVEN_SUMS} FROM ${cellRows('$1')} ORDER BY 1, 2, 3, 4
     ON CONFLICT (${KEY}, shard) DO UPDATE SET xid = excluded.xid, ${ADDED_SUMS}`,
    cells,
  );
}

export async function addToPrunedCells(ask: AskServer, s: string, cells: readonly Cell[]): Promise<void> {
  await add(
    ask,
    `INSERT INTO ${s}.pruned_cells AS t (${KEY}, ${SUM_LIST})
     SELECT ${CELL_KEY}, ${GIVEN_SUMS} FROM ${cellRows('$1')} ORDER BY 1, 2, 3, 4
     ON CONFLICT (${KEY}) DO UPDATE SET ${ADDED_SUMS}`,
    cells,
  );
}

async function add(ask: AskServer, text: string, cells: readonly Cell[]): Promise<void> {
  const sums = merged(cells);
  if (sums.length > 0) await ask({ text }, [cellsParameter(sums, () => ({ shard: 0 }))]);
}

/** Marks features as changed. */
export async function bump(ask: AskServer, s: string, features: readonly string[]): Promise<void> {
  await ask(
    {
      text: `INSERT INTO ${s}.pulse (feature, shard, xid)
    SELECT DISTINCT f COLLATE "C", 0, pg_current_xact_id() FROM unnest($1::text[]) AS f ORDER BY 1
    ON CONFLICT (feature, shard) DO UPDATE SET xid = excluded.xid`,
    },
    [[...features]],
  );
}
