/** The plans in a ledger: the names that policies and baselines can be given. */
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';

/**
 * Every plan that was ever eligible, by feature.
 *
 * @param features only these; default: all
 */
export async function plansByFeature(
  ledger: LedgerSource,
  features?: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<PlanKey>>> {
  const plans = new Map<string, Set<PlanKey>>();
  for await (const record of ledger.scan({ kind: 'decided' })) {
    if (record.kind !== 'decided' || features?.includes(record.feature) === false) continue;
    let own = plans.get(record.feature);
    if (own === undefined) plans.set(record.feature, (own = new Set()));
    own.add(planKey(record.decision.plan));
    for (const key of record.decision.eligible) own.add(key);
  }
  return plans;
}
