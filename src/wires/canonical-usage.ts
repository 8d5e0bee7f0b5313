/** The canonical form of usage, so that equal usage compares equal whichever provider reported it. */
import type { Usage } from '../core/ledger/usage.ts';
import { METERS } from '../core/ledger/usage.ts';

/** A usage under construction. */
export type UsageDraft = { -readonly [Key in keyof Usage]: Usage[Key] };

const OPTIONAL = [...METERS, 'reasoning' as const].filter(name => name !== 'input' && name !== 'output');

/** The usage with input and output always present, and every other count only when it is above 0. */
export function withoutZeros(usage: Usage): Usage {
  const kept: UsageDraft = { input: usage.input ?? 0, output: usage.output ?? 0 };
  for (const name of OPTIONAL) {
    const count = usage[name] ?? 0;
    if (count > 0) kept[name] = count;
  }
  return kept;
}

/** The sum of each count. */
export function sumOfUsage(usages: readonly Usage[]): Usage {
  const sum: UsageDraft = {};
  for (const usage of usages)
    for (const [name, count] of Object.entries(usage))
      sum[name as keyof Usage] = (sum[name as keyof Usage] ?? 0) + count;
  return sum;
}
