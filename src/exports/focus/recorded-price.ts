/** Price lines of a call at the rates that the ledger recorded with it, without any configuration. */
import { amount, MAX_FACT_NANO_USD } from '../../core/ledger/money.ts';
import type { BilledCall } from '../../core/ledger/usage.ts';
import { isBillable, METERS } from '../../core/ledger/usage.ts';
import type { PriceLine } from '../../contracts/price.ts';

const BILLED = [...METERS, 'gpuMs'] as const;

/**
 * The price lines in the order of METERS, each rounded as when the call was priced.
 *
 * @param latencyMs the time that is billed for a model priced by time
 * @returns `undefined` where no rates were recorded
 */
export function recordedLines(
  { usage, rates, listRates = rates }: BilledCall,
  latencyMs: number,
): readonly PriceLine[] | undefined {
  if (rates === undefined) return undefined;
  const lines: PriceLine[] = [];
  let total = 0;
  for (const meter of BILLED) {
    const rate = rates[meter];
    const quantity = meter === 'gpuMs' ? Math.round(latencyMs) : usage[meter];
    if (rate === undefined || !isBillable(quantity)) continue;
    const costNanoUsd = amount(quantity, rate);
    if (total + costNanoUsd > MAX_FACT_NANO_USD) continue;
    total += costNanoUsd;
    const listRate = listRates?.[meter] ?? rate;
    lines.push({ meter, quantity, rate, ...(listRate === rate ? {} : { listRate }), costNanoUsd });
  }
  return lines;
}
