/** Classifies PostgreSQL's errors, and tells the user what to do about them. Neither the URL nor its password is in a message. */
import { RouterError } from '../../errors.ts';

/**
 * - `again`: the statement lost against another one and changed nothing; the same one may succeed now.
 * - `stale`: the connection does not see a change of the tables, and changed nothing; another one sees it.
 * - `lost`: the connection is gone, or of no more use. Whether a commit that was sent took effect is not known.
 * - `value`: the server refuses a value of the statement.
 * - `other`: it would fail in the same way until an administrator changes something.
 */
export type PostgresFault = 'again' | 'stale' | 'lost' | 'value' | 'other';

/** Faults by SQLSTATE, or by its class (https://www.postgresql.org/docs/current/errcodes-appendix.html). */
const FAULTS: Readonly<Record<string, PostgresFault>> = {
  '40001': 'again',
  '40P01': 'again',
  '55P03': 'again',
  // No part of the ledger for a month, which the commit has made or found before. A session that reads the list of parts in the moment
  // in which another one adds a part can keep the list without it.
  '23514': 'stale',
  // Class 08: the connection. 25006: the server became a read replica. 53: no connection or memory left. 57P: shutting down.
  '08': 'lost',
  '25006': 'lost',
  '53': 'lost',
  '57': 'lost',
  '58': 'lost',
  XX: 'lost',
  // Class 22: data. 54: a text too long for an index.
  '22': 'value',
  '54': 'value',
};

export function faultOf(error: unknown): PostgresFault {
  const code = sqlState(error);
  // An error without a server code comes from the network, or from a time limit.
  if (code === undefined) return RouterError.isInstance(error) ? 'other' : 'lost';
  return FAULTS[code] ?? FAULTS[code.slice(0, 2)] ?? 'other';
}

/** The server's code of an error: five characters. `undefined` for any other error. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Another process has the same key, name or table now. */
export function isDuplicate(error: unknown): boolean {
  return ['23505', '42P06', '42P07', '42710'].includes(sqlState(error) ?? '');
}

const UNPREPARED =
  'a pooler hands each transaction to another connection: give the store `prepare: false` (a command: `?prepare=false` in the URL), or let the pooler prepare statements';

/** The name of a prepared statement of ours: without it, the error is the same for each statement, and is told once. */
const STATEMENT_NAME = / "outcome_router_[\w-]{16}"/;

/** What to do, by SQLSTATE, its class, or the code of the system's error. */
const ADVICE: Readonly<Record<string, string>> = {
  '28': 'check the user and the password of the URL, and the server’s pg_hba.conf',
  '3D000': 'create the database, or name another one in the URL',
  '42501': 'grant this user what `outcome-router schema --postgres` prints',
  '42P01': 'the store’s tables are not complete: restore them, or name another schema',
  '42P05': UNPREPARED,
  '26000': UNPREPARED,
  '23514': 'run `outcome-router maintain` as the owner of the tables',
  '25006':
    'this is a read replica: give the URL of the primary; or `default_transaction_read_only` is on for this user or database',
  '53300': 'the server has no connection left: raise max_connections, or put a pooler before it',
  '53100': 'the server’s disk is full: make room',
  '57014': 'a time limit of the server passed',
  '55P03': 'another connection keeps the rows locked: find the one that holds a transaction open',
  '57P03': 'the server is starting or shutting down',
  ECONNREFUSED: 'no server answers there: check that it runs, and the host and port of the URL',
  ENOTFOUND: 'there is no host of this name: check the URL',
  ENOENT: 'no server answers there: check that it runs, and the path of its socket',
};

/** Messages of the driver, which have no code, and what they mean. */
const DRIVER_MESSAGES: Readonly<Record<string, string>> = {
  'Query read timeout': 'the server has not answered within the time limit',
  'timeout expired': 'the server has not answered within the time limit',
  'timeout exceeded when trying to connect': 'the pool has given no connection within its own time limit',
  'Connection terminated due to connection timeout': 'the server has not answered within the pool’s own time limit',
};

/** The error with which the store rejects: what the server or the system says, and what to do. */
export function unusable(error: unknown): RouterError {
  if (RouterError.isInstance(error)) return error;
  const state = sqlState(error);
  const code = state ?? systemCode(error);
  const advice = ADVICE[code ?? ''] ?? ADVICE[code?.slice(0, 2) ?? ''];
  const text = state === undefined ? said(error, code) : (error as Error).message.replace(STATEMENT_NAME, '');
  return new RouterError('store-unusable', advice === undefined ? text : `${text}; ${advice}`, { path: 'postgres' });
}

/**
 * The error for work that only the owner, or a user that the owner allows, may do, and that a router does not need.
 * `undefined`: another error.
 */
export function notOwner(error: unknown, what: string): RouterError | undefined {
  if (sqlState(error) !== '42501') return undefined;
  const text = `${(error as Error).message}; run ${what} as the owner of the tables`;
  return new RouterError('store-unusable', text, { path: 'postgres' });
}

/**
 * The text that may be repeated of an error that does not come from the server: only codes and known messages, because a message of the
 * system names addresses, and a parser's message quotes the URL.
 */
function said(error: unknown, code: string | undefined): string {
  if (code !== undefined) return `cannot connect to the server (${code})`;
  const message = error instanceof Error ? error.message : '';
  const known = DRIVER_MESSAGES[message];
  if (known !== undefined) return known;
  // The driver's words name neither the user's mistake nor a remedy.
  if (/^SASL.*client password must be/.test(message))
    return 'the server asks for a password, and none is given: put it into the URL, PGPASSWORD or ~/.pgpass';
  if (message.startsWith('Connection terminated')) return 'the server closed the connection';
  return /^(?:SASL|The server does not support SSL|self[- ]signed|unable to verify)/i.test(message)
    ? message
    : 'cannot connect to the server';
}

function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^[A-Z][A-Z0-9_]+$/.test(error.code) ? error.code : undefined;
}
