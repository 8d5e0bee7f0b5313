import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { cellKeyString } from '../../../src/core/cells/cell.ts';
import { importLedger } from '../../../src/exports/ledger/import-ledger.ts';
import { encodeLedgerLine } from '../../../src/exports/ledger/ledger-lines.ts';
import { exportLedger } from '../../../src/exports/ledger/export-ledger.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { RouterError } from '../../../src/errors.ts';
import type { Change, Store } from '../../../src/contracts/store.ts';
import {
  attempted,
  changesOf,
  commit,
  commitAll,
  decided,
  histories,
  history,
  HOUR,
  NOON,
} from '../../stores/histories.ts';

async function text(source: Store, range = {}): Promise<string> {
  let all = '';
  for await (const chunk of exportLedger(source, range)) all += chunk;
  return all;
}

function sorted(cells: readonly Cell[]): readonly Cell[] {
  return [...cells].sort((a, b) => (cellKeyString(a.key) < cellKeyString(b.key) ? -1 : 1));
}

async function exported(): Promise<string> {
  const store = memory();
  await commitAll(store, [history('a', 'support', [decided(NOON), attempted(NOON + 1)])]);
  return text(store);
}

const PRUNED = encodeLedgerLine({
  kind: 'pruned',
  cell: {
    key: { scope: 'plan', feature: 'support', segment: '', subject: 'mini', version: '', bucket: 7 },
    sums: { n: 3n },
  },
});

function withoutDecision(lines: readonly string[]): string[] {
  return [lines[0] ?? '', (lines[2] ?? '').replace('"revision":1', '"revision":0'), '{"kind":"end","records":1}'];
}

