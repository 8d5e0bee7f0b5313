/** The revised contract in terms of the one before, until every adapter has these methods of its own. Goes away. */
import type { Cell } from '../core/cells/cell.ts';
import { NO_GRAINS } from '../core/cells/grains.ts';
import type { CellMap } from '../core/cells/sums.ts';
import { addCell } from '../core/cells/sums.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Change, ChangeResult, LedgerPage, Store, StoreView } from '../contracts/store.ts';
import { isMisuse } from './replay-change.ts';

type Revised = Pick<
  Store,
  'cellsSince' | 'scanPages' | 'commitAll' | 'generations' | 'claimDue' | 'correctCells' | 'maintain' | 'consistently'
>;

export function revised(first: () => Omit<Store, keyof Revised>): Revised {
  async function commitOne(change: Change): Promise<ChangeResult> {
    try {
      if (await first().commit(change)) return { kind: 'committed' };
    } catch (error) {
      if (isMisuse(error)) return { kind: 'refused', error };
      throw error;
    }
    const stored = await first().load(change.intentId);
    const at = change.expectedRevision;
    const there = stored.slice(at, at + change.records.length);
    const isKnown = change.records.length > 0 && JSON.stringify(there) === JSON.stringify(change.records);
    return { kind: isKnown ? 'known' : 'conflict' };
  }

  async function after(before: Promise<ChangeResult>, change: Change): Promise<ChangeResult> {
    const { kind } = await before;
    return kind === 'committed' || kind === 'known' ? commitOne(change) : { kind: 'conflict' };
  }

  async function* scanPages(range: Parameters<StoreView['scanPages']>[0] = {}): AsyncGenerator<LedgerPage> {
    let records: LedgerRecord[] = [];
    for await (const record of first().scan(range)) {
      records.push(record);
      if (records.length < 500) continue;
      yield { records, next: '' };
      records = [];
    }
    if (records.length > 0) yield { records, next: '' };
  }

  const methods: Revised = {
    // The intents at once, so that a store that groups commits can; the changes of one in turn.
    async commitAll(changes) {
      const latest = new Map<string, Promise<ChangeResult>>();
      const answers = changes.map(async change => {
        const before = latest.get(change.intentId);
        const answer = before === undefined ? commitOne(change) : after(before, change);
        latest.set(change.intentId, answer);
        return answer;
      });
      return Promise.all(answers);
    },
    async generations(features) {
      const generation = String(await first().generation());
      return new Map(features.map(feature => [feature, generation]));
    },
    claimDue: async (nowMs, limit) => first().due(nowMs, limit),
    async correctCells(feature, difference, { pruned = [] }) {
      const cells = sum(await first().cells(feature, () => {}), difference);
      return first().replaceCells(feature, cells, { pruned: sum(await first().prunedCells(feature), pruned) });
    },
    maintain: async () => ({ more: false }),
    async consistently(work) {
      const { consistently: _, ...view } = { ...first(), ...methods };
      return work(view);
    },
    cellsSince: async (feature, _, damaged) => ({
      cells: await first().cells(feature, damaged),
      complete: true,
      grains: NO_GRAINS,
      next: '',
    }),
    scanPages,
  };
  return methods;
}

function sum(cells: readonly Cell[], more: readonly Cell[]): readonly Cell[] {
  const total: CellMap = new Map();
  for (const cell of [...cells, ...more]) addCell(total, cell);
  return [...total.values()];
}
