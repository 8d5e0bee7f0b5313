/** The part of an attempt's cost that was for the prefix of its session. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { ServedTerms } from '../../core/ledger/usage.ts';
import type { NanoUsd } from '../../core/ledger/money.ts';
import type { Attempt } from '../../core/ledger/vocabulary.ts';
import { prefixCost } from '../../prices/prefix-cost.ts';

/**
 * Where a reply consists of several calls, the first one got the conversation as it was sent. Returns 0 for a reply
 * without a price of its own.
 */
export function prefixPart(
  { usage, calls, costNanoUsd, startedAtMs, responseModel }: Attempt,
  prefixTokens: number,
  { terms, model }: { readonly terms: ServedTerms; readonly model: Pick<ResolvedModel, 'price' | 'priceOf'> },
): NanoUsd {
  const [{ usage: sent, model: name = responseModel } = { usage }] = calls ?? [];
  const served = name === undefined || name === '' ? undefined : model.priceOf(name);
  const { price } = served === undefined || served.isSame ? model : served;
  return Math.min(costNanoUsd, prefixCost(price.lines(sent, startedAtMs, terms), prefixTokens));
}
