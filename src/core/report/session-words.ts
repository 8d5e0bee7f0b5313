/** Describes in words the costs that a decision in a session counts in addition to the plans' figures. */
import type { Cell } from '../cells/cell.ts';
import { toUsd } from '../ledger/money.ts';
import { formatCount, formatUsd } from './wording.ts';

/** Empty where no intent was in a session whose conversation was known. @param cells of one feature or segment, as billed */
export function sessionNotes(cells: readonly Cell[], isStandard: boolean): readonly string[] {
  let [intents, prefix, net] = [0n, 0n, 0n];
  for (const { key, sums } of cells) {
    if (key.scope !== 'plan') continue;
    intents += sums.withPrefix ?? 0n;
    prefix += sums.prefixCost ?? 0n;
    net += sums.netCost ?? 0n;
  }
  if (intents === 0n) return [];
  const each = (total: bigint): string => formatUsd(toUsd(total) / Number(intents));
  const counted = `${formatCount(Number(intents))} ${intents === 1n ? 'intent was' : 'intents were'}`;
  return [
    `${counted} in a known session: sending the conversation again was ${each(prefix)} of the ${each(prefix + net)} that each was billed, ` +
      `${isStandard ? 'for which the figures above have what each plan would cost if it served whole sessions' : 'which is in the figures above, as billed, because a price is not known'}. ` +
      'A decision in a session counts what its own conversation costs with each plan in its place.',
  ];
}
