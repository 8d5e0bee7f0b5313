/** What an application may write as a price. Figures are USD as a provider's price list prints them. */

/** Rates per million tokens (and per thousand web searches). What is left out is billed as the nearest plainer meter. */
export interface TokenRates {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  readonly cacheReadUsdPerMillion?: number;
  readonly cacheWrite5mUsdPerMillion?: number;
  readonly cacheWrite1hUsdPerMillion?: number;
  readonly inputAudioUsdPerMillion?: number;
  readonly cacheReadAudioUsdPerMillion?: number;
  readonly outputAudioUsdPerMillion?: number;
  readonly webSearchUsdPerThousand?: number;
}

/** Rates of a whole request whose input, cached tokens included, is above `aboveTokens`. What is left out stays. */
export type LongContextRates = Partial<TokenRates> & { readonly aboveTokens: number };

/** A service tier: a multiplier of every token rate (`0.5`), or rates that replace the standard ones. */
export type TierPrice = number | (Partial<TokenRates> & { readonly longContext?: LongContextRates });

interface PriceTerms {
  readonly tiers?: { readonly batch?: TierPrice; readonly flex?: TierPrice; readonly priority?: TierPrice };
  /** Negotiated discount on everything, 0 to 1: `0.15` pays 85 %. */
  readonly discount?: number;
}

/** Rates written out. */
export type RatesPrice = TokenRates & PriceTerms & { readonly longContext?: LongContextRates };

/** The price book's rates under other terms: a discount, a tier, or the price of another model of the book. */
export type BookPrice = PriceTerms & {
  /** `provider/model` of the book, when the model is billed as that one. */
  readonly as?: string;
  readonly webSearchUsdPerThousand?: number;
};

/** A price in force from a date on: `2026-01-01` (UTC) or an ISO date and time. The first may leave it out. */
export type DatedPrice = (RatesPrice | BookPrice) & { readonly from?: string };

/**
 * Your own GPU. With `tokensPerSecond` (input and output together, of the whole GPU) a request costs by its tokens; without,
 * by its measured latency divided by `concurrency`.
 */
export interface SelfHostedPrice {
  readonly gpuHourUsd: number;
  /** Requests the GPU serves at the same time. Default 1. */
  readonly concurrency?: number;
  /** Tokens the GPU processes per second under full load. */
  readonly tokensPerSecond?: number;
  /** Share of the paid hours that serve requests, above 0 to 1: idle hours are paid too. Default 1. */
  readonly utilisation?: number;
}

/**
 * A configured price. A string names a model of the price book (`'openai/gpt-5-mini'`), or is `'reported'`: calls of
 * `router.run` say themselves what they cost.
 *
 * @example
 * ```ts
 * const prices: PriceConfig[] = [
 *   { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6, cacheReadUsdPerMillion: 0.075 },
 *   { discount: 0.15 },
 *   [{ inputUsdPerMillion: 2, outputUsdPerMillion: 8 }, { from: '2027-01-01', inputUsdPerMillion: 1, outputUsdPerMillion: 4 }],
 *   { gpuHourUsd: 2, concurrency: 16, utilisation: 0.7 },
 *   'openai/gpt-5-mini',
 * ];
 * ```
 */
export type PriceConfig = string | RatesPrice | BookPrice | readonly DatedPrice[] | SelfHostedPrice;
