import { describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import type { Evidence } from '../../src/core/ledger/vocabulary.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { RouterError } from '../../src/errors.ts';
import type { Replayed, SpooledChange } from '../../src/stores/replay-change.ts';
import { replayChanges } from '../../src/stores/replay-change.ts';
import { commitOne } from '../../src/contracts/commit-on-latest.ts';
import type { Change, Store } from '../../src/contracts/store.ts';
import { oneByOne } from './one-by-one.ts';
import { attempted, changesOf, decided, evidence, history, NOON } from './histories.ts';

type Bodies = Parameters<typeof history>[2];

/** One process's changes of the intent `a`. */
function made(...bodies: Bodies): readonly Change[] {
  return changesOf(history('a', 'support', bodies));
}

async function ledgerWith(changes: readonly Change[]): Promise<Store> {
  const store = memory();
  for (const change of changes) expect(await commitOne(store, change)).toEqual({ kind: 'committed' });
  return store;
}

async function replayChange(store: Store, change: SpooledChange): Promise<Replayed | undefined> {
  return (await replayChanges(store, [change]))[0];
}

async function isSound(store: Store): Promise<boolean> {
  return (await rebuildCells(store, 'support')).corrected === 0;
}

const success: Evidence = { source: 'explicit', success: true };

describe('replaying a change', () => {
  it('a change that continues the ledger is appended unchanged', async () => {
    const [opening, attempt] = made(decided(NOON), attempted(NOON + 1)) as [Change, Change];
    const store = await ledgerWith([opening]);
    expect(await replayChange(store, { ...attempt, dueAtMs: 50 })).toBe('applied');
    expect(await store.load('a')).toEqual([...opening.records, ...attempt.records]);
    expect(await store.claimDue(50, 1, 0)).toEqual(['a']);
    expect(await isSound(store)).toBe(true);
  });

  it('a label of silence is dropped where the user came back meanwhile, and silence labels the intent later', async () => {
    const [opening, attempt, silent] = made(
      decided(NOON),
      attempted(NOON + 1),
      evidence(NOON + 50, { source: 'silence', success: true }),
    ) as [Change, Change, Change];
    const later = made(
      decided(NOON),
      attempted(NOON + 1),
      attempted(NOON + 40, { requestId: 'request-2', turn: 2 }),
    )[2] as Change;
    const store = await ledgerWith([opening, attempt, { ...later, dueAtMs: 90 }]);
    expect(await replayChange(store, silent)).toBe('known');
    expect(foldIntent(await store.load('a'))?.outcome.state).toBe('pending');
    expect(await store.claimDue(90, 1, 0)).toEqual(['a']);
    // An attempt of the same turn, added by another process, does not withdraw the silence, and no other evidence depends on it.
    const retried = made(decided(NOON), attempted(NOON + 1), attempted(NOON + 40, { kind: 'retry' }))[2] as Change;
    const sameTurn = await ledgerWith([opening, attempt, retried]);
    expect(await replayChange(sameTurn, silent)).toBe('applied');
    const [, , explicit] = made(decided(NOON), attempted(NOON + 1), evidence(NOON + 50, success)) as [
      Change,
      Change,
      Change,
    ];
    expect(await replayChange(await ledgerWith([opening, attempt, later]), explicit)).toBe('applied');
  });

  it('a rebased change is `known` when it is replayed again', async () => {
    const changes = made(decided(NOON), attempted(NOON + 1), evidence(NOON + 2, success));
    const other = made(decided(NOON), attempted(NOON, { costNanoUsd: 7 }))[1] as Change;
    const store = await ledgerWith([changes[0] as Change, other]);
    for (const expected of ['applied', 'known']) {
      for (const change of changes.slice(1)) expect(await replayChange(store, change)).toBe(expected);
    }
    expect(await store.load('a')).toHaveLength(4);
  });

  it('two equal attempts of one intent are both kept', async () => {
    const changes = made(decided(NOON), attempted(NOON), attempted(NOON));
    const store = await ledgerWith([]);
    for (const change of changes) expect(await replayChange(store, change)).toBe('applied');
    expect(foldIntent(await store.load('a'))?.attempts).toHaveLength(2);
  });

  it('a change that lost its race is appended after the other process’s records, with a recomputed delta', async () => {
    const mine = made(decided(NOON), attempted(NOON + 1), evidence(NOON + 2, success));
    const theirs = made(
      decided(NOON),
      attempted(NOON + 1, { costNanoUsd: 77, requestId: 'request-2' }),
      evidence(NOON + 1, { source: 'implicit', success: false }),
    );
    const store = await ledgerWith(theirs);
    for (const change of mine.slice(1)) expect(await replayChange(store, { ...change, dueAtMs: 50 })).toBe('applied');
    const records = await store.load('a');
    expect(records.map(record => record.kind)).toEqual(['decided', 'attempted', 'labelled', 'attempted', 'corrected']);
    const intent = foldIntent(records);
    expect(intent?.attempts.map(attempt => attempt.costNanoUsd)).toEqual([77, 650_000]);
    expect(intent?.outcome).toMatchObject({ state: 'success', source: 'explicit' });
    expect(await store.claimDue(50, 1, 0)).toEqual([]);
    expect(await isSound(store)).toBe(true);
  });

  it('the first of two decisions for one intent is kept, and it is charged with the attempts of both', async () => {
    const mine = made(decided(NOON, ['premium']), attempted(NOON + 1, { node: 'premium', model: 'premium' }));
    const store = await ledgerWith(made(decided(NOON), attempted(NOON + 1)));
    expect(await replayChange(store, mine[0] as Change)).toBe('known');
    expect(await replayChange(store, mine[1] as Change)).toBe('applied');
    const intent = foldIntent(await store.load('a'));
    expect(intent?.decided.decision.plan).toEqual(['mini', 'premium']);
    expect(intent?.attempts).toHaveLength(2);
    expect(await isSound(store)).toBe(true);
  });

  it('a replacement finds its attempt at another index, and is dropped if the ledger does not have the attempt', async () => {
    const [opening, mine] = made(decided(NOON), attempted(NOON + 1, { requestId: 'mine' })) as [Change, Change];
    const theirs = made(decided(NOON), attempted(NOON + 2, { requestId: 'theirs' }))[1] as Change;
    const store = await ledgerWith([opening, theirs]);
    expect(await replayChange(store, mine)).toBe('applied');
    const better = (requestId: string): Change => {
      const body = attempted(NOON + 1, { requestId, costNanoUsd: 99 });
      const record = {
        ...body,
        kind: 'attempted',
        replaces: 0,
        intentId: 'a',
        feature: 'support',
        revision: 2,
      } as const;
      return { ...mine, expectedRevision: 2, records: [record as LedgerRecord] };
    };
    expect(await replayChange(store, better('mine'))).toBe('applied');
    expect(
      foldIntent(await store.load('a'))?.attempts.map(({ requestId, costNanoUsd }) => [requestId, costNanoUsd]),
    ).toEqual([
      ['theirs', 650_000],
      ['mine', 99],
    ]);
    expect(await replayChange(store, better('unknown'))).toBe('known');
    expect(await isSound(store)).toBe(true);
  });

  it('a change is `known` if the ledger has its records at the same revisions', async () => {
    const changes = made(decided(NOON), attempted(NOON + 1), evidence(NOON + 2, success));
    const store = await ledgerWith(changes);
    for (const change of changes) expect(await replayChange(store, change)).toBe('known');
    expect(await store.load('a')).toHaveLength(3);
  });

  it.each([
    ['at another time', success, success],
    ['with another key', { ...success, key: 'ticket-1' }, { ...success, key: 'ticket-2' }],
    ['without a key', { ...success, key: 'ticket-1' }, success],
  ])('evidence %s is new and is appended', async (_, stored, given) => {
    const store = await ledgerWith(made(decided(NOON), evidence(NOON + 3, stored)));
    const change = made(decided(NOON), evidence(NOON + 4, given))[1] as Change;
    expect(await replayChange(store, change)).toBe('applied');
    expect((await store.load('a')).at(-1)).toMatchObject({ kind: 'corrected', evidence: given, revision: 2 });
  });

  it('two corrections at the same time are two facts, and each is appended once', async () => {
    const corrections = [success, { ...success, success: false }].map(given => evidence(NOON + 3, given, 'corrected'));
    const changes = made(decided(NOON), evidence(NOON + 1, success), ...corrections);
    const store = await ledgerWith(changes.slice(0, 2));
    for (const expected of ['applied', 'known'])
      for (const change of changes.slice(2)) expect(await replayChange(store, change)).toBe(expected);
    expect(await store.load('a')).toHaveLength(4);
  });

  it('evidence is dropped if any evidence in the ledger has its key', async () => {
    const keys = ['ticket-1', 'ticket-2'].map((key, index) =>
      evidence(NOON + 7 + index, { ...success, key }, index === 0 ? 'labelled' : 'corrected'),
    );
    const store = await ledgerWith(made(decided(NOON), ...keys));
    for (const key of ['ticket-1', 'ticket-2']) {
      const change = made(decided(NOON), evidence(NOON + 5, { ...success, key }))[1] as Change;
      expect(await replayChange(store, change)).toBe('known');
    }
  });

  it.each(['labelled', 'corrected'] as const)(
    'the first evidence of an intent is `labelled`, even if spooled as `%s`',
    async kind => {
      const store = await ledgerWith(made(decided(NOON), attempted(NOON + 1)));
      await replayChange(store, made(decided(NOON), evidence(NOON + 2, success, kind))[1] as Change);
      expect((await store.load('a')).at(-1)).toMatchObject({ kind: 'labelled', revision: 2 });
    },
  );

  describe('an attempt that replaces another', () => {
    const mine = { requestId: 'mine', kind: 'first', startedAtMs: NOON } as const;
    const replacing = (index: number): Change => {
      const [, change] = made(decided(NOON), attempted(NOON + 9, { ...mine, costNanoUsd: 99 }));
      const records = change?.records.map(record => ({ ...record, replaces: index }) as LedgerRecord) ?? [];
      return { ...(change as Change), records };
    };

    it.each([
      ['the attempt at its index', [mine, { ...mine, requestId: 'other' }], 0, 0],
      ['the one at its index of two equal attempts', [mine, mine], 1, 1],
      ['the only attempt with the same request', [{ ...mine, requestId: 'other' }, mine], 0, 1],
      ['the only attempt of the same kind', [{ ...mine, kind: 'retry' }, mine], 0, 1],
      ['the only attempt with the same start', [{ ...mine, startedAtMs: NOON + 1 }, mine], 0, 1],
      ['an equal attempt at a lower index', [{ ...mine, requestId: 'other' }, mine], 5, 1],
      ['nothing if no attempt is equal', [{ ...mine, requestId: 'other' }], 0, undefined],
    ] as const)('a replacement replaces %s', async (_, attempts, index, replaced) => {
      const store = await ledgerWith(
        made(decided(NOON), ...attempts.map(each => attempted(NOON + 1, { ...each, costNanoUsd: 1 }))),
      );
      expect(await replayChange(store, replacing(index))).toBe(replaced === undefined ? 'known' : 'applied');
      const costs = foldIntent(await store.load('a'))?.attempts.map(({ costNanoUsd }) => costNanoUsd);
      expect(costs).toEqual(attempts.map((__, each) => (each === replaced ? 99 : 1)));
    });
  });

  it('a replay is `impossible` if the ledger has no decision for the intent', async () => {
    const store = await ledgerWith([]);
    expect(await replayChange(store, made(decided(NOON), attempted(NOON))[1] as Change)).toBe('impossible');
  });

  it('a lost race is retried, and the replay rejects if the store refuses every retry', async () => {
    const store = await ledgerWith([]);
    const [opening, mine] = made(decided(NOON), attempted(NOON + 1)) as [Change, Change];
    const theirs = made(decided(NOON), attempted(NOON + 2, { costNanoUsd: 5 }))[1] as Change;
    await commitOne(store, opening);
    let races = 0;
    const raced: Store = {
      ...store,
      async commitAll(changes) {
        if (races++ === 0) await store.commitAll([theirs]);
        return store.commitAll(changes);
      },
    };
    expect(await replayChange(raced, mine)).toBe('applied');
    expect(races).toBe(2);
    expect(await isSound(store)).toBe(true);
    const refusing: Store = { ...memory(), commitAll: async changes => changes.map(() => ({ kind: 'conflict' })) };
    await expect(replayChange(refusing, opening)).rejects.toMatchObject({ code: 'store-unusable' });
  });
});

describe('a change that can never be replayed', () => {
  const both = history('a', 'support', [decided(NOON), attempted(NOON + 1)]).records;
  const change: SpooledChange = {
    intentId: 'a',
    feature: 'support',
    expectedRevision: 0,
    records: both,
    dueAtMs: null,
  };

  it('a change is reported with its reason: it has nothing to follow, no intent can have its records, or the store refuses it', async () => {
    const headless = { ...change, expectedRevision: 1, records: both.slice(1) };
    expect(await replayChange(memory(), headless)).toBe('impossible');
    const half = JSON.parse(JSON.stringify(both).replace(/"costNanoUsd":\d+/, '"costNanoUsd":0.5')) as typeof both;
    expect(await replayChange(memory(), { ...change, records: half })).toMatchObject({
      code: 'invalid-value',
      message: expect.stringContaining('cannot be applied') as string,
    });
    const error = new RouterError('invalid-value', 'no such name');
    const refusing: Store = { ...memory(), commitAll: oneByOne(async () => ({ kind: 'refused', error })) };
    expect(await replayChange(refusing, change)).toBe(error);
  });

  it('a change that a failing store rejects is not reported as such, and neither is one that is replayed', async () => {
    const failing = { ...memory(), commitAll: async () => Promise.reject(new Error('down')) };
    await expect(replayChange(failing, change)).rejects.toThrow('down');
    expect(await replayChange(memory(), change)).toBe('applied');
  });
});

describe('replaying several changes', () => {
  const three = (id: string): readonly Change[] =>
    changesOf(history(id, 'support', [decided(NOON), attempted(NOON + 1), evidence(NOON + 2, success)]));

  it('all replayed changes go to the store in one call, those of an intent in their order', async () => {
    const store = memory();
    let calls = 0;
    const counting: Store = { ...store, commitAll: async changes => (calls++, store.commitAll(changes)) };
    const [a, b] = [three('a'), three('b')];
    const mixed = [a[0], b[0], a[1], a[2], b[1], b[2]] as readonly Change[];
    expect(await replayChanges(counting, mixed)).toEqual(mixed.map(() => 'applied'));
    expect(calls).toBe(1);
    expect((await store.load('a')).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'labelled']);
    expect(await replayChanges(counting, mixed)).toEqual(mixed.map(() => 'known'));
    expect(await isSound(store)).toBe(true);
  });

  it('an intent that another writer changes meanwhile is read again with all its changes, and the others are not sent again', async () => {
    const store = memory();
    const theirs = made(decided(NOON - 1), attempted(NOON + 5, { requestId: 'theirs', costNanoUsd: 7 }));
    const sent: string[][] = [];
    const raced: Store = {
      ...store,
      async commitAll(changes) {
        if (sent.push(changes.map(({ intentId }) => intentId)) === 1) await store.commitAll(theirs);
        return store.commitAll(changes);
      },
    };
    const answers = await replayChanges(raced, [...three('a'), ...three('b')]);
    expect(answers).toEqual(['known', 'applied', 'applied', 'applied', 'applied', 'applied']);
    expect(sent).toEqual([
      ['a', 'a', 'a', 'b', 'b', 'b'],
      ['a', 'a'],
    ]);
    expect((await store.load('a')).map(({ kind }) => kind)).toEqual(['decided', 'attempted', 'attempted', 'labelled']);
    expect(await isSound(store)).toBe(true);
  });

  it('changes that follow one that the store refuses are computed again without it', async () => {
    const store = memory();
    const error = new RouterError('invalid-value', 'no such name');
    const commitAll: Store['commitAll'] = async changes => {
      const isBad = (change: Change): boolean => change.records.some(({ kind }) => kind === 'attempted');
      const bad = changes.findIndex(isBad);
      if (bad < 0) return store.commitAll(changes);
      const before = await store.commitAll(changes.slice(0, bad));
      return [...before, { kind: 'refused', error }, ...(await store.commitAll(changes.slice(bad + 1)))];
    };
    expect(await replayChanges({ ...store, commitAll }, three('a'))).toEqual(['known', error, 'applied']);
    expect((await store.load('a')).map(({ kind }) => kind)).toEqual(['decided', 'labelled']);
    expect(await isSound(store)).toBe(true);
  });
});
