import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { cellKeyString } from '../../../src/core/cells/cell.ts';
import { RouterError } from '../../../src/errors.ts';
import { copyLedger } from '../../../src/exports/ledger/copy-ledger.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { attempted, commitAll, decided, evidence, histories, history, HOUR, NOON } from '../../stores/histories.ts';

const FEATURES = ['support', 'extract'];

const sorted = (cells: readonly Cell[]): readonly Cell[] =>
  cells.toSorted((a, b) => (cellKeyString(a.key) < cellKeyString(b.key) ? -1 : 1));

const anIntent = (id: string, feature = 'support') =>
  history(id, feature, [decided(NOON), attempted(NOON + 1), evidence(NOON + 2, { source: 'explicit', success: true })]);

/** The store with small pages, whose cursor is a number of records. */
function paged(store: Store, size: number): Store {
  const scanPages: Store['scanPages'] = async function* ({ after = '0', ...range } = {}) {
    if (after.startsWith('foreign')) throw new RouterError('cursor-expired', 'a cursor of another store');
    const all = await Array.fromAsync(store.scan(range));
    for (let start = Number(after); start < all.length; start += size) {
      const records = all.slice(start, start + size);
      yield { records, next: String(start + records.length) };
    }
  };
  const consistently: Store['consistently'] = async work => work({ ...store, scanPages });
  return { ...store, scanPages, consistently };
}

async function expectSame(target: Store, source: Store): Promise<void> {
  for (const feature of FEATURES) {
    expect(sorted(await target.cells(feature))).toEqual(sorted(await source.cells(feature)));
    expect(sorted(await target.prunedCells(feature))).toEqual(sorted(await source.prunedCells(feature)));
    expect(await rebuildCells(target, feature)).toMatchObject({ corrected: 0 });
  }
  const byIntent = async (store: Store): Promise<unknown> =>
    JSON.parse(JSON.stringify(Object.groupBy(await Array.fromAsync(store.scan()), one => one.intentId)));
  expect(await byIntent(target)).toEqual(await byIntent(source));
}

