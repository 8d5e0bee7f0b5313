/** What every store promises about changes: answers, generations, leases, corrections. A part of the conformance suite. */
import { expect, it } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { difference } from '../../src/core/cells/sums.ts';
import type { Change, ChangeResult, Store } from '../../src/contracts/store.ts';
import type { History } from './histories.ts';
import { anIntent, changeOf, changesOf, independentSum, must, NOON, sorted } from './histories.ts';

const MISUSE: Change = { ...changeOf(anIntent('misuse')), expectedRevision: -1 };

/** Far beyond the time of any test. */
const LEASE = 1_000_000;

export function changeRules(fresh: () => Promise<Store>): void {
  it('every change of a group has its own answer, in order, and only the committed ones are counted', async () => {
    const store = await fresh();
    const stale = Array.from({ length: 30 }, (_, index) => anIntent(`stale-${index}`));
    const sound = Array.from({ length: 69 }, (_, index) => anIntent(`sound-${index}`));
    await answersTo(store, stale.flatMap(changesOf));
    const changes = [...stale, ...sound].map(({ intentId }) => whole(anIntent(intentId, 'support', NOON + 1)));
    changes.splice(40, 0, MISUSE);
    const answers = await store.commitAll(changes);
    expect(answers.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: 30 }, () => 'conflict'),
      ...Array.from({ length: 10 }, () => 'committed'),
      'refused',
      ...Array.from({ length: 59 }, () => 'committed'),
    ]);
    expect(answers[40]).toMatchObject({ error: { code: 'invalid-value' } });
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum([...stale, ...sound], 'support')));
    expect(await store.commitAll([])).toEqual([]);
  });

  it('changes of one intent are applied in the order given, and after one that is not committed the later ones conflict', async () => {
    const store = await fresh();
    const [first, second, third] = changesOf(anIntent('a')) as [Change, Change, Change];
    expect(await answersTo(store, [first, second, third])).toEqual(['committed', 'committed', 'committed']);
    const skipped = changesOf(anIntent('b')) as [Change, Change, Change];
    const refused = { ...must(skipped[1]), dueAtMs: Number.NaN };
    expect(await answersTo(store, [must(skipped[2]), skipped[0], ...changesOf(anIntent('c'))])).toEqual([
      'conflict',
      'conflict',
      'committed',
      'committed',
      'committed',
    ]);
    expect(await answersTo(store, [skipped[0], refused, skipped[1]])).toEqual(['committed', 'refused', 'conflict']);
    // In another call they are judged again.
    expect(await answersTo(store, [skipped[1]])).toEqual(['committed']);
    expect(await store.load('b')).toEqual([...skipped[0].records, ...skipped[1].records]);
  });

  it('records that are already in the ledger are known and counted once, also after later records and beside equal ones', async () => {
    const store = await fresh();
    const [first, second, third] = changesOf(anIntent('a')) as [Change, Change, Change];
    expect(await answersTo(store, [first, first])).toEqual(['committed', 'known']);
    expect(await answersTo(store, [second])).toEqual(['committed']);
    expect(await answersTo(store, [first, second, third])).toEqual(['known', 'known', 'committed']);
    const joined = { ...first, records: [...first.records, ...second.records] };
    expect(await answersTo(store, [joined])).toEqual(['known']);
    const results = await Promise.all(Array.from({ length: 5 }, () => store.commitAll(changesOf(anIntent('b')))));
    expect(results.flat().filter(({ kind }) => kind === 'committed')).toHaveLength(3);
    expect(results.flat().filter(({ kind }) => kind === 'known')).toHaveLength(12);
    expect(sorted(await store.cells('support'))).toEqual(
      sorted(independentSum([anIntent('a'), anIntent('b')], 'support')),
    );
  });

  it('different records at the same revisions conflict, also where only some of the revisions are in the ledger', async () => {
    const store = await fresh();
    const [first, second, third] = changesOf(anIntent('a')) as [Change, Change, Change];
    await answersTo(store, [first, second]);
    const later = { ...second, records: second.records.map(record => ({ ...record, atMs: record.atMs + 1 })) };
    expect(await answersTo(store, [later])).toEqual(['conflict']);
    expect(await answersTo(store, [{ ...second, records: [...second.records, ...third.records] }])).toEqual([
      'conflict',
    ]);
    expect(await answersTo(store, [{ ...first, records: [] }])).toEqual(['conflict']);
    expect(await store.load('a')).toHaveLength(2);
  });

  it('a commit or a correction changes the generation of its feature only, and nothing else does', async () => {
    const store = await fresh();
    const [first, second, third] = changesOf(anIntent('a')) as [Change, Change, Change];
    const cells = independentSum([anIntent('b')], 'support');
    const generation = async (feature: string): Promise<string> =>
      must((await store.generations(['support', 'extract', 'unknown'])).get(feature));
    await answersTo(store, [first, changeOf(anIntent('x', 'extract'))]);
    const other = await generation('extract');
    const seen = new Set([await generation('support')]);
    for (const step of [
      () => store.commitAll([second]),
      () => store.commitAll([changeOf(anIntent('c')), third]),
      () => store.correctCells('support', cells, { id: 'correction' }),
    ]) {
      await step();
      const after = await generation('support');
      seen.add(after);
      expect(await answersTo(store, [first, { ...second, records: [] }, MISUSE])).toEqual([
        'known',
        'conflict',
        'refused',
      ]);
      await store.cells('support');
      await store.maintain();
      expect(await generation('support')).toBe(after);
    }
    expect(await store.correctCells('support', cells, { id: 'correction' })).toBe(false);
    seen.add(await generation('support'));
    expect(seen.size).toBe(4);
    expect(await generation('extract')).toBe(other);
  });

  it('due intents of other features than the given ones are left to other callers', async () => {
    const store = await fresh();
    const due = [anIntent('a', 'support'), anIntent('b', 'extract'), anIntent('c', 'translate')];
    await store.commitAll(due.map((intent, index) => ({ ...changeOf(intent), dueAtMs: 10 + index })));
    expect(await store.claimDue(20, 10, LEASE, ['unknown'])).toEqual([]);
    expect(await store.claimDue(20, 10, LEASE, [])).toEqual([]);
    expect(await store.claimDue(20, 1, LEASE, ['extract', 'translate'])).toEqual(['b']);
    expect(await store.claimDue(20, 10, LEASE)).toEqual(['a', 'c']);
  });

  it('due intents are claimed by due time, oldest first, each by one caller until its lease ends', async () => {
    const store = await fresh();
    const due = { a: 300, b: 100, c: 200, d: 400 };
    for (const [id, dueAtMs] of Object.entries(due)) await store.commitAll([{ ...changeOf(anIntent(id)), dueAtMs }]);
    expect(await store.claimDue(99, 10, LEASE)).toEqual([]);
    expect(await store.claimDue(300, 2, 50)).toEqual(['b', 'c']);
    expect(await store.claimDue(300, 10, LEASE)).toEqual(['a']);
    expect(await store.claimDue(349, 10, LEASE)).toEqual([]);
    expect(await store.claimDue(350, 1, 50)).toEqual(['b']);
    expect(await store.claimDue(399, 10, LEASE)).toEqual(['c']);
    expect(await store.claimDue(400, 10, LEASE)).toEqual(['b', 'd']);
  });

  it('intents are claimed by one of several callers that ask at once', async () => {
    const store = await fresh();
    const ids = Array.from({ length: 40 }, (_, index) => `intent-${index}`);
    await store.commitAll(ids.map((id, index) => ({ ...changeOf(anIntent(id)), dueAtMs: index })));
    const claims = await Promise.all(Array.from({ length: 8 }, () => store.claimDue(100, 7, LEASE)));
    expect(claims.flat().sort()).toEqual([...ids].sort());
  });

  it('a later change takes a claimed intent off the list, or puts it there for another time', async () => {
    const store = await fresh();
    for (const id of ['a', 'b', 'c']) await store.commitAll([{ ...changeOf(anIntent(id)), dueAtMs: 100 }]);
    expect(await store.claimDue(100, 10, LEASE)).toEqual(['a', 'b', 'c']);
    await store.commitAll([{ ...changeOf(anIntent('a'), 1), dueAtMs: null }]);
    await store.commitAll([{ ...changeOf(anIntent('b'), 1), dueAtMs: 500 }]);
    expect(await store.claimDue(499, 10, LEASE)).toEqual([]);
    expect(await store.claimDue(500, 10, LEASE)).toEqual(['b']);
    expect(await store.claimDue(100 + LEASE, 10, LEASE)).toEqual(['c']);
  });

  it('a correction is added once per id, to the statistics and to the pruned base', async () => {
    const store = await fresh();
    const one = anIntent('a');
    await answersTo(store, changesOf(one));
    const cells = independentSum([one], 'support');
    const twice = cells.map(({ key, sums }) => ({ key, sums: difference(sums, difference({}, sums)) }));
    expect(await store.correctCells('support', cells, { id: 'first', pruned: cells })).toBe(true);
    expect(await store.correctCells('support', cells, { id: 'first', pruned: cells })).toBe(false);
    expect(sorted(await store.cells('support'))).toEqual(sorted(twice));
    expect(sorted(await store.prunedCells('support'))).toEqual(sorted(cells));
    const minus = twice.map(({ key, sums }) => ({ key, sums: difference({}, sums) }));
    expect(await store.correctCells('support', minus, { id: 'second' })).toBe(true);
    expect(await store.cells('support')).toEqual([]);
    expect(sorted(await store.prunedCells())).toEqual(sorted(cells));
  });

  it('a correction loses nothing that is committed at the same time', async () => {
    const store = await fresh();
    const list = Array.from({ length: 40 }, (_, index) => anIntent(`intent-${index}`));
    const extra: readonly Cell[] = independentSum([anIntent('x')], 'support');
    await Promise.all(
      list.flatMap(one => [
        store.commitAll(changesOf(one)),
        store.correctCells('support', extra, { id: `correction of ${one.intentId}` }),
      ]),
    );
    const twins = list.map(({ intentId }) => anIntent(`twin of ${intentId}`));
    expect(sorted(await store.cells('support'))).toEqual(sorted(independentSum([...list, ...twins], 'support')));
  });
}

/** All records of an intent in one change. */
function whole(one: History): Change {
  const delta = independentSum([one], one.feature);
  return { ...changeOf(one), records: one.records, delta };
}

async function answersTo(store: Store, changes: readonly Change[]): Promise<readonly ChangeResult['kind'][]> {
  return (await store.commitAll(changes)).map(({ kind }) => kind);
}
