/** What a feature's intents in sessions paid for sending the conversation again. */
import type { Sums } from '../cells/cell.ts';
import { toDecimalUsd } from '../ledger/money.ts';

/** Of the intents whose session was known when they were decided. */
export interface SessionPart {
  readonly intents: number;
  /** What reading and caching their prefixes cost: a part of the model spend, exact decimal USD. */
  readonly prefixUsd: string;
  /** Tokens of the prefix of an intent, on average. */
  readonly meanPrefixTokens: number;
  /** Of the tokens that a cache should have had, the part that was read from it; absent where none should have had any. */
  readonly readFraction?: number;
  /** Plans are compared by what they would cost if each served whole sessions; otherwise a price is missing, and they are as billed. */
  readonly isStandard: boolean;
}

export function sessionPart(sums: Sums, isStandard: boolean): { readonly sessions?: SessionPart } {
  const { withPrefix = 0n, prefixCost = 0n, prefixTokens = 0n, expectedTokens = 0n, readTokens = 0n } = sums;
  if (withPrefix === 0n) return {};
  return {
    sessions: {
      intents: Number(withPrefix),
      prefixUsd: toDecimalUsd(prefixCost),
      meanPrefixTokens: Number(prefixTokens) / Number(withPrefix),
      ...(expectedTokens === 0n ? {} : { readFraction: Number(readTokens) / Number(expectedTokens) }),
      isStandard,
    },
  };
}
