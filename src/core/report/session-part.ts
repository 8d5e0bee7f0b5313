/** The cost of sending the conversation again in a feature's intents in sessions. */
import type { Sums } from '../cells/cell.ts';
import { toDecimalUsd } from '../ledger/money.ts';

/** Covers the intents whose session state was known when they were decided. */
export interface SessionPart {
  readonly intents: number;
  /** The cost of reading and caching their prefixes: a part of the model spend, exact decimal USD. */
  readonly prefixUsd: string;
  /** Tokens of the prefix of an intent, on average. */
  readonly meanPrefixTokens: number;
  /** Of the tokens that a cache should have had, the fraction that was read from it; absent where no cache should have had any. */
  readonly readFraction?: number;
  /**
   * True: plans are compared by what they would cost if each served whole sessions. False: a price is missing, so they are
   * compared as billed.
   */
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
