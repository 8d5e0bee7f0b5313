/** The prepared statements of the SQLite store. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { cellTable } from './sqlite-cells.ts';
import { BLOCK_SERIALS, HAS_NO_SUCCESS, HAS_SESSION, IS_FAILURE, SESSION } from './sqlite-schema.ts';
import { PAGE_OF_LINES, PAGE_OF_TEXTS } from './sqlite-texts.ts';

export type Statements = ReturnType<typeof prepare>;

const isAny = (table: string, condition: string): string =>
  `EXISTS (SELECT 1 FROM ${table} AS row WHERE row.feature = features.feature AND ${condition})`;

/** True where the feature of a due intent is one of $features, a list in JSON; null means any feature. */
const IS_WANTED = `($features IS NULL OR (SELECT feature FROM ledger_8 WHERE ledger_8.intent_id = pending.intent_id AND revision = 0)
  IN (SELECT value FROM json_each($features)))`;

/** Records of a feature with evidence of failure, or of neither success nor failure. */
const WITH_EVIDENCE = `FROM ledger_8 INDEXED BY intents_without_success WHERE ${HAS_NO_SUCCESS}
  AND feature = $feature AND ${IS_FAILURE} = $isFailure`;

/** Older than a limit by the clocks of the process and of the machine: a process's clock may be ahead. */
const OLD_SESSIONS = 'SELECT id FROM sessions WHERE at_ms < min(?, 1000.0 * unixepoch()) - ?';

