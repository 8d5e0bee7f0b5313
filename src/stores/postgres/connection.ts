/** A connection that is opened when it is needed, opened again when it was lost, and used by one task at a time. */
import type { Runtime } from '../../runtime.ts';
import { RouterError } from '../../errors.ts';
import { faultOf, unusable } from './faults.ts';

/** Values come as text, whatever parsers an application has set: a sum may be larger than a number can hold. */
export type PostgresRow = readonly (string | null)[];

export interface SqlStatement {
  /** Prepared once per connection under this name. Absent: sent as a text each time. */
  readonly name?: string;
  readonly text: string;
  /** Longest time for its answer, where it differs from the connection's. */
  readonly timeoutMs?: number;
}

/** Asks the server, and resolves to the rows of its answer. Rejects with the driver's error. */
export type AskServer = (
  statement: SqlStatement | string,
  values?: readonly unknown[],
) => Promise<readonly PostgresRow[]>;

/** What the store needs of a client of `pg`. */
export interface PostgresClient {
  query(config: object): Promise<{ readonly rows: unknown } | readonly unknown[]>;
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown;
  /** Only a single client has this method. */
  connect?(): Promise<unknown>;
  end?(): Promise<void>;
  ref?(): void;
  unref?(): void;
  /** Only a client of a pool has this method. `true`: the client must not be used again. */
  release?(destroy?: boolean): void;
}

/** Where connections come from. */
export interface ConnectionSource {
  open(): Promise<PostgresClient>;
  /** Called once for each client, before its first task. */
  prepare(ask: AskServer): Promise<void>;
  /** Longest time for an answer. */
  readonly timeoutMs: number;
  /** Whether a named statement is prepared on the server. */
  readonly prepares: boolean;
}

export interface PostgresConnection {
  /**
   * Runs a task alone on the connection. A task that found the connection dead, or lost against another statement, is run
   * again, unless it is one that may run only `once`. Rejects with a RouterError `store-unusable`.
   */
  run<Result>(task: (ask: AskServer) => Promise<Result>, times?: 'once'): Promise<Result>;
  /** Closes the connection after the tasks that were begun. */
  close(): Promise<void>;
}

/** How often a task is tried again after conflicts with other statements, and the longest pause before the next try. */
const TRIES = 4;
const PAUSE_MS = 50;

/** Pauses between attempts to connect: tasks are rejected meanwhile. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5000;

const PARSERS = { getTypeParser: () => (text: string) => text };

/** Clients with our listener, which is added once although many connections may use a pool's client in turn. */
const watched = new WeakSet<PostgresClient>();
/** Clients whose connection has ended, which may be during a task, and before or after its last answer. */
const ended = new WeakSet<PostgresClient>();

function watch(client: PostgresClient): void {
  if (watched.has(client)) return;
  watched.add(client);
  // Without a listener, an idle connection that ends would end the process.
  for (const event of ['error', 'end'] as const) client.on(event, () => ended.add(client));
}

