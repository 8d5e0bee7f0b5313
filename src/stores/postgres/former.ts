/** The methods of the contract before, in terms of the present ones. Goes away with them. */
import { difference } from '../../core/cells/sums.ts';
import { cellKeyString, type Cell } from '../../core/cells/cell.ts';
import { addCell, type CellMap } from '../../core/cells/sums.ts';
import type { Store } from '../../contracts/store.ts';
import type { PostgresRow } from './connection.ts';

type Former = Pick<Store, 'commit' | 'due' | 'replaceCells' | 'generation'>;

export function former(
  store: () => Store,
  s: string,
  query: (text: string, values?: readonly unknown[]) => Promise<readonly PostgresRow[]>,
  newId: () => string,
): Former {
  const generation = async (): Promise<number> =>
    Number((await query(`SELECT coalesce(sum(xid::text::numeric), 0) FROM ${s}.pulse`))[0]?.[0]);
  return {
    async commit(change) {
      const [result] = await store().commitAll([change]);
      if (result?.kind === 'refused') throw result.error;
      return result?.kind === 'committed';
    },
    due: async (nowMs, limit) =>
      (await query(`SELECT id FROM ${s}.heads WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT $2`, [nowMs, limit])).map(
        ([id]) => id ?? '',
      ),
    generation,
    async replaceCells(feature, cells, { ifGeneration, pruned } = {}) {
      if (ifGeneration !== undefined && ifGeneration !== (await generation())) return false;
      return store().correctCells(feature, minus(cells, await store().cells(feature)), {
        id: newId(),
        ...(pruned === undefined ? {} : { pruned: minus(pruned, await store().prunedCells(feature)) }),
      });
    },
  };
}

function minus(cells: readonly Cell[], others: readonly Cell[]): readonly Cell[] {
  const total: CellMap = new Map();
  for (const cell of cells) addCell(total, cell);
  for (const { key, sums } of others) addCell(total, { key, sums: difference({}, sums) });
  return [...total].flatMap(([id, cell]) => (cellKeyString(cell.key) === id ? cell : []));
}
