import { toUsd } from '../ledger/money.ts';
import type { PrefixTerm } from '../ledger/records.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** What the prefix costs with each plan, in place of what prefixes cost on average. */
export function extraUsdOf({ costNanoUsd, averageNanoUsd }: PrefixTerm, keys: readonly PlanKey[]): readonly number[] {
  return keys.map(key => toUsd((costNanoUsd[key] ?? 0) - (averageNanoUsd[key] ?? 0)));
}
