/** Logged decisions for tests of off-policy evaluation. */
import type { LoggedDecision } from '../../../src/replay/ledger/logged-decision.ts';

/** A success of premium, which is what the target would have chosen too; with other parts as given. */
export function logged(parts: Partial<LoggedDecision> = {}): LoggedDecision {
  const { failed = false, failureCostUsd = 1 } = parts;
  return {
    plan: 'premium',
    propensity: 1,
    target: { premium: 1 },
    segment: '',
    failureCostUsd,
    spendUsd: 0.01,
    failed,
    failureUsd: failed ? failureCostUsd : 0,
    ...parts,
  };
}
