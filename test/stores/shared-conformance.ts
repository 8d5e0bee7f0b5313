/**
 * What a store promises to several connections and processes. An adapter's test calls {@link sharedConformance} with a function
 * that makes empty data and opens connections to them.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { contribution } from '../../src/core/cells/contribution.ts';
import { canonicalKey, foldCells } from '../../src/core/cells/grains.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import type { Change, ChangeResult, Cursor, Store, StoreView } from '../../src/contracts/store.ts';
import type { History } from './histories.ts';
import {
  anIntent,
  attempted,
  changeOf,
  changesOf,
  decided,
  evidence,
  history,
  HOUR,
  independentSum,
  must,
  NOON,
  sorted,
} from './histories.ts';
import { keptCells } from './kept-cells.ts';
import type { SharedProcess, StoreAddress } from './shared-process.ts';
import { trials } from '../support/trials.ts';
import { sharedIntent, startProcess } from './shared-process.ts';

/** Empty data. */
export interface SharedData {
  /** Another connection to them. */
  open(): Promise<Store> | Store;
  /** For other processes. */
  readonly address?: StoreAddress;
  /** Makes time pass for a store with its own clock; for such a store, a wrong clock in a process changes no lease. */
  readonly pass?: (ms: number) => Promise<void>;
}

export interface SharedOptions {
  /** How much of each scenario is played. Default: what OUTCOME_ROUTER_TRIALS says, or else 1, which takes some seconds. */
  readonly times?: number;
  /** False for a store that only one process can use. */
  readonly isForProcesses?: boolean;
}

const DAY = 24 * HOUR;

const WRITERS = ['a', 'b'];

