/** Commits groups of changes, and reports the result of each. */
import { intentRemovedError } from '../../contracts/archiving.ts';
import { RouterError } from '../../errors.ts';
import { numberArray, textArray } from './arrays.ts';
import type { CommitShape } from './commit-statement.ts';
import { commitStatement, NOT_ALL } from './commit-statement.ts';
import type { CommitPart, PostgresCommit, ShardOf } from './commit-values.ts';
import {
  areNew,
  cellsOfAll,
  cellsOfEach,
  isPlain,
  monthOfChange,
  recordCount,
  repliesOf,
  settleAll,
  valuesOf,
} from './commit-values.ts';
import type { AskServer, SqlStatement } from './connection.ts';
import { faultOf, sqlState, unusable } from './faults.ts';
import { statement } from './statement.ts';

export interface CommitContext {
  /** The part of a bucket that this process adds to. */
  readonly shard: number;
  nowMs(): number;
  /** Called where a month has no part of the ledger yet. Returns the month that stores its intents: itself, once it has one. */
  monthWithPart(ask: AskServer, month: number): Promise<number>;
}

/**
 * Commits as many changes of a group as it can, and answers every change for which it has a result. The others have to be tried
 * again: they do not follow the changes before them, or they follow a change that turned out to be known.
 */
export type CommitGroup = (ask: AskServer, group: readonly PostgresCommit[]) => Promise<void>;

/** SQLSTATE of a record whose month has no part of the ledger. */
const NO_MONTH = '23514';

/** Number of past hours to which processes add in separate shards. Changes of older hours are few. */
const SHARED_HOURS = 2;

const HOUR_MS = 3_600_000;

export function committer(s: string, { shard, nowMs, monthWithPart }: CommitContext): CommitGroup {
  const statements = new Map<string, SqlStatement>();
  /** Months without a part of their own, each with the month that stores its intents. */
  const elsewhere = new Map<number, number>();

  function statementOf(shape: CommitShape): SqlStatement {
    const name = `${shape.form} ${shape.hasReplies} ${shape.isPlain}`;
    let found = statements.get(name);
    if (found === undefined) statements.set(name, (found = commitStatement(s, shape)));
    return found;
  }

  const stored = statement(`SELECT t.change, h.revisions, l.revision, l.json, h.archived
    FROM unnest($1::text[], $2::int[], $3::int[]) WITH ORDINALITY AS t (id, expected, added, change)
    CROSS JOIN LATERAL (SELECT id, month, revisions, archived FROM ${s}.heads WHERE id = t.id COLLATE "C" OFFSET 0) h
    LEFT JOIN LATERAL (SELECT revision, json FROM ${s}.ledger WHERE month = h.month AND intent_id = h.id
      AND revision >= t.expected AND revision < t.expected + t.added OFFSET 0) l ON true`);

  async function commitGroup(ask: AskServer, group: readonly PostgresCommit[]): Promise<void> {
    await resolve(ask, await commitParts(ask, partsOf(group)));
  }

  /** @returns the parts that are not the next of their intents */
  async function commitParts(
    ask: AskServer,
    parts: readonly CommitPart[],
    hasMonths = false,
  ): Promise<readonly CommitPart[]> {
    if (parts.length === 0) return [];
    try {
      return await attempt(ask, parts);
    } catch (error) {
      if (sqlState(error) === NO_MONTH && !hasMonths) {
        await findMonths(ask, parts);
        return commitParts(ask, parts, true);
      }
      if (faultOf(error) !== 'value') throw error;
      if (parts.length === 1) return refuse(ask, parts[0] as CommitPart, error);
      const half = parts.length >> 1;
      return [...(await commitParts(ask, parts.slice(0, half))), ...(await commitParts(ask, parts.slice(half)))];
    }
  }

  async function attempt(ask: AskServer, parts: readonly CommitPart[]): Promise<readonly CommitPart[]> {
    const form = areNew(parts) ? 'new' : 'all';
    try {
      const replies = repliesOf(parts);
      await ask(statementOf({ form, hasReplies: replies.length > 0, isPlain: isPlain(parts) }), [
        ...valuesOf(parts, shard, elsewhere),
        cellsOfAll(parts, shardOf()),
        ...replies,
      ]);
      for (const part of parts) settleAll(part, { kind: 'committed' });
      return [];
    } catch (error) {
      if (sqlState(error) !== NOT_ALL[form]) throw error;
    }
    const won = await attemptEach(ask, parts);
    return parts.filter((part, index) => {
      if (won.has(index)) settleAll(part, { kind: 'committed' });
      return !won.has(index);
    });
  }

  /** @returns the indexes of those that were committed */
  async function attemptEach(ask: AskServer, parts: readonly CommitPart[]): Promise<ReadonlySet<number>> {
    try {
      const replies = repliesOf(parts);
      const rows = await ask(statementOf({ form: 'each', hasReplies: replies.length > 0, isPlain: false }), [
        ...valuesOf(parts, shard, elsewhere),
        cellsOfEach(parts, shardOf()),
        ...replies,
      ]);
      return new Set(rows.map(([change]) => Number(change) - 1));
    } catch (error) {
      // An intent was pruned at this moment. The other changes are tried again.
      if (sqlState(error) !== NOT_ALL.each) throw error;
      return new Set();
    }
  }

  /** A value in these changes cannot be stored; one of them alone may be the cause. */
  async function refuse(ask: AskServer, part: CommitPart, error: unknown): Promise<readonly CommitPart[]> {
    const [first, second] = part;
    if (second === undefined) {
      const why = unusable(error).message;
      const refusal = new RouterError('invalid-value', `the change cannot be stored: ${why}`, {
        path: first.change.intentId,
      });
      first.settle({ kind: 'refused', error: refusal });
      return [];
    }
    // The first change is tried alone; the part's other changes are tried again after it.
    return commitParts(ask, [[first]]);
  }

  async function findMonths(ask: AskServer, parts: readonly CommitPart[]): Promise<void> {
    for (const month of new Set(parts.flatMap(([{ change }]) => monthOfChange(change)))) {
      const stored = await monthWithPart(ask, month);
      if (stored !== month) elsewhere.set(month, stored);
    }
  }

  /** Compares a lost change with what is stored: its earlier acknowledgement may have been lost. */
  async function resolve(ask: AskServer, lost: readonly CommitPart[]): Promise<void> {
    if (lost.length === 0) return;
    const changes = lost.map(([{ change }]) => change);
    const rows = await ask(stored, [
      textArray(changes.map(change => change.intentId)),
      numberArray(changes.map(change => change.expectedRevision)),
      numberArray(lost.map(recordCount)),
    ]);
    const heads = new Map<number, StoredHead>();
    for (const [change, revisions, revision, json, archived] of rows) {
      const index = Number(change) - 1;
      if (!heads.has(index))
        heads.set(index, { revisions: Number(revisions), isArchived: archived === 't', json: new Map() });
      if (revision !== null && revision !== undefined) heads.get(index)?.json.set(Number(revision), json ?? '');
    }
    for (const [index, part] of lost.entries()) settleLost(part, heads.get(index));
  }

  const shardOf = (): ShardOf => {
    const sharedFrom = Math.floor(nowMs() / HOUR_MS) - SHARED_HOURS;
    return hour => (hour >= sharedFrom ? shard : 0);
  };

  return commitGroup;
}

