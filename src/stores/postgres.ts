/** The store for a fleet: a PostgreSQL database, shared by the processes of any number of machines. */
import { createHash } from 'node:crypto';
import type { Store } from '../contracts/store.ts';
import { checkNames, invalidValue, RouterError } from '../errors.ts';
import { systemRuntime } from '../runtime.ts';
import type { PostgresClient } from './postgres/connection.ts';
import type { ClientPool } from './postgres/pool.ts';
import { clientsOf } from './postgres/pool.ts';
import { isSchemaName, SCHEMA_NAMES } from './postgres/schema-name.ts';
import { postgresStore } from './postgres/store.ts';

export interface PostgresOptions {
  /** Schema of the tables; default: the URL's `?schema=`, or `outcome_router`. It is created where it is missing. */
  readonly schema?: string;
  /** Whether the tables are created where they are missing; default true. With `false`, every method rejects while they are missing. */
  readonly create?: boolean;
  /**
   * How long to wait for a connection, and for an answer of the server before the connection is given up; default 3,000 ms.
   * Reports, pruning and corrections wait for 60 s for each answer.
   */
  readonly timeoutMs?: number;
  /**
   * Whether statements are prepared on the server; default: the URL's `?prepare=`, or true. A pooler in transaction mode may not
   * allow it.
   */
  readonly prepare?: boolean;
}

/** What the store needs of a pool of the package `pg`. */
export interface PostgresPool extends ClientPool {}

/**
 * A store in a PostgreSQL database, from version 14 on, for processes on any number of machines. It needs the package `pg`, which
 * is loaded when the store is first used. The tables are created then, where they are missing.
 *
 * A store has two connections, one for commits and one for the rest; reports, corrections and pruning open another one. Changes
 * that are committed while a commit is under way share the next statement.
 *
 * Every method rejects with a RouterError `store-unusable` that says what to do. Tables of a newer version, and tables of
 * another program, are left unchanged. No error has the URL or its password; the server's own texts may name user and database.
 *
 * @param connection - URL of the database (`postgres://user:password@host/database`, with `schema`, `prepare` and the parameters of
 * `pg`, such as `sslmode`), or a pool of `pg`, which `close` leaves open; until then the pool needs no listener for errors. Give a pool a
 * `connectionTimeoutMillis`: without it, the pool keeps connections that a server never finished
 * @throws RouterError `invalid-value` for a connection that is neither, an unknown option or a value that it does not take
 *
 * @example
 * ```ts
 * import { postgres } from 'outcome-router/stores/postgres';
 * const router = createRouter({ models, features, store: postgres('postgres://router@db.internal/router') });
 * ```
 */
export function postgres(connection: string | PostgresPool, options: PostgresOptions = {}): Store {
  checkNames(options, ['schema', 'create', 'timeoutMs', 'prepare'], 'postgres');
  const {
    schema = schemaIn(connection) ?? 'outcome_router',
    create = true,
    timeoutMs = 3000,
    prepare = preparesBy(connection),
  } = options;
  if (!isSchemaName(schema)) throw invalidValue(schema, 'postgres.schema', SCHEMA_NAMES);
  if (schema !== (schemaIn(connection) ?? schema))
    throw invalidValue(schema, 'postgres.schema', 'the schema that the URL names, or a URL without one');
  // False for NaN too.
  if (typeof timeoutMs !== 'number' || !(timeoutMs > 0))
    throw invalidValue(timeoutMs, 'postgres.timeoutMs', 'milliseconds above 0');
  if (typeof prepare !== 'boolean') throw invalidValue(prepare, 'postgres.prepare', 'true or false');
  if (typeof create !== 'boolean') throw invalidValue(create, 'postgres.create', 'true or false');
  const common = {
    schema,
    creates: create,
    timeoutMs,
    prepares: prepare,
    runtime: systemRuntime(),
    clock: 'server',
  } as const;
  if (isPool(connection)) {
    const { after } = common.runtime;
    return postgresStore({ ...common, ...clientsOf(connection, { timeoutMs, after }) });
  }
  checkUrl(connection);
  const open = async (): Promise<PostgresClient> => connected(connection, timeoutMs);
  return postgresStore({ ...common, open, spoolPath: spoolPathOf(connection, schema) });
}

/** The schema that a URL names. */
function schemaIn(connection: unknown): string | undefined {
  return parameterIn(connection, 'schema');
}

/** Whether statements are prepared, by the URL. */
function preparesBy(connection: unknown): boolean {
  const given = parameterIn(connection, 'prepare') ?? 'true';
  if (given !== 'true' && given !== 'false') throw invalidValue(given, 'postgres.prepare', 'true or false');
  return given === 'true';
}

function parameterIn(connection: unknown, name: string): string | undefined {
  const url = typeof connection === 'string' ? URL.parse(connection) : undefined;
  return url?.searchParams.get(name) ?? undefined;
}

function isPool(value: unknown): value is PostgresPool {
  return typeof value === 'object' && value !== null && 'connect' in value && typeof value.connect === 'function';
}

/** @throws RouterError `invalid-value`, without any part of the URL: it may have a password */
function checkUrl(url: unknown): void {
  if (typeof url === 'string' && /^postgres(?:ql)?:$/.test(URL.parse(url)?.protocol ?? '')) return;
  throw new RouterError(
    'invalid-value',
    typeof url === 'string' ? 'not a URL of PostgreSQL' : 'neither a URL nor a pool',
    {
      path: 'postgres.connection',
      accepted:
        'postgres://user:password@host:port/database, with special characters of the password percent-encoded, or a pool of `pg`',
    },
  );
}

/** The path of the spool: in the process's working directory, named after the database and not after its user. */
function spoolPathOf(url: string, schema: string): string {
  const { host, pathname, searchParams } = new URL(url);
  const name = createHash('sha256')
    .update(JSON.stringify([host, searchParams.get('host'), pathname, schema]))
    .digest('hex');
  return `outcome-router-${name.slice(0, 12)}.spool.jsonl`;
}

async function connected(connectionString: string, connectionTimeoutMillis: number): Promise<PostgresClient> {
  const { Client } = await loaded();
  const client = new Client({
    connectionString,
    connectionTimeoutMillis,
    keepAlive: true,
    fallback_application_name: 'outcome-router',
  });
  // An error on the client before the store listens must not end the process.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw error;
  }
}

async function loaded(): Promise<Pick<typeof import('pg'), 'Client'>> {
  try {
    return (await import('pg')).default;
  } catch (cause) {
    throw new RouterError('store-unusable', 'the package `pg` is not installed', {
      path: 'postgres',
      accepted: '`npm install pg`',
      cause,
    });
  }
}
