/** The PostgreSQL store over any source of connections. */
import type { Store, StoreView } from '../../contracts/store.ts';
import { RouterError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { textArray } from './arrays.ts';
import { archiving } from './archiving.ts';
import { addToCells, addToPrunedCells, bump } from './cell-table.ts';
import { committer } from './commit.ts';
import type { AskServer, PostgresClient, PostgresRow } from './connection.ts';
import { connection, transaction } from './connection.ts';
import { readControls, writeControl } from './controls.ts';
import { readSessions, removeSessions, writeSessions } from './sessions.ts';
import { unusable } from './faults.ts';
import { maintainer } from './maintain.ts';
import type { OpenedSchema } from './opening.ts';
import { checkWritesFrom, monthWithPart, openSchema } from './opening.ts';
import { GENERATION } from './packing.ts';
import { pruneIntents } from './prune.ts';
import { SHARDS } from './schema.ts';
import { statement } from './statement.ts';
import type { Reading } from './scan.ts';
import { view } from './view.ts';
import { writer } from './writer.ts';

export interface PostgresStoreOptions {
  /** A new connection, or one of a pool. */
  readonly open: () => Promise<PostgresClient>;
  /** Called when the store is closed. */
  readonly leave?: () => void;
  /** Name of the schema, not quoted. */
  readonly schema: string;
  /** Whether tables are created where they are missing; default true. */
  readonly creates?: boolean;
  readonly timeoutMs: number;
  readonly prepares: boolean;
  readonly runtime: Runtime;
  readonly spoolPath?: string;
  /** The clock that decides what is due: processes of several machines use the server's. */
  readonly clock: 'server' | 'caller';
}

/** Stands for a feature where there is none: no feature has an empty name. */
const NO_FEATURE = '';

/** Longest time for one statement of pruning, of a correction, or of a report. */
const LONG_MS = 60_000;

export function postgresStore(options: PostgresStoreOptions): Store {
  const { open, leave, schema, creates = true, timeoutMs, prepares, runtime, spoolPath, clock } = options;
  const s = `"${schema}"`;
  let isClosed = false;
  let opened: OpenedSchema | undefined;
  /** The oldest version that may write, as the last query of generations returned it. */
  let writesFrom: string | undefined;

  const connect = (limitMs: number) =>
    connection(
      {
        open,
        prepares,
        timeoutMs: limitMs,
        async prepare(ask) {
          opened = await openSchema(ask, schema, { creates });
        },
      },
      runtime,
    );
  const committing = connect(timeoutMs);
  const reader = connect(timeoutMs);
  const shard = 1 + Math.floor(runtime.random.next() * SHARDS);
  const commits = writer(
    committing,
    committer(s, {
      shard,
      nowMs: runtime.nowMs,
      monthWithPart: async (ask, month) => monthWithPart(ask, schema, month),
    }),
  );

  function checkOpen(): void {
    if (isClosed) throw new RouterError('store-unusable', 'the store is closed', { path: 'postgres' });
  }

  /** A connected process may still read beside a newer version, but its writes may not fit that version. */
  function checkWritable(): void {
    checkOpen();
    if (writesFrom !== undefined) checkWritesFrom(writesFrom);
  }

  const read: Reading = async task => {
    checkOpen();
    return reader.run(task);
  };
  const query = async (text: string, values: readonly unknown[] = []): Promise<readonly PostgresRow[]> =>
    read(async ask => ask(statement(text), values));

  async function openedSchema(): Promise<OpenedSchema> {
    if (opened === undefined) await read(async ask => ask('SELECT 1'));
    return opened as OpenedSchema;
  }

  /** Opens a connection for work that would block others. */
  async function aside<Result>(work: (side: ReturnType<typeof connect>) => Promise<Result>): Promise<Result> {
    checkOpen();
    const side = connect(LONG_MS);
    try {
      return await work(side);
    } finally {
      await side.close();
    }
  }

  async function consistently<Result>(work: (given: StoreView) => Promise<Result>): Promise<Result> {
    return aside(async side => {
      let outcome: { readonly result: Result } | { readonly error: unknown } | undefined;
      await side.run(async ask => {
        let isOver = false;
        const inTurn = oneAtATime(ask);
        const reading: Reading = async task => {
          if (isOver) throw new RouterError('store-unusable', 'the view has ended with its work', { path: 'postgres' });
          return task(inTurn).catch((error: unknown) => {
            throw unusable(error);
          });
        };
        await transaction(ask, 'ISOLATION LEVEL REPEATABLE READ, READ ONLY', async () => {
          // This work may pause longer between queries than a commit may, for a slow reader for example.
          await ask('SET LOCAL idle_in_transaction_session_timeout = 0');
          outcome = await work(view(s, { read: reading, opened: openedSchema })).then(
            result => ({ result }),
            (error: unknown) => ({ error }),
          );
          isOver = true;
        });
      }, 'once');
      if (outcome === undefined)
        throw new RouterError('store-unusable', 'the work was not begun', { path: 'postgres' });
      if ('error' in outcome) throw outcome.error;
      return outcome.result;
    });
  }

  const serverMs = 'extract(epoch FROM clock_timestamp()) * 1000';
  const now = clock === 'server' ? serverMs : '$1::float8';
  const claim = `WITH due AS MATERIALIZED (
      SELECT id, due_ms FROM ${s}.heads WHERE due_ms <= least($1::float8, ${now}) AND coalesce(claimed_until_ms, '-Infinity') <= ${now}
        AND ($4::text[] IS NULL OR feature = ANY ($4::text[]))
      ORDER BY due_ms, id LIMIT $2 FOR UPDATE SKIP LOCKED
    ), claimed AS (UPDATE ${s}.heads h SET claimed_until_ms = ${now} + $3 FROM due WHERE h.id = due.id RETURNING h.id, h.due_ms)
    SELECT id FROM claimed ORDER BY due_ms, id`;

  const store: Store = Object.freeze<Store>({
    ...view(s, { read, opened: openedSchema }),
    name: 'postgres',
    ...(spoolPath === undefined ? {} : { spoolPath }),
    async commitAll(changes) {
      checkWritable();
      return commits.commitAll(changes);
    },
    async generations(features) {
      const rows = await query(
        `SELECT NULL, (SELECT value FROM ${s}.meta WHERE key = 'writes_from') UNION ALL (
         SELECT feature, ${GENERATION} FROM ${s}.pulse WHERE feature = ANY ($1::text[]) GROUP BY feature)`,
        [textArray(features)],
      );
      const found = new Map(rows.map(([feature, value]) => [feature ?? NO_FEATURE, value ?? '']));
      writesFrom = found.get(NO_FEATURE);
      found.delete(NO_FEATURE);
      return found;
    },
    async claimDue(nowMs, limit, leaseMs, features) {
      const rows = await query(claim, [nowMs, limit, leaseMs, features === undefined ? null : textArray(features)]);
      return rows.map(([id]) => id ?? '');
    },
    async correctCells(feature, difference, { id, pruned = [] }) {
      checkWritable();
      const correct = async (ask: AskServer): Promise<boolean> => {
        const isNew = await ask(`INSERT INTO ${s}.corrections (id) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1`, [
          id,
        ]);
        if (isNew.length === 0) return false;
        await addToCells(ask, s, difference);
        await addToPrunedCells(ask, s, pruned);
        await bump(ask, s, [feature]);
        return true;
      };
      return aside(async side => side.run(async ask => transaction(ask, '', async () => correct(ask))));
    },
    async prune(beforeMs, pruneOptions) {
      checkWritable();
      return aside(async side => pruneIntents(side, s, beforeMs, pruneOptions));
    },
    archiving: archiving(s, async work => {
      checkWritable();
      return aside(work);
    }),
    async maintain() {
      checkWritable();
      return maintain();
    },
    consistently,
    modelOfReply: async key =>
      (await query(`SELECT model FROM ${s}.replies WHERE key = $1`, [key]))[0]?.[0] ?? undefined,
    intentOfReply: async key =>
      (await query(`SELECT awaited_intent FROM ${s}.replies WHERE key = $1`, [key]))[0]?.[0] ?? undefined,
    sessions: async ids => read(async ask => readSessions(ask, s, ids)),
    putSessions: async states => read(async ask => writeSessions(ask, s, states)),
    forgetSessions: async ids => read(async ask => removeSessions(ask, s, ids)),
    controls: async damaged => read(async ask => readControls(ask, s, damaged)),
    async setControl(control) {
      checkWritable();
      return read(async ask => writeControl(ask, s, control));
    },
    async close(withinMs = 5000) {
      isClosed = true;
      const finished = async (): Promise<void> => {
        await commits.idle();
        await Promise.all([committing.close(), reader.close()]);
      };
      await new Promise<void>(resolve => {
        const cancel = runtime.after(withinMs, resolve);
        void finished()
          .catch(() => {})
          .finally(() => {
            cancel();
            resolve();
          });
      });
      leave?.();
    },
  });
  const maintain = maintainer({ reader, name: schema, opened: openedSchema });
  return store;
}

/** The driver accepts one query at a time. */
function oneAtATime(ask: AskServer): AskServer {
  let last: Promise<unknown> = Promise.resolve();
  return async (text, values) => {
    const answer = last.then(async () => ask(text, values));
    last = answer.catch(() => {});
    return answer;
  };
}
