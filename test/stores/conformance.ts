/** The tests that every store passes. An adapter's test calls {@link conformance} with a function that makes an empty store. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { contribution } from '../../src/core/cells/contribution.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { difference } from '../../src/core/cells/sums.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import type { RouterError } from '../../src/errors.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { recordsLeft } from '../../src/contracts/archiving.ts';
import type { Store } from '../../src/contracts/store.ts';
import { archivingRules } from './archiving-rules.ts';
import { changeRules } from './change-rules.ts';
import type { History } from './histories.ts';
import {
  anIntent,
  attempted,
  bodies,
  changeOf,
  changesOf,
  commitAll,
  decided,
  evidence,
  histories,
  history,
  HOUR,
  independentSum,
  must,
  NOON,
  sorted,
} from './histories.ts';
import { readRules } from './read-rules.ts';

const REFUSED = { kind: 'refused', error: expect.objectContaining({ code: 'invalid-value' }) as RouterError };

export interface ConformanceOptions {
  /** Runs of each property test: fewer for a store behind a network. */
  readonly propertyRuns?: number;
}

export function conformance(name: string, open: () => Promise<Store> | Store, options: ConformanceOptions = {}): void {
  const opened: Store[] = [];
  const fresh = async (): Promise<Store> => {
    const store = await open();
    opened.push(store);
    return store;
  };
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  describe(`${name} keeps the contract of a store`, () => {
    it('an intent’s records are loaded in revision order', async () => {
      const store = await fresh();
      const one = anIntent('a');
      await commitAll(store, [one]);
      expect(await store.load('a')).toEqual(one.records);
      expect(await store.load('unknown')).toEqual([]);
    });

    it('features with statistics are listed once each, sorted', async () => {
      const store = await fresh();
      expect(await store.features()).toEqual([]);
      await commitAll(store, [anIntent('a', 'support'), anIntent('b', 'invoice'), anIntent('c', 'support')]);
      expect(await store.features()).toEqual(['invoice', 'support']);
    });

    it('a reply’s model is found by any of its keys, the latest attempt deciding, until the reply is pruned', async () => {
      const store = await fresh();
      const model = store.modelOfReply;
      // A store that only one process reads may leave that to the router.
      if (model === undefined) return;
      const replied = (intentId: string, atMs: number, model: string, replyKeys: readonly string[]): History =>
        history(intentId, 'support', [
          decided(atMs),
          attempted(atMs + 1, { model, node: model, replyKeys }),
          evidence(atMs + 2, { source: 'explicit', success: true }),
        ]);
      await commitAll(store, [
        replied('a', NOON, 'mini', ['resp_1', 'conv_1']),
        replied('b', NOON + HOUR, 'premium', ['resp_2', 'conv_1']),
      ]);
      expect(await Promise.all(['resp_1', 'resp_2', 'conv_1', 'resp_3'].map(model))).toEqual([
        'mini',
        'premium',
        'premium',
        undefined,
      ]);
      await store.prune(NOON + HOUR);
      expect(await Promise.all(['resp_1', 'resp_2'].map(model))).toEqual([undefined, 'premium']);
    });

    it('the intent of a reply that was not finished is found by the reply’s id, until it is pruned', async () => {
      const store = await fresh();
      const intent = store.intentOfReply;
      if (intent === undefined) return;
      const replied = (intentId: string, unpriced: readonly string[], replyKeys: readonly string[]): History =>
        history(intentId, 'support', [
          decided(NOON),
          attempted(NOON + 1, { replyKeys, unpriced }),
          evidence(NOON + 2, { source: 'explicit', success: true }),
        ]);
      await commitAll(store, [replied('a', [NOT_RETRIEVED], ['resp_1']), replied('b', [], ['resp_2'])]);
      expect(await Promise.all(['resp_1', 'resp_2', 'resp_3'].map(intent))).toEqual(['a', undefined, undefined]);
      await store.prune(NOON + HOUR);
      expect(await intent('resp_1')).toBeUndefined();
    });

    it('for every session the state with the latest reply is kept, in whatever order the states are written', async () => {
      const store = await fresh();
      if (store.sessions === undefined) return;
      const state = (id: string, atMs: number, tokens: number) => ({
        id,
        last: { tokens, atMs, intents: 1, feature: 'support' },
        models: { mini: { tokens, atMs } },
      });
      const nowMs = Date.now();
      expect(await store.sessions(['a', 'b'])).toEqual([]);
      await store.putSessions?.([state('a', nowMs, 1), state('b', nowMs, 2), state('it’s "c"', nowMs, 3)]);
      await store.putSessions?.([state('a', nowMs - 1, 4), state('b', nowMs + 1, 5)]);
      await store.putSessions?.([]);
      const found = await store.sessions(['a', 'b', 'it’s "c"', 'unknown']);
      expect(new Set(found)).toEqual(
        new Set([state('a', nowMs, 1), state('b', nowMs + 1, 5), state('it’s "c"', nowMs, 3)]),
      );
      await store.forgetSessions?.(['a', 'it’s "c"', 'unknown']);
      expect(await store.sessions(['a', 'b', 'it’s "c"'])).toEqual([state('b', nowMs + 1, 5)]);
    });

    it('the latest revision of every control is kept, and setting one is a compare-and-set', async () => {
      const store = await fresh();
      if (store.controls === undefined) return;
      const control = { kind: 'disabled', subject: 'mini', isSet: true, revision: 1, atMs: NOON, by: 'ann' } as const;
      const pinned = {
        kind: 'pinned',
        subject: 'mini',
        isSet: true,
        plan: 'premium',
        revision: 1,
        atMs: NOON,
      } as const;
      expect(await store.controls()).toEqual([]);
      expect(await store.setControl?.({ ...control, revision: 2 })).toBe(false);
      expect(await store.setControl?.(control)).toBe(true);
      expect(await store.setControl?.(control)).toBe(false);
      expect(await store.setControl?.(pinned)).toBe(true);
      const heldOut = { ...pinned, kind: 'holdout', fraction: 0.05 } as const;
      expect(await store.setControl?.(heldOut)).toBe(true);
      const lifted = { ...control, isSet: false, revision: 2 };
      expect(await store.setControl?.(lifted)).toBe(true);
      expect(new Set(await store.controls())).toEqual(new Set([lifted, pinned, heldOut]));
    });

    it('the intents of one feature and period are listed by decision, latest first', async () => {
      const store = await fresh();
      const decidedAt = (intentId: string, feature: string, atMs: number): History =>
        history(intentId, feature, [
          decided(atMs),
          attempted(atMs + 9),
          evidence(atMs + 10, { source: 'explicit', success: true }),
        ]);
      await commitAll(store, [
        decidedAt('a', 'support', NOON),
        decidedAt('c', 'support', NOON + 2),
        decidedAt('b', 'support', NOON + 1),
        decidedAt('x', 'invoice', NOON),
      ]);
      expect(await store.intents({ feature: 'support', limit: 9 })).toEqual(['c', 'b', 'a']);
      await commitAll(
        store,
        ['e', 'd'].map(id => decidedAt(id, 'support', NOON + 1)),
      );
      expect(await store.intents({ feature: 'support', limit: 9 })).toEqual(['c', 'e', 'd', 'b', 'a']);
      expect(await store.intents({ feature: 'support', limit: 2 })).toEqual(['c', 'e']);
      expect(await store.intents({ feature: 'support', fromMs: NOON + 1, toMs: NOON + 2, limit: 9 })).toEqual([
        'e',
        'd',
        'b',
      ]);
      expect(await store.intents({ feature: 'other', limit: 9 })).toEqual([]);
    });

    it('a change conflicts and writes nothing unless it expects the intent’s current revision', async () => {
      const store = await fresh();
      const one = anIntent('a');
      await commitAll(store, [one]);
      const before = await state(store, 'support');
      for (const expectedRevision of [0, 1, 2, 4, 9]) {
        const records = one.records
          .slice(1, 2)
          .map(record => ({ ...record, revision: expectedRevision, atMs: NOON + 7 }));
        const change = { ...changeOf(one), expectedRevision, records, dueAtMs: 5 };
        expect(await store.commitAll([change])).toEqual([{ kind: 'conflict' }]);
      }
      expect(await state(store, 'support')).toEqual(before);
      expect(await store.claimDue(5, 9, 1)).toEqual([]);
    });

    it('exactly one of several changes from the same revision wins, and only that one is counted', async () => {
      const store = await fresh();
      await store.commitAll([must(changesOf(anIntent('a'))[0])]);
      const second = must(changesOf(anIntent('a'))[1]);
      const results = await Promise.all(Array.from({ length: 8 }, () => store.commitAll([second])));
      expect(results.flat().filter(({ kind }) => kind === 'committed')).toHaveLength(1);
      expect(await store.load('a')).toHaveLength(2);
      expect(must(planCell(await store.cells('support'))).sums.n).toBe(1n);
    });

    it('a change that conflicts does not stop those committed together with it', async () => {
      const store = await fresh();
      await commitAll(store, [anIntent('a')]);
      const results = await Promise.all(['b', 'a', 'c'].map(id => store.commitAll([changeOf(racing(id))])));
      expect(results.flat().map(({ kind }) => kind)).toEqual(['committed', 'conflict', 'committed']);
      expect(await store.load('c')).toHaveLength(1);
    });

    it('changes of one intent that were not awaited are committed in the order they were made', async () => {
      const store = await fresh();
      const one = anIntent('a');
      const answers = await Promise.all(changesOf(one).map(change => store.commitAll([change])));
      expect(answers.flat().map(({ kind }) => kind)).toEqual(['committed', 'committed', 'committed']);
      expect(await store.load('a')).toEqual(one.records);
    });

    it('records that do not continue the intent are refused', async () => {
      const store = await fresh();
      const change = changeOf(anIntent('a'));
      for (const wrong of [{ intentId: 'b' }, { feature: 'other' }, { revision: 1 }, { atMs: Number.NaN }]) {
        const records = change.records.map(record => ({ ...record, ...wrong }));
        expect(await store.commitAll([{ ...change, records }])).toEqual([REFUSED]);
      }
      expect(await store.commitAll([{ ...change, dueAtMs: Number.NaN }])).toEqual([REFUSED]);
      expect(await store.load('a')).toEqual([]);
    });

    it('a change’s delta is added to the cells of its feature exactly, beyond what a float can hold', async () => {
      const store = await fresh();
      const costNanoUsd = 9_000_000_000_000_001;
      for (const id of ['a', 'b', 'c'])
        await commitAll(store, [history(id, 'support', [decided(NOON), attempted(NOON, { costNanoUsd })])]);
      const { sums } = must(planCell(await store.cells('support')));
      const exact = BigInt(costNanoUsd);
      expect(sums).toMatchObject({ n: 3n, cost: 3n * exact, cost2: 3n * exact ** 2n, cost3: 3n * exact ** 3n });
      expect(await store.cells('extract')).toEqual([]);
    });

    it('a cell is not listed once a correction returns all its sums to 0', async () => {
      const store = await fresh();
      const { records, ...change } = changeOf(anIntent('a'));
      const delta = contribution(must(foldIntent(anIntent('a').records)));
      const minus = delta.map(({ key, sums }) => ({ key, sums: difference({}, sums) }));
      await store.commitAll([{ ...change, records, delta }]);
      expect(await store.cells('support')).toHaveLength(delta.length);
      await store.commitAll([{ ...change, records: [], expectedRevision: 1, delta: minus }]);
      expect(await store.cells('support')).toEqual([]);
      expect(await store.features()).toEqual([]);
    });

    it('a scan yields records in append order, limited by feature, kind and time', async () => {
      const store = await fresh();
      const steps = [anIntent('a'), anIntent('b', 'extract', NOON + HOUR)].flatMap(one => changesOf(one));
      const order = [0, 3, 1, 4, 5, 2].map(index => must(steps[index]));
      const appended: LedgerRecord[] = [];
      for (const change of order) {
        expect(await store.commitAll([change])).toEqual([{ kind: 'committed' }]);
        appended.push(...change.records);
        expect(await collect(store.scan())).toEqual(appended);
      }
      expect(await collect(store.scan({ feature: 'extract' }))).toEqual(appended.filter(r => r.feature === 'extract'));
      expect(await collect(store.scan({ kind: 'labelled' }))).toEqual(appended.filter(r => r.kind === 'labelled'));
      const range = { fromMs: NOON + 1000, toMs: NOON + HOUR + 1000 };
      expect(await collect(store.scan(range))).toEqual(
        appended.filter(({ atMs }) => atMs >= range.fromMs && atMs < range.toMs),
      );
    });

    it('a scan ends with the records that existed when it began, and writers continue meanwhile', async () => {
      const store = await fresh();
      const ids = Array.from({ length: 1200 }, (_, index) => `intent-${index}`);
      await Promise.all(ids.map(id => store.commitAll([changeOf(anIntent(id))])));
      let seen = 0;
      for await (const record of store.scan()) {
        expect(record.intentId).not.toContain('later');
        if (seen++ % 400 === 0) await store.commitAll([changeOf(anIntent(`later-${seen}`))]);
      }
      expect(seen).toBe(1200);
    });

    it('a change without records adds its delta and creates no intent', async () => {
      const store = await fresh();
      const delta = contribution(must(foldIntent(anIntent('a').records)));
      await store.commitAll([{ ...changeOf(anIntent('a')), records: [], delta }]);
      expect(sorted(await store.cells('support'))).toEqual(sorted(delta));
      expect(await store.prune(Infinity)).toEqual({ intents: 0, records: 0 });
    });

    it('pruning removes only closed intents, and keeps their contributions in the pruned base', async () => {
      const store = await fresh();
      await commitAll(store, [
        anIntent('old'),
        anIntent('new', 'support', NOON + 2 * HOUR),
        anIntent('other', 'extract'),
      ]);
      await store.commitAll([{ ...changeOf(anIntent('waiting')), dueAtMs: NOON + 9 * HOUR }]);
      const revived = history('revived', 'support', [...bodies(NOON), attempted(NOON + 2 * HOUR)]);
      await commitAll(store, [revived]);
      const before = sorted(await store.cells('support'));
      expect(await store.prune(NOON + HOUR)).toEqual({ intents: 2, records: 6 });
      expect(sorted(await store.cells('support'))).toEqual(before);
      expect(await recordsLeft(store, 'old')).toEqual([]);
      const left = new Set((await collect(store.scan())).map(record => record.intentId));
      expect(left).toEqual(new Set(['new', 'waiting', 'revived']));
      const gave = contribution(must(foldIntent(anIntent('old').records)));
      expect(sorted(await store.prunedCells('support'))).toEqual(sorted(gave));
      expect(await store.prunedCells()).toHaveLength(gave.length * 2);
      expect(await store.prune(NOON + HOUR)).toEqual({ intents: 0, records: 0 });
    });

    it('an intent whose last record is at beforeMs is not pruned', async () => {
      const store = await fresh();
      await commitAll(store, [anIntent('a')]);
      const lastMs = must(anIntent('a').records.at(-1)).atMs;
      expect(await store.prune(lastMs)).toEqual({ intents: 0, records: 0 });
      expect(await store.prune(lastMs + 1)).toEqual({ intents: 1, records: 3 });
    });

    it('law: cells rebuilt from pruned base and ledger equal the updated ones, after any corrections and pruning', async () => {
      const scenario = fc.tuple(histories(), fc.integer({ min: NOON, max: NOON + 6 * HOUR }), fc.boolean());
      await fc.assert(
        fc.asyncProperty(scenario, async ([list, beforeMs, prunes]) => {
          const store = await fresh();
          await commitAll(store, list);
          for (const feature of ['support', 'extract']) {
            const incremental = sorted(await store.cells(feature));
            expect(incremental).toEqual(sorted(independentSum(list, feature)));
            if (prunes) await store.prune(beforeMs);
            const gone = incremental.map(({ key, sums }) => ({ key, sums: difference({}, sums) }));
            await store.correctCells(feature, gone, { id: `everything of ${feature}` });
            expect(await store.cells(feature)).toEqual([]);
            await rebuildCells(store, feature);
            expect(sorted(await store.cells(feature))).toEqual(incremental);
          }
          await must(opened.pop()).close();
        }),
        { numRuns: options.propertyRuns ?? 60 },
      );
    });

    it('a store can be closed twice, and the first close waits for pending commits', async () => {
      const store = await fresh();
      const pending = store.commitAll([changeOf(anIntent('a'))]);
      await store.close();
      expect(await pending).toEqual([{ kind: 'committed' }]);
      await store.close();
    });

    archivingRules(fresh);
    changeRules(fresh);
    readRules(fresh, options);
  });
}

/** The intent with another decision. */
function racing(id: string): History {
  return history(id, 'support', [decided(NOON + 1)]);
}

async function state(store: Store, feature: string): Promise<unknown> {
  return [await collect(store.scan({ feature })), sorted(await store.cells(feature))];
}

async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function planCell(cells: readonly Cell[]): Cell | undefined {
  return cells.find(cell => cell.key.scope === 'plan');
}
