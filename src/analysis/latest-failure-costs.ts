/** The failure costs of a feature's latest intents, from its statistics where these show them, and otherwise from the intents. */
import { allRecordsLeft } from '../contracts/archiving.ts';
import type { Cell, Sums } from '../core/cells/cell.ts';
import { sumOf } from '../core/cells/sums.ts';
import { toNanoUsd, toUsd } from '../core/ledger/money.ts';
import { foldIntent } from '../core/ledger/records.ts';
import type { FailureCosts } from '../core/report/failure-costs.ts';
import { failureCostsOf, sameFailureCost } from '../core/report/failure-costs.ts';
import type { ReportSource } from './ledger-facts.ts';
import { recentPlanCells } from './recent-cells.ts';

/** Number of latest intents that are read. Larger: slower, and a change shows later. Smaller: rare failure costs are missed. */
const LATEST = 200;

export interface KnownFailureCosts {
  /** Cells of the feature. */
  readonly cells: readonly Cell[];
  /** The usual failure cost: where the outcomes of a week have no other, no intent is read. */
  readonly failureCostUsd: number;
  /** When the configuration last changed, if that is known: a single failure cost since then replaces the single one before. */
  readonly configuredAtMs?: number;
}

/** The failure costs of the intents in one segment; without a segment's name, of all intents. */
export async function latestFailureCosts(
  store: Pick<ReportSource, 'intents' | 'load' | 'loadAll'>,
  feature: string,
  { cells, failureCostUsd, configuredAtMs = Infinity }: KnownFailureCosts,
): Promise<(segment?: string) => FailureCosts> {
  const recent = recentPlanCells(cells);
  if (recent.length === 0 || isAlways(toNanoUsd(failureCostUsd), sumOf(recent.map(({ sums }) => sums))))
    return () => sameFailureCost(failureCostUsd);
  const ids = await store.intents({ feature, limit: LATEST });
  const intents = (await allRecordsLeft(store, ids)).map(foldIntent);
  const latest = intents.flatMap(intent =>
    intent === undefined ? [] : [{ ...intent.decided, usd: toUsd(intent.decided.failureCostNanoUsd) }],
  );
  return segment => {
    const own = latest.filter(intent => segment === undefined || intent.segment === segment);
    const since = own.filter(({ atMs }) => atMs >= configuredAtMs);
    const hasChanged = since.length > 0 && isSame(since) && isSame(own.slice(since.length));
    const inSegment = sumOf(recent.filter(({ key }) => key.segment === segment).map(({ sums }) => sums));
    return (
      failureCostsOf((hasChanged ? since : own).map(({ usd }) => usd)) ??
      sameFailureCost(meanUsd(inSegment) ?? failureCostUsd)
    );
  };
}

/** Whether all labelled intents had this failure cost. Cells of older versions lack the sums. */
function isAlways(
  nanoUsd: number,
  { labelled = 0n, labelledFailureCost = 0n, labelledFailureCost2 = 0n }: Sums,
): boolean {
  const cost = BigInt(nanoUsd);
  return labelled > 0n && labelledFailureCost === labelled * cost && labelledFailureCost2 === labelled * cost * cost;
}

function isSame(intents: readonly { readonly usd: number }[]): boolean {
  return intents.every(({ usd }) => usd === intents[0]?.usd);
}

function meanUsd({ labelled = 0n, labelledFailureCost = 0n }: Sums): number | undefined {
  return labelledFailureCost === 0n ? undefined : toUsd(labelledFailureCost) / Number(labelled);
}