export function connection(source: ConnectionSource, runtime: Runtime): PostgresConnection {
  /** Client of a pool: set only during a task. Setting it to `undefined` gives the client up, or back. */
  let current: PostgresClient | undefined;
  /** Prepared clients of a pool, which may be given to us again. */
  const prepared = new WeakSet<PostgresClient>();
  let last: Promise<unknown> = Promise.resolve();
  let refusal: { readonly error: RouterError; readonly untilMs: number; readonly waitMs: number } | undefined;

  function asking(client: PostgresClient): AskServer {
    return async (statement, values = []) => {
      const asked: SqlStatement = typeof statement === 'string' ? { text: statement } : statement;
      const { name, text, timeoutMs = source.timeoutMs } = asked;
      // A query without values may contain several statements.
      const simple = { text, rowMode: 'array', types: PARSERS, query_timeout: timeoutMs };
      const config = { ...simple, values };
      const named = name !== undefined && source.prepares ? { ...config, name } : values.length > 0 ? config : simple;
      const result = await client.query(named);
      return ('rows' in result ? result.rows : []) as readonly PostgresRow[];
    };
  }

  async function opened(): Promise<{ readonly client: PostgresClient; readonly isNew: boolean }> {
    if (current !== undefined && ended.has(current)) drop();
    if (current !== undefined) return { client: current, isNew: false };
    if (refusal !== undefined && runtime.elapsedMs() < refusal.untilMs) throw refusal.error;
    try {
      const client = await source.open();
      current = client;
      const isNew = !prepared.has(client);
      if (isNew) {
        watch(client);
        await readCommitted(asking(client), client.release !== undefined);
        await source.prepare(asking(client));
        prepared.add(client);
      }
      refusal = undefined;
      return { client, isNew };
    } catch (error) {
      drop();
      const waitMs = Math.min(LONGEST_WAIT_MS, (refusal?.waitMs ?? FIRST_WAIT_MS / 2) * 2);
      const jitterMs = waitMs * (0.5 + runtime.random.next() / 2);
      refusal = { error: unusable(error), untilMs: runtime.elapsedMs() + jitterMs, waitMs };
      throw refusal.error;
    }
  }

  /** Gives up the client, which may still be waiting for an answer. */
  function drop(): void {
    const client = current;
    current = undefined;
    if (client?.release !== undefined) client.release(true);
    else client?.end?.().catch(() => {});
  }

  async function tried<Result>(task: (ask: AskServer) => Promise<Result>, times: 'once' | undefined): Promise<Result> {
    for (let tries = 1; ; tries++) {
      const { client, isNew } = await opened();
      client.ref?.();
      try {
        return await task(asking(client));
      } catch (error) {
        const fault = faultOf(error);
        // The driver lets several queries wait, so one that is late would hold up the next.
        if (fault === 'lost' || fault === 'stale') drop();
        if (times === 'once') throw unusable(error);
        const wasDead = fault === 'lost' && !isNew && tries === 1 && !isLate(error);
        if (wasDead) continue;
        if ((fault !== 'again' && fault !== 'stale') || tries === TRIES) throw unusable(error);
        await runtime.sleep(5 + runtime.random.next() * (PAUSE_MS - 5));
      } finally {
        client.unref?.();
        giveBack(client);
      }
    }
  }

  function giveBack(client: PostgresClient): void {
    if (current !== client || client.release === undefined) return;
    current = undefined;
    client.release(ended.has(client));
  }

  return {
    async run(task, times) {
      const done = last.then(async () => tried(task, times));
      last = done.catch(() => {});
      return done;
    },
    async close() {
      await last;
      const client = current;
      current = undefined;
      // An idle connection does not keep the process alive, but closing it is awaited.
      client?.ref?.();
      await client?.end?.();
    },
  };
}

/**
 * A commit must be compared with the rows of its own moment, whatever isolation level is the default of the database or the
 * user. A client of a pool belongs to the application, and is left as it is.
 */
async function readCommitted(ask: AskServer, isOfPool: boolean): Promise<void> {
  // The present settings are read first: behind a pooler, a changed setting stays on a connection that other applications get too.
  const [[isolation, arrayNulls] = []] = await ask(
    "SELECT current_setting('default_transaction_isolation'), current_setting('array_nulls')",
  );
  const isCommitted = isolation === 'read committed';
  if (isOfPool && !isCommitted)
    throw new RouterError('store-unusable', 'the connections of the pool have another isolation level', {
      path: 'default_transaction_isolation',
      accepted: 'a pool whose connections have `read committed`, or the URL of the database',
    });
  // Values are sent as arrays, in which a server set for old programs would read NULL as text.
  if (!isOfPool && !(isCommitted && arrayNulls === 'on'))
    await ask("SET default_transaction_isolation TO 'read committed'; SET array_nulls TO on");
}

function isLate(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Runs a task in a transaction: all of it, or nothing. */
export async function transaction<Result>(
  ask: AskServer,
  mode: '' | 'ISOLATION LEVEL REPEATABLE READ, READ ONLY',
  task: () => Promise<Result>,
): Promise<Result> {
  await ask(`BEGIN ${mode}`);
  try {
    const result = await task();
    await ask('COMMIT');
    return result;
  } catch (error) {
    // Where the connection is lost, so is the transaction.
    await ask('ROLLBACK').catch(() => {});
    throw error;
  }
}
