/** What every store promises about reading: cursors, coarser buckets, snapshots. A part of the conformance suite. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DecidedRecord, LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { integerCell } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../src/core/cells/grains.ts';
import { routingPart } from '../../src/core/beliefs/routing-sums.ts';
import { difference, sumOf } from '../../src/core/cells/sums.ts';
import { recordsLeft } from '../../src/contracts/archiving.ts';
import type { ScanRange } from '../../src/contracts/ledger-source.ts';
import type { Change, Cursor, Store, StoreView } from '../../src/contracts/store.ts';
import type { History } from './histories.ts';
import { anIntent, changesOf, histories, HOUR, independentSum, must, NOON, sorted } from './histories.ts';
import { keptCells } from './kept-cells.ts';

const DAY = 24 * HOUR;

/** How many days ago the intents of a store were decided: `maintain` keeps some by hour, some by day and some by week. */
const YOUNG_AND_OLD = [0, 1, 13, 15, 16, 60, 89, 91, 92, 130, 131, 210];

export function readRules(
  fresh: () => Promise<Store>,
  { propertyRuns = 30 }: { readonly propertyRuns?: number },
): void {
  it('a first reading has all cells, and a later one only the cells that changed since, as complete sums', async () => {
    const store = await fresh();
    await commit(store, [anIntent('a'), anIntent('b', 'support', NOON + HOUR), anIntent('x', 'extract')]);
    const first = await store.cellsSince('support');
    expect(first.complete).toBe(true);
    expect(sorted(first.cells)).toEqual(sorted(await store.cells('support')));
    const unchanged = await store.cellsSince('support', first.next);
    expect(unchanged).toMatchObject({ cells: [], complete: false });
    await commit(store, [anIntent('c', 'support', NOON + HOUR), anIntent('y', 'extract')]);
    const both = independentSum(
      ['b', 'c'].map(id => anIntent(id, 'support', NOON + HOUR)),
      'support',
    );
    for (const since of [first.next, unchanged.next]) {
      const changed = await store.cellsSince('support', since);
      expect(changed.complete).toBe(false);
      expect(sorted(changed.cells)).toEqual(sorted(both));
    }
    expect(await store.cellsSince('unknown')).toMatchObject({ cells: [], complete: true });
  });

  it('only the intents of a session are listed, whatever its name is, and no intent that merely contains the name', async () => {
    const store = await fresh();
    const names = ['chat', 'chat-1', 'a"b\\c', '\u0000\n€', '🙂', '"session":"chat"', '%'];
    const ofSession = (id: string, session: string | undefined, atMs = NOON, feature = 'support'): History => {
      const [first, ...rest] = anIntent(id, feature, atMs).records;
      const own = session === undefined ? {} : { session };
      return { intentId: id, feature, records: [{ ...(first as DecidedRecord), ...own }, ...rest] };
    };
    await commit(store, [
      ...names.flatMap((name, i) => [ofSession(`a${i}`, name), ofSession(`b${i}`, name, NOON + HOUR)]),
      ofSession('alone', undefined),
      ofSession('other', 'chat', NOON, 'extract'),
    ]);
    const list = async (session: string, more = {}): Promise<readonly string[]> =>
      store.intents({ feature: 'support', session, limit: 9, ...more });
    for (const [i, name] of names.entries()) expect(await list(name)).toEqual([`b${i}`, `a${i}`]);
    expect(await list('chat', { after: 'b0' })).toEqual(['a0']);
    expect(await list('chat', { toMs: NOON + 1 })).toEqual(['a0']);
    expect(await list('chat', { limit: 1 })).toEqual(['b0']);
    expect(await list('nope')).toEqual([]);
  });

  it('a list of intents with evidence of failure, or of an unknown outcome, has all of them, in order and page by page, and may have others', async () => {
    const store = await fresh();
    const EVIDENCE = [{ success: false }, { success: null }, { success: true }, undefined] as const;
    const made = EVIDENCE.flatMap((given, kind) =>
      ['support', 'extract'].flatMap(feature =>
        [0, 1, 2].map((hour): History => {
          const { intentId, records } = anIntent(`${feature}-${kind}-${hour}`, feature, NOON + hour * HOUR);
          const [decided, attempted, labelled] = records;
          if (given === undefined) return { intentId, feature, records: [decided, attempted] as LedgerRecord[] };
          const evidence = { source: 'silence' as const, ...given };
          return { intentId, feature, records: [decided, attempted, { ...labelled, evidence }] as LedgerRecord[] };
        }),
      ),
    );
    await commit(store, made);
    const all = await store.intents({ feature: 'support', limit: 99 });
    for (const [kind, evidence] of [
      [0, false],
      [1, null],
    ] as const) {
      const wanted = [2, 1, 0].map(hour => `support-${kind}-${hour}`);
      const list = async (more = {}): Promise<readonly string[]> =>
        store.intents({ feature: 'support', evidence, limit: 99, ...more });
      const listed = await list();
      expect(all.filter(id => listed.includes(id))).toEqual(listed);
      expect(listed).toEqual(expect.arrayContaining(wanted));
      const found: string[] = [];
      for (let page = await list({ limit: 2 }); page.length > 0; page = await list({ limit: 2, after: page.at(-1) }))
        found.push(...page);
      expect(found).toEqual(listed);
      const ofAnHour = await list({ fromMs: NOON + HOUR, toMs: NOON + 2 * HOUR });
      expect(ofAnHour).toEqual(listed.filter(id => id.endsWith('-1')));
    }
  });

  it('loading several intents gives the same as loading each alone, and one without records is empty', async () => {
    const store = await fresh();
    await commit(store, [anIntent('a'), anIntent('b', 'support', NOON + HOUR)]);
    const { loadAll } = store;
    if (loadAll === undefined) return;
    const ids = ['b', 'nope', 'a', 'b'];
    expect(await loadAll(ids)).toEqual(await Promise.all(ids.map(async id => store.load(id))));
    await store.archiving?.adopt([{ id: 'a', lastMs: NOON, isArchived: false }]);
    expect((await loadAll(['a', 'b'])).map(({ length }) => length > 0)).toEqual([false, true]);
    expect(await loadAll([])).toEqual([]);
  });

  it('a reading names cells that became empty, and a first reading leaves them out', async () => {
    const store = await fresh();
    await commit(store, [anIntent('a')]);
    const { next, cells } = await store.cellsSince('support');
    const minus = cells.map(({ key, sums }) => ({ key, sums: difference({}, sums) }));
    await store.correctCells('support', minus, { id: 'emptied' });
    const emptied = await store.cellsSince('support', next);
    expect(emptied.complete || emptied.cells.map(({ sums }) => sums)).toEqual(cells.map(() => ({})));
    expect((await store.cellsSince('support')).cells).toEqual([]);
    expect(await store.cells('support')).toEqual([]);
  });

  it('a process reads the routing part of all cells for its decisions, packed or not, and later readings continue from there', async () => {
    const store = await fresh();
    const { routingCells } = store;
    if (routingCells === undefined) return;
    const now = Date.now();
    const isAsRead = async (): Promise<Cursor> => {
      const read = await routingCells('support');
      expect(read.complete).toBe(true);
      const all = routingPart(await store.cells('support')).filter(({ sums }) => Object.keys(sums).length > 0);
      expect(sorted(Array.from(read.cells, integerCell))).toEqual(sorted(all));
      return read.next;
    };
    await isAsRead();
    await commit(store, [
      ...YOUNG_AND_OLD.map(days => anIntent(`${days}`, 'support', now - days * DAY)),
      anIntent('x', 'extract'),
    ]);
    await isAsRead();
    while ((await store.maintain(now)).more);
    await isAsRead();
    // Cells whose hours and days have become older since, and cells that become empty.
    await commit(
      store,
      [0, 15, 91].map(days => anIntent(`late ${days}`, 'support', now - days * DAY)),
    );
    const [last] = await store.cells('support');
    await store.correctCells('support', last === undefined ? [] : [{ ...last, sums: difference({}, last.sums) }], {
      id: 'emptied',
    });
    const next = await isAsRead();
    expect(await store.cellsSince('support', next)).toMatchObject({ cells: [], complete: false });
    await commit(store, [anIntent('new', 'support', now)]);
    expect(
      (await store.cellsSince('support', next)).cells.every(({ key }) => key.bucket === Math.floor(now / HOUR)),
    ).toBe(true);
    await isAsRead();
  });

  it('the totals of each node are those at the last maintenance', async () => {
    const store = await fresh();
    if (store.nodeTotals === undefined) return;
    expect(await store.nodeTotals()).toEqual([]);
    await commit(store, [anIntent('a'), anIntent('b', 'support', NOON + HOUR), anIntent('x', 'extract')]);
    while ((await store.maintain()).more);
    const totals = await store.nodeTotals();
    expect(new Set(totals.map(({ key }) => key.feature))).toEqual(new Set(['support', 'extract']));
    for (const { key, sums } of totals) {
      const own = (await store.cells(key.feature)).filter(
        cell => cell.key.scope === 'node' && cell.key.subject === key.subject,
      );
      expect(sums).toEqual(routingPart([{ key, sums: sumOf(own.map(cell => cell.sums)) }])[0]?.sums);
    }
  });

  it('a cursor of another store, or a text that is not a cursor, is refused as expired', async () => {
    const [store, other] = [await fresh(), await fresh()];
    for (const each of [store, other]) await commit(each, [anIntent('a')]);
    const cells = (await other.cellsSince('support')).next;
    const [page] = await Array.fromAsync(other.scanPages());
    for (const since of [cells, 'junk', ''])
      await expect(store.cellsSince('support', since)).rejects.toMatchObject({ code: 'cursor-expired' });
    for (const after of [must(page).next, 'junk', ''])
      await expect(Array.fromAsync(store.scanPages({ after }))).rejects.toMatchObject({ code: 'cursor-expired' });
  });

  it('older statistics gradually become days and weeks, and every reading has the buckets of its boundaries', async () => {
    const store = await fresh();
    const nowMs = Date.now();
    const list = YOUNG_AND_OLD.flatMap((days, index) => [
      anIntent(`early-${index}`, 'support', nowMs - days * DAY),
      anIntent(`late-${index}`, 'support', nowMs - days * DAY - 3 * HOUR),
    ]);
    await commit(store, list.slice(0, -4));
    const kept = keptCells('support');
    await kept.read(store);
    let slices = 0;
    const check = async (until: number): Promise<void> => {
      const { grains } = await kept.read(store);
      const expected = sorted(foldCells(independentSum(list.slice(0, until), 'support'), grains));
      expect(sorted(await store.cells('support'))).toEqual(expected);
      expect(sorted((await store.cellsSince('support')).cells)).toEqual(expected);
      expect(sorted(kept.cells)).toEqual(expected);
    };
    await check(-4);
    // Late intents, in buckets that are merged already or will be soon.
    for (const more of [-4, -3, -2, -1]) {
      for (let isDone = false; !isDone; slices++) {
        isDone = !(await store.maintain()).more;
        await check(more);
        if (slices > 1_000) throw new Error('a store has more to maintain than it can have');
      }
      await commit(store, list.slice(more).slice(0, 1));
      await check(more === -1 ? list.length : more + 1);
    }
    const { grains } = await store.cellsSince('support');
    const [before, after] = [grainsAt(nowMs), grainsAt(Date.now())];
    for (const name of ['dayBefore', 'weekBefore'] as const) {
      expect(grains[name]).toBeGreaterThanOrEqual(before[name]);
      expect(grains[name]).toBeLessThanOrEqual(after[name]);
    }
  });

  it('the pruned base has the buckets of the statistics’ boundaries too', async () => {
    const store = await fresh();
    const nowMs = Date.now();
    const list = YOUNG_AND_OLD.map((days, index) => anIntent(`intent-${index}`, 'support', nowMs - days * DAY));
    await commit(store, list.slice(0, -1));
    await store.prune(nowMs + DAY);
    await maintained(store);
    await commit(store, list.slice(-1));
    await store.prune(nowMs + DAY);
    for (const isMaintained of [false, true]) {
      if (isMaintained) await maintained(store);
      const { grains } = await store.cellsSince('support');
      const expected = sorted(foldCells(independentSum(list, 'support'), grains));
      expect(sorted(await store.prunedCells('support'))).toEqual(expected);
      expect(sorted(await store.prunedCells())).toEqual(expected);
      expect(sorted(await store.cells('support'))).toEqual(expected);
    }
  });

  it('law: cells kept up to date by cursors equal a full reading after any commits, corrections, pruning and maintenance', async () => {
    const nowMs = Date.now();
    const dates = { fromMs: nowMs - 210 * DAY, toMs: nowMs };
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({ does: fc.constant('commit' as const), count: fc.integer({ min: 1, max: 5 }) }),
      },
      { weight: 2, arbitrary: fc.record({ does: fc.constant('maintain' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({ does: fc.constant('prune' as const), days: fc.integer({ min: 0, max: 210 }) }),
      },
      { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('empty' as const, 'add' as const), cell: fc.nat() }) },
    );
    const scenario = fc.tuple(histories(['support'], dates), fc.array(fc.tuple(step, fc.boolean()), { maxLength: 25 }));
    await fc.assert(
      fc.asyncProperty(scenario, async ([list, steps]) => {
        const store = await fresh();
        const changes = list.flatMap(changesOf);
        const [always, sometimes] = [keptCells('support'), keptCells('support')];
        const sums: Cell[] = [];
        let corrections = 0;
        for (const [one, isRead] of steps) {
          if (one.does === 'commit') {
            const group = changes.splice(0, one.count);
            const answers = await store.commitAll(group);
            // Later changes of an intent that was pruned meanwhile conflict.
            sums.push(...group.flatMap(({ delta }, i) => (answers[i]?.kind === 'committed' ? delta : [])));
          } else if (one.does === 'maintain') await store.maintain();
          else if (one.does === 'prune') await store.prune(nowMs - one.days * DAY);
          else {
            const cells = await store.cells('support');
            const cell = cells[one.cell % Math.max(1, cells.length)];
            if (cell === undefined) continue;
            const delta = [{ key: cell.key, sums: one.does === 'add' ? cell.sums : difference({}, cell.sums) }];
            await store.correctCells('support', delta, { id: `correction ${corrections++}` });
            sums.push(...delta);
          }
          const { grains } = await always.read(store);
          const full = sorted(await store.cells('support'));
          expect(full).toEqual(sorted(foldCells(sums, grains)));
          expect(sorted(always.cells)).toEqual(full);
          if (!isRead) continue;
          await sometimes.read(store);
          expect(sorted(sometimes.cells)).toEqual(full);
        }
      }),
      { numRuns: propertyRuns },
    );
  });

  it('intents are listed page by page, each after the last one of the page before', async () => {
    const store = await fresh();
    const times = [0, 1, 1, 1, 2, 3, 3];
    await commit(
      store,
      times.map((time, index) => anIntent(`intent-${index}`, 'support', NOON + time)),
    );
    const all = await store.intents({ feature: 'support', limit: 99 });
    expect(all).toEqual([6, 5, 4, 3, 2, 1, 0].map(index => `intent-${index}`));
    for (let limit = 1; limit <= 3; limit++) {
      const listed: string[] = [];
      for (let after: string | undefined; ; after = listed.at(-1)) {
        const page = await store.intents({ feature: 'support', limit, ...(after === undefined ? {} : { after }) });
        if (page.length === 0) break;
        listed.push(...page);
      }
      expect(listed).toEqual(all);
    }
    expect(await store.intents({ feature: 'support', limit: 9, after: 'unknown' })).toEqual([]);
    const range = { feature: 'support', fromMs: NOON + 1, toMs: NOON + 2, limit: 9 };
    expect(await store.intents({ ...range, after: 'intent-3' })).toEqual(['intent-2', 'intent-1']);
  });

  it('a scan in pages yields every record once and can go on after any page, later and with other writers', async () => {
    const store = await fresh();
    const list = Array.from({ length: 700 }, (_, index) => anIntent(`intent-${String(index)}`));
    await store.commitAll(list.flatMap(changesOf));
    const pages = await Array.fromAsync(store.scanPages());
    expect(pages.length).toBeGreaterThan(1);
    await commit(store, [anIntent('later')]);
    for (const [index, { next }] of pages.entries()) {
      const rest = await records(store, { after: next });
      expectEachOnce(
        [...pages.slice(0, index + 1).flatMap(page => page.records), ...rest],
        [...list, anIntent('later')],
      );
    }
    expectEachOnce(await Array.fromAsync(store.scan()), [...list, anIntent('later')]);
  });

  it('a scan continues with later records only, even if all earlier records were pruned or were of another feature', async () => {
    const store = await fresh();
    let after: Cursor | undefined;
    const read = async (range: ScanRange = {}): Promise<readonly LedgerRecord[]> => {
      const found: LedgerRecord[] = [];
      for await (const page of store.scanPages({ ...range, ...(after === undefined ? {} : { after }) })) {
        found.push(...page.records);
        after = page.next;
      }
      return found;
    };
    for (const id of ['a', 'b', 'c']) {
      await commit(store, [anIntent(id)]);
      expectEachOnce(await read(), [anIntent(id)]);
      expect(await read()).toEqual([]);
      expect(await store.prune(Infinity)).toEqual({ intents: 1, records: 3 });
    }
    await commit(store, [anIntent('d'), anIntent('e', 'extract')]);
    await store.prune(Infinity);
    await commit(store, [anIntent('f', 'extract')]);
    expectEachOnce(await read({ feature: 'extract' }), [anIntent('f', 'extract')]);
  });

  it('a consistent read shows one moment, while writers go on', async () => {
    const store = await fresh();
    await commit(store, [anIntent('a'), anIntent('b', 'extract')]);
    const before = await everything(store);
    const result = await store.consistently(async view => {
      const seen = [await everything(view)];
      await commit(store, [anIntent('c', 'invoice'), anIntent('d')]);
      seen.push(await everything(view));
      await store.prune(Infinity);
      await store.correctCells('extract', independentSum([anIntent('b', 'extract')], 'extract'), { id: 'x' });
      seen.push(await everything(view));
      expect(await recordsLeft(store, 'a')).toEqual([]);
      // Another one begins with what is there now.
      await store.consistently(async other => expect(await other.features()).toHaveLength(3));
      expect(seen).toEqual([before, before, before]);
      return 'the result';
    });
    expect(result).toBe('the result');
    expect(await everything(store)).not.toEqual(before);
  });

  it('cursors from a view are valid for the store, and the view ends with its work, even if the work fails', async () => {
    const store = await fresh();
    await commit(store, [anIntent('a')]);
    const cursors = await store.consistently(async view => {
      const [page] = await Array.fromAsync(view.scanPages());
      return { since: (await view.cellsSince('support')).next, after: must(page).next };
    });
    await commit(store, [anIntent('b')]);
    expectEachOnce(await records(store, { after: cursors.after }), [anIntent('b')]);
    expect(await store.cellsSince('support', cursors.since)).toMatchObject({ complete: false });
    let ended: StoreView | undefined;
    const failing = store.consistently(async view => {
      ended = view;
      throw new Error('the work failed');
    });
    await expect(failing).rejects.toThrow('the work failed');
    await expect(must(ended).cells('support')).rejects.toThrow();
    await commit(store, [anIntent('c')]);
    expect(await store.load('c')).toHaveLength(3);
  });
}