export function sharedConformance(
  name: string,
  create: () => Promise<SharedData> | SharedData,
  { times = trials(1), isForProcesses = true }: SharedOptions = {},
): void {
  const opened: Store[] = [];
  const connections = async (data: SharedData, count: number): Promise<readonly Store[]> => {
    const stores: Store[] = [];
    // The first store makes the tables; the others find them, or wait while the first one makes them.
    for (let i = 0; i < count; i++) stores.push(await data.open());
    opened.push(...stores);
    return stores;
  };
  const fresh = async (count: number): Promise<readonly Store[]> => connections(await create(), count);
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  describe(`${name} keeps its promises to several connections`, () => {
    it('one of several changes from the same revision wins, and only that one is counted', async () => {
      const stores = await fresh(8);
      for (let round = 0; round < 6 * times; round++) {
        const id = `race-${round}`;
        await committed(must(stores[0]), [changeOf(anIntent(id))]);
        const answers = await Promise.all(
          stores.map(async (store, i) => store.commitAll([must(changesOf(racing(id, i))[1])])),
        );
        expect(countsOf(answers.flat())).toEqual({ committed: 1, conflict: 7 });
      }
      await expectRecounted(must(stores[3]));
    });

    it('in a group, changes that lost to another connection and invalid changes each get their own answer', async () => {
      const [ours, other] = await fresh(2);
      const changes = Array.from({ length: 99 }, (_, i) => changeOf(anIntent(`intent-${i}`)));
      await committed(
        must(other),
        changes.slice(30, 60).map(({ intentId }) => changeOf(racing(intentId, 1, NOON + HOUR))),
      );
      const misuse: Change = { ...changeOf(anIntent('misuse')), expectedRevision: -1 };
      const answers = await must(ours).commitAll([...changes.slice(0, 50), misuse, ...changes.slice(50)]);
      expect(countsOf(answers)).toEqual({ committed: 69, conflict: 30, refused: 1 });
      expect(answers[50]?.kind).toBe('refused');
      await expectRecounted(must(other));
    });

    it('the same change from several connections at once is committed by one and known to the others', async () => {
      const stores = await fresh(5);
      for (let round = 0; round < 3 * times; round++) {
        for (const change of changesOf(anIntent(`twin-${round}`))) {
          const answers = await Promise.all(stores.map(async store => store.commitAll([change])));
          expect(countsOf(answers.flat())).toEqual({ committed: 1, known: 4 });
        }
      }
      await expectRecounted(must(stores[0]));
    });

    it('groups of the same intents in any order, beside pruning and merging, neither wait for each other nor lose anything', async () => {
      const stores = await fresh(8);
      const [pruner, maintainer, ...writers] = stores;
      const random = seededRandom('groups in any order');
      const lists = writers.map(() =>
        Array.from({ length: 3 * times }, () => Array.from({ length: 25 }, () => Math.floor(60 * random.next()))),
      );
      const others = [
        repeatedly(async () => must(maintainer).maintain()),
        repeatedly(async () => must(pruner).prune(NOON - 75 * DAY)),
      ];
      await Promise.all(
        lists.map(async (groups, i) => {
          for (const group of groups) {
            const answers = await must(writers[i]).commitAll(group.flatMap(n => changesOf(sharedIntent('any', n))));
            const refused = answers.flatMap(answer => (answer.kind === 'refused' ? answer.error.code : []));
            expect(refused.filter(code => code !== 'intent-removed')).toEqual([]);
          }
        }),
      );
      for (const other of others) await other.end();
      await expectRecounted(must(writers[0]));
    });

    it('a reader that goes on from page to page misses no record, however long each commit takes', async () => {
      const data = await create();
      const [first, ...writers] = await connections(data, 5);
      const list = Array.from({ length: 60 * times }, (_, i) => sharedIntent('late', i));
      const found: LedgerRecord[] = [];
      const read = async (store: Store, after: Cursor | undefined): Promise<Cursor | undefined> => {
        let last = after;
        for await (const page of store.scanPages(last === undefined ? {} : { after: last })) {
          found.push(...page.records);
          last = page.next;
        }
        return last;
      };
      let after: Cursor | undefined;
      const reading = repeatedly(async round => {
        // A cursor holds on another connection, too.
        const [store] = round % 4 === 3 ? await connections(data, 1) : [first];
        after = await read(must(store), after);
      });
      await Promise.all(
        writers.map(async (store, i) => {
          const own = list.filter((_, index) => index % writers.length === i);
          for (let at = 0; at < own.length; at += 1 + i)
            await committed(store, own.slice(at, at + 1 + i).flatMap(changesOf));
        }),
      );
      await reading.end();
      await read(must(first), after);
      const byIntent = Map.groupBy(found, ({ intentId }) => intentId);
      expect(found).toHaveLength(3 * list.length);
      for (const { intentId, records } of list) expect(byIntent.get(intentId)).toEqual(records);
    });

    it('cells that are kept up to date by cursors equal a full reading at every moment, while others commit, merge and correct', async () => {
      const [reader, maintainer, ...writers] = await fresh(5);
      const kept = keptCells('support');
      const readBoth = async (): Promise<void> =>
        must(reader).consistently(async view => {
          await kept.read(view);
          expect(sorted(kept.cells)).toEqual(sorted(await view.cells('support')));
        });
      const others = [repeatedly(readBoth), repeatedly(async () => must(maintainer).maintain())];
      await Promise.all(
        writers.map(async (store, i) => {
          for (let n = 0; n < 20 * times; n++) {
            await committed(store, changesOf(sharedIntent(`kept-${i}`, n)));
            if (n % 10 !== 9) continue;
            const cells = independentSum([sharedIntent(`kept-${i}`, n)], 'support');
            await store.correctCells('support', cells, { id: `${i} ${n}`, pruned: cells });
          }
        }),
      );
      for (const other of others) await other.end();
      await readBoth();
      await expectRecounted(must(reader));
    });

    it('cells equal the pruned base plus the ledger at every moment, while boundaries move, late outcomes come and intents are pruned', async () => {
      const [reader, pruner, maintainer, ...writers] = await fresh(6);
      const list = Array.from({ length: 45 * times }, (_, i) => sharedIntent('old', i));
      await committed(must(reader), list.flatMap(one => changesOf(one).slice(0, 2)).map(due));
      const others = [
        repeatedly(async () => must(maintainer).maintain()),
        repeatedly(async () => must(pruner).prune(NOON - 40 * DAY)),
        repeatedly(async () => expectRecounted(must(reader))),
      ];
      await Promise.all(
        writers.map(async (store, i) => {
          for (const [n, one] of list.entries())
            if (n % writers.length === i) await committed(store, changesOf(one).slice(2));
        }),
      );
      for (const other of others) await other.end();
      for (let slices = 0; (await must(maintainer).maintain()).more; slices++)
        if (slices > 1_000) throw new Error('no end');
      await expectRecounted(must(reader));
    });

    it('a recount beside writers repairs damage exactly, also where several recount at once', async () => {
      const [first, second, ...writers] = await fresh(5);
      const list = Array.from({ length: 20 * times }, (_, i) => sharedIntent('damaged', i));
      await committed(must(first), list.flatMap(changesOf));
      const random = seededRandom('damage');
      const damage = (await must(first).cells('support'))
        .filter(() => random.next() < 0.5)
        .map(({ key }) => ({ key, sums: { n: 3n, cost: -5_000_000n, successes: 1n } }));
      await must(first).correctCells('support', damage, { id: 'damage' });
      await Promise.all([
        ...writers.map(async (store, i) => {
          for (let n = 0; n < 10 * times; n++) await committed(store, changesOf(sharedIntent(`beside-${i}`, n)));
        }),
        rebuildCells(must(first), 'support'),
        rebuildCells(must(second), 'support'),
      ]);
      await expectRecounted(must(first));
    });

    it('due intents are claimed by one of several connections until its lease ends, and by another one afterwards', async () => {
      const stores = await fresh(8);
      const ids = Array.from({ length: 60 }, (_, i) => `due-${i}`);
      await committed(
        must(stores[0]),
        ids.map((id, i) => ({ ...changeOf(anIntent(id)), dueAtMs: NOON + i })),
      );
      const claimed: string[] = [];
      await Promise.all(
        stores.map(async store => {
          for (;;) {
            const page = await store.claimDue(NOON + HOUR, 7, 100 * HOUR);
            if (page.length === 0) return;
            claimed.push(...page);
          }
        }),
      );
      expect(claimed.toSorted()).toEqual(ids.toSorted());
    });

    it('records from clocks that are wrong by hours, months or years are kept as they are, each in its own bucket', async () => {
      const [one, other] = await fresh(2);
      const start = Date.UTC(2026, 9, 31, 23, 59, 59, 999);
      const decisions = [
        start,
        start + 1,
        start - HOUR,
        start + HOUR,
        Date.UTC(2021, 1, 28),
        Date.UTC(2024, 1, 29, 12),
        NOON,
      ];
      const list = decisions.map((atMs, i) =>
        history(`skewed-${i}`, 'support', [
          decided(atMs),
          attempted(atMs - HOUR),
          evidence(atMs + 40 * DAY, { source: 'explicit', success: true }),
          evidence(atMs - 40 * DAY, { source: 'explicit', success: false }, 'corrected'),
        ]),
      );
      await Promise.all([
        committed(must(one), list.slice(0, 3).flatMap(changesOf)),
        committed(must(other), list.slice(3).flatMap(changesOf)),
      ]);
      for (const { intentId, records } of list) expect(await must(other).load(intentId)).toEqual(records);
      const { cells, grains } = await must(one).cellsSince('support');
      expect(sorted(cells)).toEqual(sorted(foldCells(independentSum(list, 'support'), grains)));
      expect(await must(one).intents({ feature: 'support', limit: 9 })).toHaveLength(list.length);
      await expectRecounted(must(other));
    });
  });

  if (!isForProcesses) return;
  describe(`${name} keeps its promises to several processes`, () => {
    const withAddress = async (count: number) => {
      const data = await create();
      const stores = await connections(data, count);
      await must(stores[0]).features();
      return { stores, address: must(data.address), pass: data.pass };
    };

    it('writers that are killed again and again lose nothing that was acknowledged, and nothing is counted twice', async () => {
      const { stores, address } = await withAddress(1);
      const store = must(stores[0]);
      const perWriter = 30 * times;
      const random = seededRandom('kills');
      const maintaining = startProcess(address, { role: 'maintain' });
      await Promise.all(
        WRITERS.map(async prefix => {
          for (let from = 0; from < perWriter; ) {
            const lines = 1 + Math.floor(40 * random.next());
            const writer = startProcess(
              address,
              { role: 'write', prefix, from, to: perWriter },
              said => said.length >= lines,
            );
            expect([null, 0]).toContain(await writer.ended);
            for (const line of writer.said) {
              expect(line).toBe(String(from++));
              expect(await store.load(`${prefix}-${line}`)).toEqual(sharedIntent(prefix, Number(line)).records);
            }
          }
        }),
      );
      maintaining.kill();
      await maintaining.ended;
      const list = WRITERS.flatMap(prefix => Array.from({ length: perWriter }, (_, i) => sharedIntent(prefix, i)));
      const { cells, grains } = await store.cellsSince('support');
      expect(sorted(cells)).toEqual(sorted(foldCells(independentSum(list, 'support'), grains)));
      await expectRecounted(store);
    });

    it('processes that merge are killed at any moment, and no cell changes', async () => {
      const { stores, address } = await withAddress(2);
      const [store, writer] = [must(stores[0]), must(stores[1])];
      const list = Array.from({ length: 60 * times }, (_, i) => sharedIntent('merged', i));
      await committed(store, list.flatMap(changesOf));
      const writing = repeatedly(async n => {
        const one = sharedIntent('meanwhile', n);
        await committed(writer, changesOf(one));
        list.push(one);
      });
      const random = seededRandom('merges');
      for (let round = 0; round < times; round++) {
        const slices = 1 + Math.floor(6 * random.next());
        const maintainers = [0, 1].map(() =>
          startProcess(address, { role: 'maintain' }, said => said.length >= slices),
        );
        await Promise.all(maintainers.map(async ({ ended }) => ended));
        await expectRecounted(store);
      }
      await writing.end();
      const { cells, grains } = await store.cellsSince('support');
      expect(grains.weekBefore).toBeGreaterThan(0);
      expect(sorted(cells)).toEqual(sorted(foldCells(independentSum(list, 'support'), grains)));
      expect(cells.every(({ key }) => canonicalKey(key, grains) === key)).toBe(true);
    });

    it('intents that a killed process had claimed go to others when its lease ends', async () => {
      const { stores, address, pass } = await withAddress(1);
      const store = must(stores[0]);
      const ids = Array.from({ length: 40 }, (_, i) => `due-${i}`);
      const longAgo = Date.now() - 100 * DAY;
      await committed(
        store,
        ids.map(id => ({ ...changeOf(anIntent(id)), dueAtMs: longAgo })),
      );
      const idsOf = ({ said }: SharedProcess): readonly string[] =>
        said.flatMap(line => JSON.parse(line) as string[]).toSorted();
      const first = startProcess(address, { role: 'claim', pageSize: 15, leaseMs: HOUR, skewMs: 0 }, () => true);
      await first.ended;
      const lost = idsOf(first);
      expect(lost.length).toBeGreaterThanOrEqual(15);
      const claiming = (skewMs: number): SharedProcess => {
        const started = startProcess(address, { role: 'claim', pageSize: 4, leaseMs: 1e10, skewMs });
        onTestFinished(started.kill);
        return started;
      };
      const other = claiming(pass === undefined ? 0 : 2 * HOUR);
      await expect.poll(() => other.said.at(-1)).toBe('[]');
      expect(idsOf(other).filter(id => lost.includes(id))).toEqual([]);
      await pass?.(HOUR);
      const later = pass === undefined ? claiming(2 * HOUR) : other;
      await expect.poll(() => [...new Set([...idsOf(other), ...idsOf(later)])].toSorted()).toEqual(ids.toSorted());
    });
  });
}