/** What the ledger has of an intent. */
interface StoredHead {
  readonly revisions: number;
  readonly isArchived: boolean;
  /** The requested records by revision. */
  readonly json: Map<number, string>;
}

/**
 * Answers the lost changes of a part, up to the first that is the next of its intent after those that turn out to be
 * known.
 */
function settleLost(part: CommitPart, head: StoredHead | undefined): void {
  if (head !== undefined && head.revisions < 0) {
    settleAll(part, { kind: 'refused', error: intentRemovedError(part[0].change.intentId, head.isArchived) });
    return;
  }
  for (const [index, { change, json, settle }] of part.entries()) {
    const at = change.expectedRevision;
    const isKnown = json.length > 0 && json.every((text, offset) => head?.json.get(at + offset) === text);
    if (isKnown) settle({ kind: 'known' });
    else {
      if ((head?.revisions ?? 0) !== at) for (const later of part.slice(index)) later.settle({ kind: 'conflict' });
      return;
    }
  }
}

/** The changes by intent, as long as they follow each other; the others depend on the result of these. */
function partsOf(group: readonly PostgresCommit[]): readonly CommitPart[] {
  const parts = new Map<string, { readonly list: PostgresCommit[]; next: number; isOver: boolean }>();
  for (const commit of group) {
    const { intentId, expectedRevision, records, feature } = commit.change;
    const next = expectedRevision + records.length;
    const part = parts.get(intentId);
    if (part === undefined) parts.set(intentId, { list: [commit], next, isOver: records.length === 0 });
    else if (part.isOver || part.next !== expectedRevision || part.list[0]?.change.feature !== feature)
      part.isOver = true;
    else {
      part.list.push(commit);
      part.next = next;
    }
  }
  return [...parts.values()].map(({ list }) => list as unknown as CommitPart);
}
