/** Compares recorded failure costs with the configured one, because routing is only as good as that figure. */
import { toUsd } from '../ledger/money.ts';
import type { Sums } from '../cells/cell.ts';
import { FAILURE_COST_TOLERANCE, MIN_RECORDED_FAILURES } from './constants.ts';

export interface FailureCostCheck {
  /** Failure cost configured now, USD; absent where no configuration is known. */
  readonly configuredUsd?: number;
  /** Failures whose actual cost was recorded. */
  readonly recorded: number;
  /** The mean actual cost of the recorded failures, and the mean that was configured for the same failures, USD. */
  readonly recordedUsd?: number;
  readonly expectedUsd?: number;
  /** True when at least ten were recorded and the two means differ by more than a quarter: check the configuration. */
  readonly mismatch: boolean;
}

/** Checks the failure costs in the sums of `plan` cells. */
export function checkFailureCost(sums: Sums, configuredUsd?: number): FailureCostCheck {
  const recorded = Number(sums.recordedFailures ?? 0n);
  const configured = configuredUsd === undefined ? {} : { configuredUsd };
  if (recorded === 0) return { ...configured, recorded, mismatch: false };
  const recordedUsd = toUsd(sums.recordedFailureCost ?? 0n) / recorded;
  const expectedUsd = toUsd(sums.configuredOfRecorded ?? 0n) / recorded;
  const differs =
    recordedUsd > expectedUsd * FAILURE_COST_TOLERANCE || recordedUsd * FAILURE_COST_TOLERANCE < expectedUsd;
  return { ...configured, recorded, recordedUsd, expectedUsd, mismatch: recorded >= MIN_RECORDED_FAILURES && differs };
}