export function prepare(database: DatabaseSync) {
  const sql = (text: string): StatementSync => database.prepare(text);
  return {
    begin: sql('BEGIN IMMEDIATE'),
    end: sql('COMMIT'),
    /** Changes when another connection has committed, and only then. */
    dataVersion: sql('PRAGMA data_version'),
    note: sql('INSERT INTO journal (at_ms, changes) VALUES (?, ?)'),
    noted: sql('SELECT seq, changes FROM journal WHERE at_ms >= 0 ORDER BY seq'),
    lastNoted: sql('SELECT seq, at_ms FROM journal WHERE at_ms >= 0 ORDER BY seq DESC LIMIT 1'),
    isStillNoted: sql('SELECT 1 FROM journal WHERE seq = ? AND at_ms = ?'),
    forgetNoted: sql('DELETE FROM journal WHERE at_ms >= 0 AND seq <= ?'),
    /**
     * A time below 0 marks a row that was set aside. It is the negative of the row's own time, so that a person who repairs the
     * row can remove the mark.
     */
    setNotedAside: sql('UPDATE journal SET at_ms = -max(at_ms, 1) WHERE seq = ?'),
    setNoted: sql('UPDATE journal SET changes = ? WHERE seq = ?'),
    notedAside: sql('SELECT seq, changes FROM journal WHERE at_ms < 0 ORDER BY seq'),
    hasPending: sql('SELECT 1 FROM pending LIMIT 1'),
    cells: cellTable(database, 'cells'),
    prunedCells: cellTable(database, 'pruned_cells'),
    load: sql('SELECT intent_id, revision, json FROM ledger_8 WHERE intent_id = ? ORDER BY revision'),
    /**
     * Number of records of the intent, because revisions have no gaps; -1 where they were removed. Takes the id twice: the
     * oldest supported Node knows no numbered parameters.
     */
    revisions:
      sql(`SELECT coalesce(max(revision) + 1, (SELECT -1 FROM removed_intents WHERE intent_id = ?), 0) AS revisions
      FROM ledger_8 WHERE intent_id = ?`),
    removed: sql('SELECT is_archived FROM removed_intents WHERE intent_id = ?'),
    // The row is not added in one statement with `revisions`: SQLite would copy it through a temporary table.
    append: sql('INSERT INTO ledger_8 (intent_id, revision, feature, at_ms, kind, json) VALUES (?, ?, ?, ?, ?, ?)'),
    /** Writes nothing where the time stays the same, as it does for most changes of an intent. */
    setDue: sql(`INSERT INTO pending (intent_id, due_at_ms) VALUES (?, ?) ON CONFLICT (intent_id) DO UPDATE
      SET due_at_ms = excluded.due_at_ms, claimed_until_ms = 0 WHERE due_at_ms <> excluded.due_at_ms`),
    clearDue: sql('DELETE FROM pending WHERE intent_id = ?'),
    isDue: sql(
      `SELECT 1 FROM pending WHERE due_at_ms <= $nowMs AND claimed_until_ms <= $nowMs AND ${IS_WANTED} LIMIT 1`,
    ),
    claim: sql(`UPDATE pending SET claimed_until_ms = $untilMs WHERE intent_id IN (SELECT intent_id FROM pending
      WHERE due_at_ms <= $nowMs AND claimed_until_ms <= $nowMs AND ${IS_WANTED} ORDER BY due_at_ms, intent_id LIMIT $limit)
      RETURNING intent_id, due_at_ms`),
    store: sql('SELECT id, day_before, week_before FROM store'),
    /** Moves the boundaries of older buckets; they only grow. */
    setGrains: sql('UPDATE store SET day_before = max(day_before, ?), week_before = max(week_before, ?)'),
    nextSerial: sql(`INSERT INTO features (feature, serial) VALUES (?, 1) ON CONFLICT (feature) DO UPDATE
      SET serial = serial + 1 RETURNING serial`),
    /** The next serial number is the first one of another block. */
    endBlock: sql(`UPDATE features SET serial = serial | ${BLOCK_SERIALS - 1} WHERE feature = ?`),
    feature: sql('SELECT serial, forgotten_serial FROM features WHERE feature = ?'),
    serials: sql('SELECT feature, serial FROM features WHERE feature IN (SELECT value FROM json_each(?))'),
    forget: sql('UPDATE features SET forgotten_serial = serial WHERE feature = ?'),
    features: sql(`SELECT feature FROM features WHERE EXISTS (SELECT 1 FROM cells_8
      WHERE cells_8.feature = features.feature AND sums <> '{}') ORDER BY feature`),
    /** A feature with rows that are too fine, or with empty ones, at most once a day. */
    unmaintained: sql(
      `SELECT feature FROM features WHERE ${[
        ...['cells_8', 'pruned_cells_8'].flatMap(table => [
          isAny(table, "grain = 'hour' AND start < $dayBefore"),
          isAny(table, "grain = 'day' AND start < $weekBefore"),
        ]),
        `(marked_at_ms <= $markedBeforeMs AND ${isAny('cells_8', "sums = '{}'")})`,
      ].join(' OR ')} LIMIT 1`,
    ),
    removeEmpty: sql(`DELETE FROM cells_8 WHERE feature = $feature AND sums = '{}'
      AND serial <= (SELECT marked_serial FROM features WHERE feature = $feature AND marked_at_ms <= $markedBeforeMs)`),
    mark: sql(`UPDATE features SET forgotten_serial = max(forgotten_serial, marked_serial), marked_serial = serial,
      marked_at_ms = $nowMs WHERE feature = $feature AND marked_at_ms <= $markedBeforeMs`),
    packed: sql('SELECT cursor, body FROM packed_cells WHERE feature = ?'),
    totals: sql('SELECT feature, totals FROM packed_cells'),
    /** A feature that has changed since it was packed last, before $packedBeforeMs. */
    toPack: sql(`SELECT feature FROM features LEFT JOIN packed_cells USING (feature)
      WHERE coalesce(made_at_ms <= $packedBeforeMs AND cursor <> (SELECT id FROM store) || '.cells.' || features.serial, true) LIMIT 1`),
    setPacked: sql(
      'INSERT OR REPLACE INTO packed_cells (feature, cursor, made_at_ms, totals, body) VALUES (?, ?, ?, ?, ?)',
    ),
    correct: sql('INSERT OR IGNORE INTO corrections VALUES (?)'),
    decidedAt: sql('SELECT at_ms FROM ledger_8 WHERE intent_id = ? AND revision = 0'),
    intents: sql(`SELECT intent_id FROM ledger_8 WHERE revision = 0 AND feature = $feature AND at_ms >= $fromMs
      AND at_ms < $toMs AND (at_ms, intent_id) < ($beforeMs, $beforeId) ORDER BY at_ms DESC, intent_id DESC LIMIT $limit`),
    sessionIntents:
      sql(`SELECT intent_id FROM ledger_8 INDEXED BY intents_by_session WHERE ${HAS_SESSION} AND ${SESSION} = $session
      AND feature = $feature AND at_ms >= $fromMs AND at_ms < $toMs AND (at_ms, intent_id) < ($beforeMs, $beforeId)
      ORDER BY at_ms DESC, intent_id DESC LIMIT $limit`),
    evidence: sql(`SELECT count(*) AS records FROM (SELECT 1 ${WITH_EVIDENCE} LIMIT $limit)`),
    evidenceIntents:
      sql(`SELECT intent_id FROM ledger_8 WHERE revision = 0 AND intent_id IN (SELECT intent_id ${WITH_EVIDENCE})
      AND at_ms >= $fromMs AND at_ms < $toMs AND (at_ms, intent_id) < ($beforeMs, $beforeId)
      ORDER BY at_ms DESC, intent_id DESC LIMIT $limit`),
    bounds: sql(`SELECT id, coalesce((SELECT min(seq) FROM ledger_8), 1) AS first,
      coalesce((SELECT max(seq) FROM ledger_8), 0) AS last, coalesce((SELECT max(epoch) FROM ledger_ends), 0) AS epoch FROM store`),
    endSince: sql('SELECT min(seq) AS seq FROM ledger_ends WHERE epoch > ?'),
    ends: sql('SELECT epoch, seq FROM ledger_ends'),
    setEnd: sql('INSERT INTO ledger_ends (seq) VALUES (?)'),
    page: sql(`SELECT seq, intent_id, revision, json FROM ledger_8 WHERE seq BETWEEN $start AND $end AND ($feature IS NULL OR feature = $feature)
      AND ($kind IS NULL OR kind IN ($kind, $formerKind)) AND at_ms >= $fromMs AND at_ms < $toMs ORDER BY seq`),
    lines: sql(PAGE_OF_LINES),
    texts: sql(PAGE_OF_TEXTS),
    /** Closed intents that began in this page: nothing is due for them, and their last record is before $beforeMs. */
    closed: sql(`SELECT intent_id FROM ledger_8 AS decided WHERE seq BETWEEN $start AND $end AND revision = 0
      AND at_ms < $beforeMs AND intent_id NOT IN (SELECT intent_id FROM pending)
      AND NOT EXISTS (SELECT 1 FROM ledger_8 WHERE intent_id = decided.intent_id AND at_ms >= $beforeMs)`),
    lastTime: sql('SELECT max(at_ms) AS ms FROM ledger_8 WHERE intent_id = ?'),
    remove: sql('DELETE FROM ledger_8 WHERE intent_id = ?'),
    setRemoved: sql('INSERT OR REPLACE INTO removed_intents VALUES (?, ?, ?)'),
    removedAfter: sql('SELECT intent_id FROM removed_intents WHERE intent_id > ? ORDER BY intent_id LIMIT 1 OFFSET ?'),
    removedPage: sql('SELECT * FROM removed_intents WHERE intent_id > ? ORDER BY intent_id LIMIT ?'),
    forgetRemoved: sql('DELETE FROM removed_intents WHERE intent_id > ? AND intent_id <= ? AND last_ms < ?'),
    archive: sql('SELECT id FROM archive'),
    claimArchive: sql('INSERT INTO archive SELECT ? WHERE NOT EXISTS (SELECT 1 FROM archive)'),
    archiveRuns: sql('SELECT id FROM archive_runs'),
    archiveRun: sql('SELECT 1 FROM archive_runs WHERE id = ?'),
    addRun: sql('INSERT OR IGNORE INTO archive_runs VALUES (?)'),
    /** Time of the first decision at or after a time. */
    firstDecided: sql(`SELECT min((SELECT min(at_ms) FROM ledger_8 WHERE revision = 0 AND feature = features.feature
      AND at_ms >= ?)) AS ms FROM features`),
    closedOnDay: sql(`SELECT intent_id AS id FROM ledger_8 AS decided WHERE revision = 0
      AND feature IN (SELECT feature FROM features) AND at_ms >= $fromMs AND at_ms < $toMs AND at_ms < $beforeMs
      AND intent_id NOT IN (SELECT intent_id FROM pending)
      AND NOT EXISTS (SELECT 1 FROM ledger_8 WHERE intent_id = decided.intent_id AND at_ms >= $beforeMs)
      ORDER BY at_ms, intent_id LIMIT $limit`),
    recordsOf: sql('SELECT seq, json FROM ledger_8 WHERE intent_id = ? ORDER BY revision'),
    isPending: sql('SELECT 1 FROM pending WHERE intent_id = ?'),
    setReply: sql(`INSERT INTO replies VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET model = excluded.model,
      at_ms = excluded.at_ms`),
    modelOfReply: sql('SELECT model FROM replies WHERE key = ?'),
    removeReplies: sql('DELETE FROM replies WHERE at_ms < ?'),
    setAwaited: sql('INSERT OR REPLACE INTO awaited_replies VALUES (?, ?, ?)'),
    intentOfReply: sql('SELECT intent_id AS intent FROM awaited_replies WHERE key = ?'),
    removeAwaited: sql('DELETE FROM awaited_replies WHERE at_ms < ?'),
    controls: sql('SELECT name, CAST(revision AS TEXT) AS revision, json FROM controls'),
    control: sql('SELECT name, CAST(revision AS TEXT) AS revision, json FROM controls WHERE name = ?'),
    sessions: sql('SELECT json FROM sessions WHERE id IN (SELECT value FROM json_each(?))'),
    putSession: sql(`INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms,
      json = excluded.json WHERE at_ms <= excluded.at_ms`),
    oldSession: sql(`SELECT 1 FROM (${OLD_SESSIONS}) LIMIT 1`),
    forgetSessions: sql(`DELETE FROM sessions WHERE id IN (${OLD_SESSIONS} ORDER BY at_ms LIMIT ?)`),
    removeSessions: sql('DELETE FROM sessions WHERE id IN (SELECT value FROM json_each(?))'),
    setControl: sql('INSERT OR REPLACE INTO controls VALUES (?, ?, ?)'),
  };
}
