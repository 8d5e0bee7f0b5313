/** The SQL for an administrator who does not let the application create tables. */
import { createMonth, createTables, monthsFrom, TABLES, upgradeTables } from './schema.ts';

/** Rights on a table, as in GRANT. */
export type TableGrants = Readonly<Record<string, readonly ('SELECT' | 'INSERT' | 'UPDATE' | 'DELETE')[]>>;

const READ: TableGrants = Object.fromEntries(TABLES.map(table => [table, ['SELECT'] as const]));

/** Rights of a router's user. The ledger is append-only by grant: nothing in it can be changed or removed. */
export const APP_GRANTS: TableGrants = {
  ...READ,
  heads: ['SELECT', 'INSERT', 'UPDATE'],
  ledger: ['SELECT', 'INSERT'],
  cells: ['SELECT', 'INSERT', 'UPDATE'],
  pruned_cells: ['SELECT', 'INSERT', 'UPDATE'],
  pulse: ['SELECT', 'INSERT', 'UPDATE'],
  replies: ['SELECT', 'INSERT', 'UPDATE'],
  corrections: ['SELECT', 'INSERT'],
  controls: ['SELECT', 'INSERT', 'UPDATE'],
  packed_cells: ['SELECT', 'INSERT', 'UPDATE'],
  sessions: ['SELECT', 'INSERT', 'UPDATE'],
};

/** Additional rights of a user who maintains, prunes and archives without being the owner. */
export const MAINTAINER_GRANTS: TableGrants = {
  heads: ['DELETE'],
  ledger: ['DELETE'],
  cells: ['DELETE'],
  grains: ['INSERT', 'UPDATE'],
  replies: ['DELETE'],
  meta: ['INSERT'],
  archive_runs: ['INSERT', 'DELETE'],
  corrections: ['DELETE'],
  sessions: ['DELETE'],
};

/** Rights of a user who reads reports. */
export const READER_GRANTS: TableGrants = READ;

/** Months that have a part of the ledger from the start. The owner's `maintain` makes more. */
const MONTHS = 24;

/**
 * Everything that the store needs, as SQL: tables, months, roles with the least rights, and limits of time.
 *
 * @param name - Name of the schema
 * @param nowMs - Time from which the ledger has parts, milliseconds since the epoch
 */
export function administratorSql(name: string, nowMs: number): string {
  const schema = `"${name}"`;
  return `-- As the owner of the tables, who also prunes and, from a schedule, maintains:
CREATE SCHEMA ${schema};
${createTables(schema)}INSERT INTO ${schema}.meta SELECT 'server', system_identifier FROM pg_control_system();
${monthsFrom(nowMs, MONTHS)
  .map(month => createMonth(schema, month))
  .join('')}
-- The user of the routers, for whom the ledger is append-only:
CREATE ROLE ${name}_app LOGIN;
${grants(schema, `${name}_app`, APP_GRANTS)}
-- Only if routers shall prune, and maintain in place of the owner:
${grants(schema, `${name}_app`, MAINTAINER_GRANTS, '-- ')}
-- For reports and dashboards:
CREATE ROLE ${name}_reader LOGIN;
${grants(schema, `${name}_reader`, READER_GRANTS)}
-- A statement that takes longer than these is wrong; the store gives up after 3 s by its own clock.
ALTER ROLE ${name}_app SET statement_timeout = '5s';
ALTER ROLE ${name}_app SET lock_timeout = '2s';
ALTER ROLE ${name}_app SET idle_in_transaction_session_timeout = '10s';
`;
}

/** Statements that the owner runs before processes of this version start; those of the version before keep working. */
export function upgradeSql(name: string): string {
  return `BEGIN;\n${upgradeTables(`"${name}"`)}COMMIT;\n`;
}

/**
 * Run this after the tables were copied to another server: scans use the numbers of transactions, which are valid on
 * one server only. It assigns numbers of this server. Writers may continue meanwhile; earlier cursors expire.
 */
export function restampSql(name: string): string {
  const s = `"${name}"`;
  return `UPDATE ${s}.ledger SET xid = pg_current_xact_id();
UPDATE ${s}.cells SET xid = pg_current_xact_id();
UPDATE ${s}.pulse SET xid = pg_current_xact_id();
UPDATE ${s}.grains SET marked_xid = NULL, dropped_xid = NULL;
DELETE FROM ${s}.packed_cells;
UPDATE ${s}.meta SET value = (SELECT system_identifier FROM pg_control_system()) WHERE key = 'server';
`;
}

/** The statements that give the rights. */
export function grants(schema: string, role: string, rights: TableGrants, prefix = ''): string {
  const tables = Object.entries(rights).map(
    ([table, list]) => `${prefix}GRANT ${list.join(', ')} ON ${schema}.${table} TO ${role};\n`,
  );
  return `${prefix === '' ? `GRANT USAGE ON SCHEMA ${schema} TO ${role};\n` : ''}${tables.join('')}`;
}
