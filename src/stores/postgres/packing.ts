/** Packs what decisions are made from, feature by feature, for processes that start. */
import { PACK_EVERY_MS, packCells, packTotals } from '../packed-cells.ts';
import { cellReader } from './cell-reader.ts';
import type { AskServer } from './connection.ts';
import type { OpenedSchema } from './opening.ts';

/**
 * Packs one feature that has changed since it was packed last, a while ago. Of several processes, one takes each feature; if it
 * is killed, another one does after that while.
 *
 * @returns whether there was one
 */
export async function packOne(ask: AskServer, s: string, opened: () => Promise<OpenedSchema>): Promise<boolean> {
  const [claimed] = await ask(
    `WITH changed AS (
       SELECT feature FROM (SELECT feature, ${GENERATION} AS generation FROM ${s}.pulse GROUP BY feature) p LEFT JOIN ${s}.packed_cells c USING (feature)
       WHERE coalesce(c.claimed_until < now() AND c.generation IS DISTINCT FROM p.generation, true) ORDER BY c.claimed_until NULLS FIRST LIMIT 1
     )
     INSERT INTO ${s}.packed_cells AS c (feature, claimed_until) SELECT feature, now() + $1 * interval '1 ms' FROM changed
     ON CONFLICT (feature) DO UPDATE SET claimed_until = excluded.claimed_until WHERE c.claimed_until < now()
     RETURNING feature, (SELECT ${GENERATION} FROM ${s}.pulse p WHERE p.feature = c.feature)`,
    [PACK_EVERY_MS],
  );
  if (claimed === undefined) return false;
  const [feature, generation] = claimed;
  const reader = cellReader(s, { read: async task => task(ask), opened });
  const found = await reader.unpackedRoutingCells(feature ?? '');
  const body = Buffer.from(await packCells(found)).toString('hex');
  await ask(
    `UPDATE ${s}.packed_cells SET generation = $2, cursor = $3, totals = $4, body = decode($5, 'hex') WHERE feature = $1`,
    [feature, generation, found.next, packTotals(found.cells), body],
  );
  return true;
}

/** What changed last in a feature, of its rows in `pulse`. */
export const GENERATION = `string_agg(shard || ':' || xid, ' ' ORDER BY shard)`;
