import { toUsd } from '../ledger/money.ts';
import type { PrefixTerm } from '../ledger/records.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** The prefix's cost with each plan, minus the average prefix cost that the plan's expected cost contains. */
export function extraUsdOf({ costNanoUsd, averageNanoUsd }: PrefixTerm, keys: readonly PlanKey[]): readonly number[] {
  return keys.map(key => toUsd((costNanoUsd[key] ?? 0) - (averageNanoUsd[key] ?? 0)));
}