async function commit(store: Store, list: readonly History[]): Promise<void> {
  const answers = await store.commitAll(list.flatMap((one): readonly Change[] => changesOf(one)));
  expect(answers.filter(({ kind }) => kind !== 'committed')).toEqual([]);
}

async function maintained(store: Store): Promise<void> {
  for (let slices = 0; (await store.maintain()).more; slices++) if (slices > 1_000) throw new Error('no end');
}

async function records(view: StoreView, range: { readonly after: Cursor }): Promise<readonly LedgerRecord[]> {
  return (await Array.fromAsync(view.scanPages(range))).flatMap(page => page.records);
}

/** Every record once, those of one intent in revision order. */
function expectEachOnce(found: readonly LedgerRecord[], list: readonly History[]): void {
  const byIntent = new Map<string, LedgerRecord[]>();
  for (const record of found) byIntent.set(record.intentId, [...(byIntent.get(record.intentId) ?? []), record]);
  expect(byIntent).toEqual(new Map(list.map(one => [one.intentId, one.records])));
}

async function everything(view: StoreView): Promise<unknown> {
  const features = await view.features();
  const cells = await Promise.all(features.map(async feature => sorted(await view.cells(feature))));
  const base = sorted(await view.prunedCells());
  const since = await Promise.all(features.map(async feature => sorted((await view.cellsSince(feature)).cells)));
  const ids = await view.intents({ feature: 'support', limit: 9 });
  return [features, cells, base, since, ids, await recordsLeft(view, 'a'), await Array.fromAsync(view.scan())];
}
