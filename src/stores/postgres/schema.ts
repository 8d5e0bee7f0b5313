/** The tables of the PostgreSQL store, as statements that an administrator can read. */
import { SUM_NAMES, type SumName } from '../../core/cells/cell.ts';

/** Version of the tables, in `meta`. A later package adds tables and columns with defaults; this one ignores them. */
export const SCHEMA_VERSION = 7;

/** The value in `meta` that identifies our tables. */
export const PRODUCT = 'outcome-router';

/** Parts of one bucket that writers add to side by side, so that processes do not wait for each other on a busy feature. */
export const SHARDS = 8;

/** Squares, cubes and products of money, which do not fit in 64 bits. */
const LARGE_SUMS: ReadonlySet<SumName> = new Set([
  'cost2',
  'cost3',
  'failureCost2',
  'costTimesFailureCost',
  'labelledFailureCost2',
  'multiTurnCost2',
  'multiTurnCost3',
  'netCost2',
]);

/** Version 3 of the tables added the columns from this sum on, and version 5 some of them. */
const FIRST_SUM_OF_3: SumName = 'withPrefix';

/** Columns of the sums, in the order of SUM_NAMES. */
export const SUM_COLUMNS: readonly { readonly name: string; readonly type: 'bigint' | 'numeric' }[] = SUM_NAMES.map(
  sum => ({
    name: sum.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`),
    type: LARGE_SUMS.has(sum) ? 'numeric' : 'bigint',
  }),
);

/** Tables by which a schema of ours, or of another program, is recognized. */
export const TABLES = [
  'meta',
  'heads',
  'ledger',
  'cells',
  'pruned_cells',
  'grains',
  'pulse',
  'replies',
  'corrections',
  'controls',
  'packed_cells',
  'archive_runs',
  'sessions',
];

const sums = SUM_COLUMNS.map(({ name, type }) => `${name} ${type} NOT NULL DEFAULT 0`).join(', ');

/** Every commit to a row makes a new version of it: leave room in the page, and vacuum often. */
const OFTEN_UPDATED = `fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
  autovacuum_vacuum_cost_delay = 0`;

/**
 * - `heads`: one row per intent. Its `revisions` are the compare-and-set, `month` is where its records are. For an
 *   intent whose records were removed, `revisions` is below 0, so that no change follows, and the feature is empty, so that no
 *   list has the intent; `archived` says whether the records are in the archive.
 * - `ledger`: the records, by the month of their intent's decision. `xid` orders them for readers that come back later.
 * - `cells`: the statistics, in parts that are added up (`shard`, and hours of a bucket that is a day or a week by now).
 *   `place` is scope, segment, node or plan, and version; `start` the first hour of the bucket; `grain` 0 a week, 1 a day,
 *   2 an hour.
 * - `pruned_cells`: what pruned intents contributed. `grains`: the boundaries of days and weeks, which only grow.
 * - `pulse`: the last change of each feature. `replies`: the models that later requests are bound to, and the intents of
 *   replies that were not finished. `corrections`: which were applied. `controls`: what operators have set. `archive_runs`:
 *   runs of the archive, whose name is in `meta`.
 * - `packed_cells`: what decisions are made from, packed by feature for processes that start.
 * - `sessions`: what is known of users' sessions as of their last reply. It may be empty after a crash: no record depends on it.
 *
 * Times are milliseconds since the epoch.
 *
 * @param schema - Name of the schema, quoted
 */
export function createTables(schema: string): string {
  const s = schema;
  return `CREATE TABLE ${s}.meta (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE ${s}.heads (id text COLLATE "C" PRIMARY KEY, revisions int NOT NULL, month int NOT NULL,
  feature text COLLATE "C" NOT NULL, decided_ms float8 NOT NULL, last_ms float8 NOT NULL, due_ms float8,
  claimed_until_ms float8, law smallint NOT NULL DEFAULT 1, archived boolean NOT NULL DEFAULT false) WITH (fillfactor = 80);
CREATE INDEX heads_by_time ON ${s}.heads (feature, decided_ms, id);
CREATE INDEX heads_by_due ON ${s}.heads (due_ms) WHERE due_ms IS NOT NULL;
CREATE TABLE ${s}.ledger (month int NOT NULL, intent_id text COLLATE "C" NOT NULL, revision int NOT NULL,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(), feature text COLLATE "C" NOT NULL, at_ms float8 NOT NULL,
  kind smallint NOT NULL, json text NOT NULL, PRIMARY KEY (month, intent_id, revision)) PARTITION BY RANGE (month);
CREATE INDEX ledger_by_xid ON ${s}.ledger (xid);
CREATE TABLE ${s}.cells (feature text COLLATE "C", place text COLLATE "C", start int, grain smallint, shard smallint,
  xid xid8 NOT NULL, ${sums},
  PRIMARY KEY (feature, place, start, grain, shard)) WITH (${OFTEN_UPDATED});
CREATE TABLE ${s}.pruned_cells (feature text COLLATE "C", place text COLLATE "C", start int, grain smallint, ${sums},
  PRIMARY KEY (feature, place, start, grain));
CREATE TABLE ${s}.grains (feature text COLLATE "C" PRIMARY KEY, day_before int, week_before int,
  marked_xid xid8, marked_at timestamptz, dropped_xid xid8);
CREATE TABLE ${s}.pulse (feature text COLLATE "C", shard smallint, xid xid8 NOT NULL, PRIMARY KEY (feature, shard))
  WITH (fillfactor = 10);
CREATE TABLE ${s}.replies (key text COLLATE "C" PRIMARY KEY, model text NOT NULL, at_ms float8 NOT NULL, awaited_intent text);
CREATE INDEX replies_by_time ON ${s}.replies (at_ms);
CREATE TABLE ${s}.corrections (id text COLLATE "C" PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
CREATE TABLE ${s}.controls (name text COLLATE "C" PRIMARY KEY, revision int NOT NULL, json text NOT NULL);
${tablesOf2(s)}${tablesOf3(s)}${indexOf6(s)}${indexesOf7(s)}INSERT INTO ${s}.meta VALUES ('product', '${PRODUCT}'), ('schema', '${SCHEMA_VERSION}'), ('writes_from', '1'),
  ('law', '1'), ('id', gen_random_uuid()::text);
`;
}

const tablesOf2 = (
  s: string,
): string => `CREATE TABLE IF NOT EXISTS ${s}.packed_cells (feature text COLLATE "C" PRIMARY KEY,
  claimed_until timestamptz NOT NULL, generation text, cursor text, totals text, body bytea);
CREATE TABLE IF NOT EXISTS ${s}.archive_runs (run text COLLATE "C" PRIMARY KEY);
`;

const tablesOf3 = (
  s: string,
): string => `CREATE UNLOGGED TABLE IF NOT EXISTS ${s}.sessions (id text COLLATE "C" PRIMARY KEY,
  at_ms float8 NOT NULL, json text NOT NULL);
`;

/**
 * Session of an intent as JSON writes it in the record: in quotation marks, with its escapes. The record is not parsed as JSON, because a
 * damaged one would then keep others from being written. An E string means the same whatever the server's `standard_conforming_strings` is.
 */
export const SESSION = String.raw`substring(json from E'"session":"((?:[^"\\\\]|\\\\.)*)"')`;

const indexOf6 = (s: string): string =>
  `CREATE INDEX IF NOT EXISTS ledger_by_session ON ${s}.ledger ((${SESSION})) WHERE revision = 0 AND ${SESSION} IS NOT NULL;\n`;

/**
 * Conditions for records of evidence (kinds 2 and 3): evidence of failure, and evidence of neither success nor failure. Most intents
 * succeed, so success is found without an index.
 */
export const WITH_EVIDENCE = {
  failure: `kind IN (2, 3) AND strpos(json, '"success":false') > 0`,
  neither: `kind IN (2, 3) AND strpos(json, '"success":null') > 0`,
};

const indexesOf7 = (s: string): string =>
  Object.entries(WITH_EVIDENCE)
    .map(
      ([name, rows]) =>
        `CREATE INDEX IF NOT EXISTS ledger_with_${name} ON ${s}.ledger (feature, intent_id) WHERE ${rows};\n`,
    )
    .join('');

/**
 * The statements that bring tables of any earlier version up to date, in one transaction. Processes of those versions continue meanwhile.
 * They take locks in the order of a commit, the ledger before the cells, or the two could wait for each other; and the indexes, which take
 * longest, come before the statements that keep readers waiting too.
 */
export function upgradeTables(schema: string): string {
  const added = SUM_COLUMNS.slice(SUM_NAMES.indexOf(FIRST_SUM_OF_3)).map(
    ({ name, type }) => `ADD COLUMN IF NOT EXISTS ${name} ${type} NOT NULL DEFAULT 0`,
  );
  const withSums = ['cells', 'pruned_cells'].map(table => `ALTER TABLE ${schema}.${table} ${added.join(', ')};\n`);
  return `${indexOf6(schema)}${indexesOf7(schema)}${tablesOf2(schema)}${tablesOf3(schema)}${grantsLike(schema, 'controls', 'sessions')}${grantsLike(schema, 'controls', 'packed_cells')}${grantsLike(schema, 'ledger', 'archive_runs')}${withSums.join('')}UPDATE ${schema}.meta SET value = '${SCHEMA_VERSION}' WHERE key = 'schema';
`;
}

/** Gives every user with a right on one table the same right on another. */
function grantsLike(s: string, from: string, to: string): string {
  return `DO $$ DECLARE given record; BEGIN
  FOR given IN SELECT a.grantee, a.privilege_type FROM pg_catalog.pg_class c, aclexplode(c.relacl) a
    WHERE c.oid = '${s}.${from}'::regclass AND a.grantee <> c.relowner
  LOOP EXECUTE format('GRANT %s ON ${s}.${to} TO %s', given.privilege_type,
    CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END); END LOOP;
END $$;
`;
}

/**
 * The ledger's part for one month (202611). It is attached rather than created in place, which would wait for every writer
 * and keep every reader waiting.
 */
export function createMonth(schema: string, month: number): string {
  const name = `${schema}.ledger_${month}`;
  return `CREATE TABLE ${name} (LIKE ${schema}.ledger INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
ALTER TABLE ${schema}.ledger ATTACH PARTITION ${name} FOR VALUES FROM (${month}) TO (${month + 1});
`;
}

/** Months that have a part of the ledger before they begin, if there is maintenance. */
export const MONTHS_AHEAD = 12;

const FIRST_MONTH = 197_001;
const LAST_MONTH = 219_912;

/** 202611 for a time in November 2026 (UTC). Impossible times fall in the first month, or in the last. */
export function monthOf(ms: number): number {
  const date = new Date(ms);
  const month = date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
  if (month >= FIRST_MONTH && month <= LAST_MONTH) return month;
  return ms > 0 ? LAST_MONTH : FIRST_MONTH;
}

/** `count` months, beginning with the month of this time. */
export function monthsFrom(ms: number, count: number): readonly number[] {
  const date = new Date(ms);
  return Array.from({ length: count }, (_, index) =>
    monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + index)),
  );
}
