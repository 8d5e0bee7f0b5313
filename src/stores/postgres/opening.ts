/** Checks whose tables are in the schema, and makes ours where there are none. */
import { RouterError } from '../../errors.ts';
import type { AskServer } from './connection.ts';
import { transaction } from './connection.ts';
import { faultOf, isDuplicate, notOwner, sqlState, unusable } from './faults.ts';
import {
  createMonth,
  createTables,
  MONTHS_AHEAD,
  monthsFrom,
  PRODUCT,
  SCHEMA_VERSION,
  TABLES,
  upgradeTables,
} from './schema.ts';

/** What a store knows of the database after opening it. */
export interface OpenedSchema {
  /** Identifies the ledger, and the server whose transaction numbers it has. Cursors are only valid for this pair. */
  readonly ledger: string;
  /** The tables come from another server, and records have transaction numbers that this one has not reached. */
  readonly isAhead: boolean;
}

interface FoundSchema extends OpenedSchema {
  /** Version of the tables. */
  readonly version: number;
}

const SERVER_ID = 'SELECT system_identifier FROM pg_control_system()';

/** Months that have a part of the ledger from the start; `maintain` makes more. */
const FIRST_MONTHS = 3;

/**
 * An index of a large ledger takes minutes. If it were given up and begun again, it would keep all commits waiting and never be
 * finished.
 */
const UPGRADE_MS = 600_000;

/**
 * Creates the tables if the schema has none, and brings those of an earlier version up to date, unless `creates` is false. Two
 * processes may do so at once.
 *
 * @param name - Name of the schema, not quoted
 * @throws RouterError `store-unusable` for tables of a newer version, of another program, or of an earlier version that this
 *   user may not bring up to date
 */
export async function openSchema(
  ask: AskServer,
  name: string,
  { creates = true }: { readonly creates?: boolean } = {},
): Promise<OpenedSchema> {
  const found = await state(ask, name);
  if (found !== undefined) {
    if (found.version < SCHEMA_VERSION) await upgrade(ask, name, creates);
    return found;
  }
  if (!creates)
    throw new RouterError('store-unusable', `there is no ledger in the schema ${name}`, {
      path: 'postgres',
      accepted: 'the database and the schema that the application writes to',
    });
  try {
    await create(ask, name);
  } catch (error) {
    // Creating a schema fails, instead of waiting, while another process creates the same one.
    if (!isDuplicate(error)) throw error;
  }
  const made = await state(ask, name);
  if (made === undefined) throw new RouterError('store-unusable', 'the tables were not created', { path: 'postgres' });
  return made;
}

/** `undefined`: none of our tables exists. */
async function state(ask: AskServer, name: string): Promise<FoundSchema | undefined> {
  const tables = await ask(
    `SELECT c.relname, (SELECT count(*) FROM pg_catalog.pg_attribute a
       WHERE a.attrelid = c.oid AND a.attname IN ('key', 'value') AND NOT a.attisdropped)
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY ($2::text[])`,
    [name, `{${TABLES.join(',')}}`],
  );
  if (tables.length === 0) return undefined;
  const names = tables.map(([table]) => table);
  const columnsOfMeta = tables.find(([table]) => table === 'meta')?.[1];
  if (columnsOfMeta !== '2') throw notOurs(name, names);
  const metaAnd = async (more: string) => ask(`SELECT key, value${more} FROM "${name}".meta`);
  // One query reads the rows and the server's identity, if the server tells it to this user.
  const rows = await metaAnd(`, (${SERVER_ID})`).catch(async () => metaAnd(''));
  const meta = new Map(rows.map(([key, value]) => [key, value]));
  if (meta.get('product') !== PRODUCT) throw notOurs(name, names);
  checkWritesFrom(meta.get('writes_from'));
  const server = rows[0]?.[2] ?? '';
  const isElsewhere = server !== meta.get('server');
  return {
    ledger: `${meta.get('id')}.${server}`,
    isAhead: isElsewhere && (await hasLaterNumbers(ask, name)),
    version: Number(meta.get('schema')),
  };
}

/**
 * A later version adds tables and columns, which we ignore, until it says that we may not write any more.
 * @throws RouterError `store-unusable`
 */
export function checkWritesFrom(version: string | null | undefined): void {
  if (Number(version) <= SCHEMA_VERSION) return;
  throw new RouterError('store-unusable', `the tables are those of a newer outcome-router (schema ${version})`, {
    path: 'postgres',
    accepted: `schema up to ${SCHEMA_VERSION}: upgrade this process, or name another schema`,
  });
}

async function hasLaterNumbers(ask: AskServer, name: string): Promise<boolean> {
  const [row] = await ask(
    `SELECT EXISTS (SELECT FROM "${name}".ledger WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))`,
  );
  return row?.[0] === 't';
}