/** Repeats some work until `end` is called; `end` rejects if the work did. */
function repeatedly(work: (round: number) => Promise<unknown>): { end(): Promise<void> } {
  const state = { isEnding: false };
  const ended = (async () => {
    for (let round = 0; !state.isEnding; round++) {
      await work(round);
      // A store in this process may do it all without any I/O to wait for.
      await nextTurn();
    }
  })();
  ended.catch(() => {});
  return {
    async end() {
      state.isEnding = true;
      await ended;
    },
  };
}

/** The same intent, with another second record for each contender. */
function racing(id: string, contender: number, atMs = NOON): History {
  return history(id, 'support', [
    decided(atMs),
    attempted(NOON + 1000 + contender, { costNanoUsd: 1_000_000 + contender }),
  ]);
}

/** The same change with a time, long after, when silence labels the intent. */
function due(change: Change): Change {
  return { ...change, dueAtMs: NOON + 1_000 * DAY };
}

async function committed(store: Store, changes: readonly Change[]): Promise<void> {
  const answers = await store.commitAll(changes);
  expect(countsOf(answers)).toEqual(changes.length === 0 ? {} : { committed: changes.length });
}

function countsOf(answers: readonly ChangeResult[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of answers) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** At one moment, the cells of a feature are the pruned base and what the records of the ledger contribute. */
async function expectRecounted(store: Store, feature = 'support'): Promise<void> {
  const [found, expected] = await store.consistently(async view => recounted(view, feature));
  expect(sorted(found)).toEqual(sorted(expected));
}

async function recounted(view: StoreView, feature: string): Promise<readonly [readonly Cell[], readonly Cell[]]> {
  const { cells, grains } = await view.cellsSince(feature);
  const records = await Array.fromAsync(view.scan({ feature }));
  const intents = Map.groupBy(records, ({ intentId }) => intentId);
  const contributions = [...intents.values()].flatMap(own => contribution(must(foldIntent(own))));
  return [cells, foldCells([...(await view.prunedCells(feature)), ...contributions], grains)];
}
