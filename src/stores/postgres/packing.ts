/** Packs the cells that decisions are made from, feature by feature, for processes that start. */
import { packCells } from '../cell-bytes.ts';
import { PACK_EVERY_MS, packTotals } from '../packed-cells.ts';
import { cellReader } from './cell-reader.ts';
import type { AskServer } from './connection.ts';
import type { OpenedSchema } from './opening.ts';

/**
 * Features that a process claims at once. More: the claimed features of a process that ends are packed later. Fewer: more work
 * for the server, which goes through all features to find them.
 */
const CLAIMED_AT_ONCE = 20;

/**
 * Each call packs one feature that was packed long enough ago and has changed since. Of several processes, one claims each
 * feature; if that process is killed, another one claims the feature later. Resolves to whether there was such a feature.
 */
export function packer(s: string, opened: () => Promise<OpenedSchema>): (ask: AskServer) => Promise<boolean> {
  let claimed: string[] = [];
  return async ask => {
    if (claimed.length === 0) claimed = await claim(ask, s);
    const feature = claimed.shift();
    if (feature === undefined) return false;
    const [[generation] = []] = await ask(`SELECT ${GENERATION} FROM ${s}.pulse WHERE feature = $1`, [feature]);
    const reader = cellReader(s, { read: async task => task(ask), opened });
    const found = await reader.routingCellsOfRows(feature);
    const body = Buffer.from(await packCells(found)).toString('hex');
    await ask(
      `UPDATE ${s}.packed_cells SET generation = $2, cursor = $3, totals = $4, body = decode($5, 'hex') WHERE feature = $1`,
      [feature, generation, found.next, packTotals(found.cells), body],
    );
    return true;
  };
}

/** Every process locks rows in the order of their features, so that there is no deadlock. */
async function claim(ask: AskServer, s: string): Promise<string[]> {
  const rows = await ask(
    `WITH changed AS (
       SELECT feature FROM (SELECT feature, ${GENERATION} AS generation FROM ${s}.pulse GROUP BY feature) p LEFT JOIN ${s}.packed_cells c USING (feature)
       WHERE coalesce(c.claimed_until < now() AND c.generation IS DISTINCT FROM p.generation, true)
       ORDER BY c.claimed_until NULLS FIRST LIMIT ${CLAIMED_AT_ONCE}
     )
     INSERT INTO ${s}.packed_cells AS c (feature, claimed_until)
     SELECT feature, now() + $1 * interval '1 ms' FROM changed ORDER BY feature
     ON CONFLICT (feature) DO UPDATE SET claimed_until = excluded.claimed_until WHERE c.claimed_until < now()
     RETURNING feature`,
    [PACK_EVERY_MS],
  );
  return rows.map(([feature]) => feature ?? '');
}

/** A value that changes with every change of a feature, from its rows in `pulse`. */
export const GENERATION = `string_agg(shard || ':' || xid, ' ' ORDER BY shard)`;