describe('importLedger', () => {
  it('law: an imported ledger has the same cells, base and export, after any corrections and pruning', async () => {
    const beforeMs = fc.integer({ min: NOON, max: NOON + 6 * HOUR });
    await fc.assert(
      fc.asyncProperty(histories(), beforeMs, async (list, before) => {
        const source = memory();
        await commitAll(source, list);
        await source.prune(before);
        const file = await text(source);
        const target = sqlite(':memory:');
        await importLedger([file], target);
        for (const feature of ['support', 'extract']) {
          expect(sorted(await target.cells(feature))).toEqual(sorted(await source.cells(feature)));
          expect(sorted(await target.prunedCells(feature))).toEqual(sorted(await source.prunedCells(feature)));
          expect(await rebuildCells(target, feature)).toMatchObject({ corrected: 0 });
        }
        const again = await text(target);
        expect(again.split('\n').sort()).toEqual(file.split('\n').sort());
        await target.close();
      }),
      { numRuns: 40 },
    );
  });

  it('law: an export of version 1 gives the same records and cells as a current one', async () => {
    await fc.assert(
      fc.asyncProperty(histories(), async list => {
        const source = memory();
        await commitAll(source, list);
        const today = await text(source);
        const older = today.replace('"version":2', '"version":1').replaceAll('"kind":"labelled"', '"kind":"settled"');
        const target = memory();
        await importLedger([older], target);
        expect(await text(target)).toBe(today);
        for (const feature of ['support', 'extract'])
          expect(sorted(await target.cells(feature))).toEqual(sorted(await source.cells(feature)));
      }),
      { numRuns: 20 },
    );
  });

  it('the order of interleaved intents is kept over several batches', async () => {
    const source = memory();
    const many = Array.from({ length: 400 }, (_, i) =>
      changesOf(history(`intent-${i}`, 'support', [decided(NOON), attempted(NOON), attempted(NOON + 1)])),
    );
    for (const revision of [0, 1, 2])
      for (const changes of many) if (changes[revision] !== undefined) await commit(source, changes[revision]);
    const file = await text(source);
    const target = memory();
    expect(await importLedger(file.match(/[^]{1,5000}/g) ?? [], target)).toEqual({ records: 1200, intents: 400 });
    expect(await text(target)).toBe(file);
  });

  it('due times come from the caller, because the export does not have them', async () => {
    const target = memory();
    await importLedger([await exported()], target, { dueAtMs: intent => intent.decided.atMs + HOUR });
    expect(await target.claimDue(NOON + HOUR, 9, 1)).toEqual(['a']);
  });

  it('an export of one feature can be imported', async () => {
    const source = memory();
    await commitAll(source, [history('a', 'support', [decided(NOON)]), history('b', 'extract', [decided(NOON)])]);
    const target = memory();
    expect(await importLedger([await text(source, { feature: 'extract' })], target)).toMatchObject({ records: 1 });
    expect(await target.load('b')).toHaveLength(1);
  });

  it('a store with records or a pruned base is refused', async () => {
    const target = memory();
    const file = await exported();
    await importLedger([file], target);
    await expect(importLedger([file], target)).rejects.toMatchObject({ code: 'store-unusable' });
    await target.prune(NOON + HOUR);
    await expect(importLedger([file], target)).rejects.toMatchObject({ code: 'store-unusable' });
  });

  it.each([
    ['a file that is cut off', (lines: string[]) => lines.slice(0, -1), 'cut off'],
    ['a file that lost a record', (lines: string[]) => lines.toSpliced(2, 1), 'cut off'],
    ['a file without a header', (lines: string[]) => lines.slice(1), 'no header'],
    ['two exports in one file', (lines: string[]) => [...lines, ...lines], 'after the end'],
    ['a record whose predecessor is missing', (lines: string[]) => lines.toSpliced(1, 1), 'is out of order'],
    ['a second header', (lines: string[]) => lines.toSpliced(1, 0, lines[0] ?? ''), 'second header'],
    ['a pruned cell after records', (lines: string[]) => lines.toSpliced(3, 0, PRUNED), 'pruned cell after records'],
    ['an intent that begins with an attempt', withoutDecision, 'is out of order'],
    ['an empty file', () => [], 'line 1: the export is empty'],
    [
      'an attempt of another feature than its intent',
      (lines: string[]) => lines.with(2, (lines[2] ?? '').replace('"feature":"support"', '"feature":"zzz"')),
      'belongs to another feature',
    ],
    ['a duplicated record', (lines: string[]) => lines.toSpliced(2, 0, lines[1] ?? ''), 'is out of order'],
  ])('%s is refused with an error that names the line', async (_, damage, message) => {
    const lines = damage((await exported()).trimEnd().split('\n'));
    await expect(importLedger([lines.join('\n')], memory())).rejects.toMatchObject({
      code: 'invalid-data',
      path: expect.stringMatching(/^line \d+$/) as string,
      message: expect.stringContaining(message) as string,
    });
  });

  it.each([
    ['--from', { fromMs: NOON + 1 }],
    ['--to', { toMs: NOON + 1 }],
    ['--from and --to', { fromMs: NOON, toMs: NOON + 1 }],
    ['--feature and --from', { feature: 'support', fromMs: NOON - 1 }],
  ])('an export with %s is refused, because it may have only parts of some intents', async (_, range) => {
    const source = memory();
    await commitAll(source, [history('a', 'support', [decided(NOON), attempted(NOON + HOUR)])]);
    const target = memory();
    await expect(importLedger([await text(source, range)], target)).rejects.toMatchObject({
      code: 'invalid-data',
      path: 'line 1',
      message: expect.stringContaining('covers a period') as string,
    });
    expect(await target.features()).toEqual([]);
  });

  it.each([
    ['conflict', 'another process wrote to the intent a', { kind: 'conflict' }],
    ['refused', 'no such partition', { kind: 'refused', error: new RouterError('invalid-value', 'no such partition') }],
  ] as const)(
    'a record that the store answers with %s ends the import with an error that names its line',
    async (_, message, answer) => {
      const target = { ...memory(), commitAll: async (changes: readonly Change[]) => changes.map(() => answer) };
      await expect(importLedger([await exported()], target)).rejects.toMatchObject({
        code: 'invalid-data',
        path: 'line 2',
        message: expect.stringContaining(message) as string,
      });
    },
  );

  it('an import is refused if another import has added a pruned base since the store was checked to be empty', async () => {
    const target = { ...memory(), correctCells: async () => false };
    const lines = (await exported()).split('\n').toSpliced(1, 0, PRUNED);
    await expect(importLedger([lines.join('\n')], target)).rejects.toMatchObject({ code: 'store-unusable' });
  });

  it('records are committed in batches of 500, and an intent is loaded only where it began in an earlier batch', async () => {
    const source = memory();
    const list = Array.from({ length: 601 }, (_, i) =>
      history(`intent-${i}`, 'support', [decided(NOON), attempted(NOON)]),
    );
    for (const one of list) for (const change of changesOf(one).slice(0, 1)) await commit(source, change);
    for (const one of list) for (const change of changesOf(one).slice(1)) await commit(source, change);
    const target = memory();
    const loaded: string[] = [];
    const watched = { ...target, load: async (id: string) => (loaded.push(id), target.load(id)) };
    const progress: number[] = [];
    await importLedger([await text(source)], watched, { progress: records => progress.push(records) });
    expect(progress).toEqual([500, 1000, 1202]);
    // Each intent's attempt is in a later batch than its decision.
    expect(loaded.toSorted()).toEqual(list.map(({ intentId }) => intentId).toSorted());
  });
});