function notOurs(name: string, tables: readonly (string | null | undefined)[]): RouterError {
  const list = tables
    .map(table => `${name}.${table}`)
    .sort()
    .join(', ');
  return new RouterError('store-unusable', `tables of another program have our names: ${list}`, {
    path: 'postgres',
    accepted: 'a schema of its own, as the option `schema`',
  });
}

async function create(ask: AskServer, name: string): Promise<void> {
  const schema = `"${name}"`;
  const server = await serverId(ask);
  await alone(ask, name, async () => {
    const [exists] = await ask('SELECT to_regnamespace($1) IS NOT NULL', [schema]);
    // IF NOT EXISTS would need the privilege even if the schema exists.
    if (exists?.[0] !== 't') await ask(`CREATE SCHEMA ${schema}`);
    const [meta] = await ask('SELECT to_regclass($1) IS NOT NULL', [`${schema}.meta`]);
    if (meta?.[0] === 't') return;
    const [now] = await ask('SELECT extract(epoch FROM now()) * 1000');
    const months = monthsFrom(Number(now?.[0]), FIRST_MONTHS);
    await ask(createTables(schema) + months.map(month => createMonth(schema, month)).join(''));
    await ask(`INSERT INTO ${schema}.meta VALUES ('server', $1)`, [server]);
  });
}

async function upgrade(ask: AskServer, name: string, mayChange: boolean): Promise<void> {
  const schema = `"${name}"`;
  try {
    if (!mayChange) throw notUpToDate(name);
    await alone(ask, name, async () => {
      const [version] = await ask(`SELECT value FROM ${schema}.meta WHERE key = 'schema'`);
      if (Number(version?.[0]) < SCHEMA_VERSION) await ask({ text: upgradeTables(schema), timeoutMs: UPGRADE_MS });
    });
  } catch (error) {
    throw sqlState(error) === '42501' ? notUpToDate(name) : error;
  }
}

function notUpToDate(name: string): RouterError {
  return new RouterError('store-unusable', `the tables in the schema ${name} are of an earlier version`, {
    path: 'postgres',
    accepted:
      'tables that their owner has brought up to date, with what `outcome-router schema --postgres --upgrade` prints',
  });
}

/** Runs one schema-changing transaction at a time. */
async function alone(ask: AskServer, name: string, task: () => Promise<void>): Promise<void> {
  await transaction(ask, '', async () => {
    await ask('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${PRODUCT} ${name}`]);
    await task();
  });
}

/**
 * Transaction numbers belong to one server, and continue after a failover. Empty: this server does not tell its identity.
 */
async function serverId(ask: AskServer): Promise<string> {
  const [row] = await ask(SERVER_ID).catch(() => []);
  return row?.[0] ?? '';
}

/** Makes the ledger's part for a month, if there is none. */
export async function makeMonth(ask: AskServer, name: string, month: number): Promise<void> {
  const schema = `"${name}"`;
  await alone(ask, name, async () => {
    const [part] = await ask('SELECT to_regclass($1) IS NOT NULL', [`${schema}.ledger_${month}`]);
    if (part?.[0] !== 't') await ask(createMonth(schema, month));
  });
}

/**
 * The month in whose part the ledger stores the intents of a month that has no part. The part is made now; if this user may not make it,
 * the nearest month that has a part is used. Maintenance makes the parts of the coming months alone, so a clock that is years wrong, or an
 * old ledger that is copied, would otherwise keep every later change waiting.
 *
 * @throws RouterError `store-unusable` when this user may not make the part, and maintenance should have made it
 */
export async function monthWithPart(ask: AskServer, name: string, month: number): Promise<number> {
  try {
    await makeMonth(ask, name, month);
    return month;
  } catch (error) {
    if (faultOf(error) !== 'other') throw error;
    const rows = await ask(PARTS, [`"${name}".ledger`]);
    const isMaintained = monthsFrom(Number(rows[0]?.[1]), MONTHS_AHEAD).includes(month);
    const months = rows.map(([part]) => Number(part));
    if (months.length > 0 && !isMaintained) return nearest(month, months);
    const { message } = notOwner(error, '`outcome-router maintain`') ?? unusable(error);
    throw new RouterError('store-unusable', `the ledger has no part for the month ${month}: ${message}`, {
      path: 'postgres',
    });
  }
}

/** The months that have a part, and the server's time, because this process's clock may be wrong. */
const PARTS = `SELECT right(c.relname, 6)::int, (extract(epoch FROM now()) * 1000)::bigint FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = $1::regclass AND c.relname ~ '^ledger_[0-9]{6}$'`;

function nearest(month: number, months: readonly number[]): number {
  const distance = (other: number): number => Math.abs(other - month);
  return months.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}
