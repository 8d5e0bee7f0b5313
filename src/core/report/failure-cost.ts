/** Whether a failure costs what the configuration says: routing is no better than that figure. */
import { toUsd } from '../ledger/money.ts';
import type { Sums } from '../cells/cell.ts';

/** Failures with a recorded cost from which on a difference is worth a word. */
const MIN_RECORDED_FAILURES = 10;
/** How far recorded and configured may be apart, as a factor. */
const TOLERANCE = 1.25;

export interface FailureCostCheck {
  /** Configured now, USD; absent where nobody says. */
  readonly configuredUsd?: number;
  /** Failures whose actual cost was recorded. */
  readonly recorded: number;
  /** Their average actual cost, and what the configuration had expected of the same failures, USD. */
  readonly recordedUsd?: number;
  readonly expectedUsd?: number;
  /** At least ten were recorded and they differ by more than a quarter: the configuration is worth a look. */
  readonly mismatch: boolean;
}

/** From the sums of `plan` cells. */
export function checkFailureCost(sums: Sums, configuredUsd?: number): FailureCostCheck {
  const recorded = Number(sums.recordedFailures ?? 0n);
  const configured = configuredUsd === undefined ? {} : { configuredUsd };
  if (recorded === 0) return { ...configured, recorded, mismatch: false };
  const recordedUsd = toUsd(sums.recordedFailureCost ?? 0n) / recorded;
  const expectedUsd = toUsd(sums.configuredOfRecorded ?? 0n) / recorded;
  const apart = recordedUsd > expectedUsd * TOLERANCE || recordedUsd * TOLERANCE < expectedUsd;
  return { ...configured, recorded, recordedUsd, expectedUsd, mismatch: recorded >= MIN_RECORDED_FAILURES && apart };
}
