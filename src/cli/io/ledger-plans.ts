/** The plans of a ledger, which policies and baselines are named by. */
import type { Plan } from '../../core/ledger/vocabulary.ts';
import { planKey, planOfKey } from '../../core/ledger/vocabulary.ts';
import type { LedgerSource } from '../../contracts/ledger-source.ts';

/**
 * Every plan that was ever eligible.
 *
 * @param features only in these; default: in all
 */
export async function plansIn(ledger: LedgerSource, features?: readonly string[]): Promise<readonly Plan[]> {
  const keys = new Set<string>();
  for await (const record of ledger.scan({ kind: 'decided' })) {
    if (record.kind !== 'decided' || features?.includes(record.feature) === false) continue;
    keys.add(planKey(record.decision.plan));
    for (const key of record.decision.eligible) keys.add(key);
  }
  return [...keys].map(planOfKey);
}
