/** The read methods of the PostgreSQL store. */
import { SUM_NAMES } from '../../core/cells/cell.ts';
import { foldCells } from '../../core/cells/grains.ts';
import { askedTogether } from '../../asked-together.ts';
import { intentRemovedError } from '../../contracts/archiving.ts';
import type { StoreView } from '../../contracts/store.ts';
import { textArray } from './arrays.ts';
import { boundary, cellReader } from './cell-reader.ts';
import { ALL_ZERO, cellOfRow, sumsRead } from './cell-rows.ts';
import type { PostgresRow } from './connection.ts';
import { recordOfRow } from './ledger-rows.ts';
import type { ViewContext } from './scan.ts';
import { scanner } from './scan.ts';
import { SESSION, WITH_EVIDENCE } from './schema.ts';
import { statement } from './statement.ts';

/**
 * Maximum number of records of evidence that are looked up one by one. More: sorting them takes longer than finding a page among all
 * intents.
 */
const MAX_RARE = 10_000;

/** The name of a session as it is written in the JSON of a record, without quotation marks. */
function inRecord(session: string): string {
  return JSON.stringify(session).slice(1, -1);
}

export function view(s: string, context: ViewContext): StoreView {
  const { read } = context;
  const cells = cellReader(s, context);
  const scanPages = scanner(s, context);

  const features = statement(`WITH RECURSIVE name (feature) AS (
      SELECT min(feature) FROM ${s}.cells
      UNION ALL SELECT (SELECT min(c.feature) FROM ${s}.cells c WHERE c.feature > name.feature) FROM name WHERE name.feature IS NOT NULL
    ) SELECT feature FROM name WHERE feature IS NOT NULL
      AND EXISTS (SELECT FROM ${s}.cells c WHERE c.feature = name.feature AND NOT (${ALL_ZERO}))`);
  const prunedCells =
    statement(`SELECT c.feature, g.day_before, g.week_before, c.place, c.start, c.grain, ${sumsRead(SUM_NAMES)}
    FROM ${s}.pruned_cells c LEFT JOIN ${s}.grains g ON g.feature = c.feature WHERE $1::text IS NULL OR c.feature = $1`);
  // OFFSET 0: the server looks each row up by its key, and does not join whole tables.
  // A removed intent has one row, without a record.
  const load = statement(`SELECT t.id, l.revision, l.json, h.archived FROM unnest((SELECT $1::text[])) AS t (id)
    CROSS JOIN LATERAL (SELECT id, month, revisions, archived FROM ${s}.heads WHERE id = t.id COLLATE "C" OFFSET 0) h
    LEFT JOIN LATERAL (SELECT revision, json FROM ${s}.ledger WHERE month = h.month AND intent_id = h.id OFFSET 0) l ON true
    WHERE l.revision IS NOT NULL OR h.revisions < 0 ORDER BY t.id, l.revision`);
  const intents = statement(`SELECT id FROM ${s}.heads WHERE feature = $1 AND decided_ms >= $2 AND decided_ms < $3
      AND ($5::text IS NULL OR (decided_ms, id) < (SELECT decided_ms, id FROM ${s}.heads WHERE id = $5))
    ORDER BY decided_ms DESC, id DESC LIMIT $4`);
  const sessionIntents =
    statement(`SELECT h.id FROM (SELECT intent_id FROM ${s}.ledger WHERE revision = 0 AND ${SESSION} = $6 OFFSET 0) l
    JOIN ${s}.heads h ON h.id = l.intent_id WHERE feature = $1 AND decided_ms >= $2 AND decided_ms < $3
      AND ($5::text IS NULL OR (decided_ms, id) < (SELECT decided_ms, id FROM ${s}.heads WHERE id = $5))
    ORDER BY decided_ms DESC, id DESC LIMIT $4`);
  const rare = (rows: string) => ({
    count: statement(
      `SELECT count(*) FROM (SELECT FROM ${s}.ledger WHERE ${rows} AND feature = $1 LIMIT ${MAX_RARE + 1}) l`,
    ),
    intents:
      statement(`SELECT h.id FROM (SELECT DISTINCT intent_id FROM ${s}.ledger WHERE ${rows} AND feature = $1 OFFSET 0) l
      CROSS JOIN LATERAL (SELECT id, decided_ms FROM ${s}.heads WHERE id = l.intent_id AND feature = $1 OFFSET 0) h
      WHERE decided_ms >= $2 AND decided_ms < $3
        AND ($5::text IS NULL OR (decided_ms, id) < (SELECT decided_ms, id FROM ${s}.heads WHERE id = $5))
      ORDER BY decided_ms DESC, id DESC LIMIT $4`),
  });
  const [failed, neither] = [rare(WITH_EVIDENCE.failure), rare(WITH_EVIDENCE.neither)];
  const archive = statement(`SELECT 'archive', value FROM ${s}.meta WHERE key = 'archive'
    UNION ALL SELECT 'run', run FROM ${s}.archive_runs`);

  const removed = statement(
    `SELECT id, last_ms, archived FROM ${s}.heads WHERE id > $1 AND revisions < 0 ORDER BY id LIMIT 1000`,
  );

  const loads = askedTogether(async take => {
    const rows = await read(async ask => ask(load, [textArray([...take()])]));
    return Map.groupBy(rows, ([id]) => id ?? '');
  });

  return {
    features: async () => (await read(async ask => ask(features))).map(([name]) => name ?? ''),
    cells: async feature => (await cells.cellsSince(feature)).cells,
    cellsSince: async (feature, since) => cells.cellsSince(feature, since),
    routingCells: async feature => cells.routingCells(feature),
    nodeTotals: async () => cells.nodeTotals(),
    async prunedCells(feature) {
      const rows = await read(async ask => ask(prunedCells, [feature ?? null]));
      return [...Map.groupBy(rows, ([name]) => name ?? '')].flatMap(([name, ofFeature]) => {
        const [[, day, week]] = ofFeature as [PostgresRow];
        const cells = ofFeature.map(row => cellOfRow(name, row, { from: 3, sums: SUM_NAMES }));
        return foldCells(cells, { dayBefore: boundary(day), weekBefore: boundary(week) });
      });
    },
    async load(id) {
      const rows = (await loads(id)).get(id) ?? [];
      const [, revision, , isArchived] = rows[0] ?? [];
      if (revision === null) throw intentRemovedError(id, isArchived === 't');
      return rows.map(([, revision, json]) => recordOfRow(id, Number(revision), json ?? ''));
    },
    async intents({ feature, session, evidence, fromMs = -Infinity, toMs = Infinity, limit, after = null }) {
      const range = [feature, fromMs, toMs, limit, after];
      const rows = await read(async ask => {
        if (session !== undefined) return ask(sessionIntents, [...range, inRecord(session)]);
        if (evidence === undefined) return ask(intents, range);
        const { count, intents: listed } = evidence === false ? failed : neither;
        const [found] = await ask(count, [feature]);
        return ask(Number(found?.[0]) > MAX_RARE ? intents : listed, range);
      });
      return rows.map(([id]) => id ?? '');
    },
    async *scan(range) {
      for await (const { records } of scanPages(range)) yield* records;
    },
    scanPages,
    async removed(after) {
      const rows = await read(async ask => ask(removed, [after]));
      return rows.map(([id, lastMs, isArchived]) => ({
        id: id ?? '',
        lastMs: Number(lastMs),
        isArchived: isArchived === 't',
      }));
    },
    async archive() {
      const rows = await read(async ask => ask(archive));
      const [name] = rows.find(([kind]) => kind === 'archive')?.slice(1) ?? [];
      if (name === undefined || name === null) return undefined;
      return { archive: name, runs: new Set(rows.flatMap(([kind, run]) => (kind === 'run' ? (run ?? []) : []))) };
    },
  };
}
