/** How an application writes a price. Amounts are USD, as a provider's price list prints them. */

/**
 * USD per million tokens, per thousand searches, per container and per request: at least half a pico-dollar per unit (0.0000005
 * per million) or 0, and at most $9,000. A rate that is left out has the default stated at it.
 */
export interface TokenRates {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  /**
   * Input read from a prompt cache. Default: the input rate; for a model that is fine-tuned from one of the price book, reduced by the
   * discount of that model.
   */
  readonly cacheReadUsdPerMillion?: number;
  /** Input written to a cache for five minutes. Default: the input rate. */
  readonly cacheWrite5mUsdPerMillion?: number;
  /** Input written to a cache for longer (an hour, or more). Default: the five-minute rate. */
  readonly cacheWrite1hUsdPerMillion?: number;
  /** Default: the input rate, and the cost is marked as estimated. */
  readonly inputAudioUsdPerMillion?: number;
  /** Default: the audio input rate. */
  readonly cacheReadAudioUsdPerMillion?: number;
  /** Default: the output rate, and the cost is marked as estimated. */
  readonly outputAudioUsdPerMillion?: number;
  /** Images that the model itself draws. Default: the output rate, and the cost is marked as estimated. */
  readonly outputImageUsdPerMillion?: number;
  /** Text given to an image model that is called as a tool. Default: it costs nothing, and the cost is marked as estimated. */
  readonly imageGenInputUsdPerMillion?: number;
  /**
   * Images given to an image model that is called as a tool. Default: the rate of text given to it, and the cost is marked as estimated.
   */
  readonly imageGenInputImageUsdPerMillion?: number;
  /** Images drawn by an image model that is called as a tool. Default: they cost nothing, and the cost is marked as estimated. */
  readonly imageGenOutputUsdPerMillion?: number;
  /** Default: searches cost nothing, and the cost is marked as estimated. */
  readonly webSearchUsdPerThousand?: number;
  /** Searches by OpenAI's older tool `web_search_preview`. Default: the rate of other searches, and the cost is marked as estimated. */
  readonly webSearchPreviewUsdPerThousand?: number;
  /** Default: searches in files cost nothing, and the cost is marked as estimated. */
  readonly fileSearchUsdPerThousand?: number;
  /** A container in which the provider runs code. Default: it costs nothing, and the cost is marked as estimated. */
  readonly codeSessionUsd?: number;
  /** A fee for every request, in addition to its tokens. Default: none. */
  readonly perRequestUsd?: number;
}

/** Rates of a whole request whose input, cached tokens included, is above `aboveTokens`. A rate left out stays as it is. */
export type LongContextRates = Partial<TokenRates> & { readonly aboveTokens: number };

/**
 * A service tier, a speed or a region: a multiplier of every token rate of the model itself (`0.5`), or rates that replace the
 * standard ones. A multiplier leaves the tokens of an image model that is called as a tool as they are, like searches and fees.
 */
export type TierPrice = number | (Partial<TokenRates> & { readonly longContext?: LongContextRates });

/**
 * Terms of service that change the rates, under the names that replies have for them. A reply that names none of them is priced at the
 * standard rates. So is one that names other terms, and its cost is marked as estimated. A multiplier leaves the fees of searches,
 * containers and requests as they are. Multipliers of a tier, a speed and a region multiply each other.
 */
export interface PriceTerms {
  readonly tiers?: {
    readonly batch?: TierPrice;
    readonly flex?: TierPrice;
    readonly priority?: TierPrice;
    readonly [tier: string]: TierPrice | undefined;
  };
  /** Prices of the speeds: `{ fast: 2 }`. */
  readonly speeds?: { readonly fast?: TierPrice; readonly [speed: string]: TierPrice | undefined };
  /** Where the model ran: `{ us: 1.1 }`. */
  readonly regions?: { readonly [region: string]: TierPrice | undefined };
  /** Negotiated discount on every rate, from 0 to below 1: at `0.15` you pay 85 %. */
  readonly discount?: number;
}

/** A price as rates. */
export type RatesPrice = TokenRates & PriceTerms & { readonly longContext?: LongContextRates };

/**
 * The price book's rates on other terms: with a discount, with tiers, or those of another model of the book. Rates given
 * here are for meters for which the book has none, such as the fee of a web search; a rate that the book has is replaced,
 * whatever the size of the request.
 */
export type BookPrice = PriceTerms &
  Partial<Omit<TokenRates, 'inputUsdPerMillion' | 'outputUsdPerMillion'>> & {
    /** The model of the price book, as `provider/model`, whose price applies. Default: the model itself. */
    readonly as?: string;
  };

/** A price in force from a date on: `2026-01-01` (UTC), or an ISO date and time with its offset. The first entry may leave it out. */
export type DatedPrice = (RatesPrice | BookPrice) & { readonly from?: string };

/**
 * The price of a model on your own GPU. With `tokensPerSecond`, a request is priced by its tokens; without, by its
 * measured latency divided by `concurrency`.
 */
export interface SelfHostedPrice {
  readonly gpuHourUsd: number;
  /** Requests that the GPU serves at the same time; not together with `tokensPerSecond`. Default 1. */
  readonly concurrency?: number;
  /** Tokens, input and output together, that the whole GPU processes per second under full load. */
  readonly tokensPerSecond?: number;
  /** Fraction of the paid hours in which the GPU serves requests, above 0, up to 1: idle hours are paid too. Default 1. */
  readonly utilisation?: number;
}

/**
 * The price of a model whose replies say what they cost, as those of gateways do. The rates apply to replies that do not say it, whose cost
 * is marked as estimated. Without configured rates, those of the price book apply, if it has the model.
 */
export type ReportedPrice = { readonly reported: boolean } & (RatesPrice | BookPrice);

/**
 * A configured price. A string is a model of the price book (`'openai/gpt-5-mini'`), or `'reported'`: every reply says what it
 * cost, as does every call of `router.run`.
 *
 * @example
 * ```ts
 * const prices: PriceConfig[] = [
 *   { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6, cacheReadUsdPerMillion: 0.075 },
 *   { discount: 0.15 },
 *   [{ inputUsdPerMillion: 2, outputUsdPerMillion: 8 }, { from: '2027-01-01', inputUsdPerMillion: 1, outputUsdPerMillion: 4 }],
 *   { gpuHourUsd: 2, concurrency: 16, utilisation: 0.7 },
 *   { reported: true, inputUsdPerMillion: 1, outputUsdPerMillion: 1, perRequestUsd: 0.005 },
 *   'openai/gpt-5-mini',
 * ];
 * ```
 */
export type PriceConfig = string | RatesPrice | BookPrice | ReportedPrice | readonly DatedPrice[] | SelfHostedPrice;