describe('copyLedger', () => {
  it('law: a copy has the same records, cells and base after any corrections and pruning, and copying again adds nothing', async () => {
    const scenario = fc.tuple(
      histories(),
      fc.integer({ min: NOON, max: NOON + 6 * HOUR }),
      fc.integer({ min: 1, max: 9 }),
    );
    await fc.assert(
      fc.asyncProperty(scenario, async ([list, beforeMs, size]) => {
        const source = paged(memory(), size);
        await commitAll(source, list);
        await source.prune(beforeMs);
        const target = sqlite(':memory:');
        const { added, records } = await copyLedger(source, target);
        expect(added).toBe(records);
        await expectSame(target, source);
        expect(await copyLedger(source, target)).toMatchObject({ added: 0 });
        await expectSame(target, source);
        await target.close();
      }),
      { numRuns: 40 },
    );
  });

  it('a target that has removed what the source still has is refused, naming the side that removed it and the remedy', async () => {
    const source = memory();
    await commitAll(source, [anIntent('a'), anIntent('b'), history('later', 'support', [decided(NOON + 2 * HOUR)])]);
    const target = sqlite(':memory:');
    await copyLedger(source, target);
    await target.prune(NOON + HOUR);
    await expect(copyLedger(source, target)).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringMatching(/the target has pruned or archived the intent "[ab]".*empty target/s),
    });
    await target.close();
  });

  it('law: a copy that ends anywhere is continued by the next one, from its cursor or from the start', async () => {
    const scenario = fc.tuple(histories(), fc.integer({ min: 1, max: 9 }), fc.boolean(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(scenario, async ([list, calls, isAnswerLost, hasCursor]) => {
        const source = paged(memory(), 2);
        await commitAll(source, list);
        const target = memory();
        let left = calls;
        const ending: Store = {
          ...target,
          async commitAll(changes) {
            if (left-- > 0) return target.commitAll(changes);
            if (isAnswerLost) await target.commitAll(changes);
            throw new Error('the connection was lost');
          },
        };
        let after: string | undefined;
        await copyLedger(source, ending, { reached: cursor => (after = cursor) }).catch(() => undefined);
        const resumed = hasCursor && after !== undefined ? { after } : {};
        const { records } = await copyLedger(source, target, resumed);
        const all = await Array.fromAsync(source.scan());
        expect(records).toBe(all.length - Number(resumed.after ?? 0));
        await expectSame(target, source);
      }),
      { numRuns: 40 },
    );
  });

  it('records that are written to the source during a copy are copied too', async () => {
    const source = paged(memory(), 1);
    await commitAll(source, [anIntent('a')]);
    const target = memory();
    let reached = 0;
    const during = [anIntent('late'), anIntent('later', 'extract')];
    await copyLedger(source, target, {
      // Copying reports at once, and so may a writer write at once.
      reached: () => void (reached++ === 0 && commitAll(source, during)),
    });
    await copyLedger(source, target);
    await expectSame(target, source);
  });

  it('an intent that gets further records after a copy is continued by the next one', async () => {
    const source = paged(memory(), 1);
    const { intentId, feature, records } = anIntent('a');
    await commitAll(source, [{ intentId, feature, records: records.slice(0, 2) }]);
    const target = memory();
    let after = '';
    await copyLedger(source, target, { reached: cursor => (after = cursor) });
    const [last] = [...anIntent('a').records].slice(-1);
    if (last === undefined) throw new Error('no record');
    await commitAll(source, [history('b', 'support', [decided(NOON)])]);
    await source.commitAll([{ intentId, feature, expectedRevision: 2, records: [last], delta: [], dueAtMs: null }]);
    await rebuildCells(source, feature);
    expect(await copyLedger(source, target, { after })).toMatchObject({ records: 2, added: 2 });
    await expectSame(target, source);
  });

  it('a cursor of another store is not used: everything is read again', async () => {
    const source = paged(memory(), 2);
    await commitAll(source, [anIntent('a')]);
    expect(await copyLedger(source, memory(), { after: 'foreign' })).toMatchObject({ records: 3, added: 3 });
  });

  it('a cursor is not used if the target has lost earlier records: everything is read again', async () => {
    const source = paged(memory(), 2);
    await commitAll(source, [anIntent('a'), anIntent('b', 'extract')]);
    let after = '';
    await copyLedger(source, memory(), { reached: cursor => (after = cursor) });
    const target = memory();
    expect(await copyLedger(source, target, { after })).toMatchObject({ records: 6, added: 6 });
    await expectSame(target, source);
  });

  it('a target with intents that the source does not have is refused before anything is written', async () => {
    const source = memory();
    await commitAll(source, [anIntent('a')]);
    const target = memory();
    await commitAll(target, [anIntent('foreign', 'extract')]);
    await expect(copyLedger(source, target)).rejects.toMatchObject({
      code: 'store-unusable',
      message: expect.stringContaining('the intent foreign of another ledger') as string,
    });
    expect(await target.load('a')).toEqual([]);
  });

  it('a target with a pruned base that the source does not have is refused before anything is written', async () => {
    const source = memory();
    await commitAll(source, [anIntent('a')]);
    const target = memory();
    await commitAll(target, [anIntent('foreign')]);
    await target.prune(NOON + HOUR);
    await expect(copyLedger(source, target)).rejects.toThrow('pruned statistics of another ledger');
    expect(await target.load('a')).toEqual([]);
  });

  it.each([
    ['other records', [decided(NOON), attempted(NOON + 9)]],
    ['more records', [...anIntent('a').records, attempted(NOON + 9)]],
  ])('a target where an intent has %s is refused', async (_, bodies) => {
    const source = paged(memory(), 1);
    await commitAll(source, [anIntent('a')]);
    const target = memory();
    await commitAll(target, [history('a', 'support', bodies)]);
    await expect(copyLedger(source, target)).rejects.toThrow('the intent a of another ledger');
  });

  it('a source that was pruned after a copy has the same statistics, so that the next copy continues from its cursor', async () => {
    const source = paged(memory(), 9);
    await commitAll(source, [anIntent('a')]);
    const target = memory();
    let after = '';
    await copyLedger(source, target, { reached: cursor => (after = cursor) });
    await source.prune(NOON + HOUR);
    expect(await copyLedger(source, target, { after })).toMatchObject({ added: 0 });
    expect(await target.load('a')).toHaveLength(3);
  });

  it('a copy computes due times with the function that the caller gives', async () => {
    const source = memory();
    await commitAll(source, [history('a', 'support', [decided(NOON)])]);
    const target = memory();
    await copyLedger(source, target, { dueAtMs: intent => intent.decided.atMs + HOUR });
    expect(await target.claimDue(NOON + HOUR, 9, 1)).toEqual(['a']);
  });

  it('a change that the target refuses ends the copy with its error', async () => {
    const source = memory();
    await commitAll(source, [anIntent('a')]);
    const error = new RouterError('invalid-value', 'a text has a NUL');
    const target = { ...memory(), commitAll: async () => [{ kind: 'refused', error } as const] };
    await expect(copyLedger(source, target)).rejects.toBe(error);
  });
});
