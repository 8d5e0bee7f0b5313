/** A price list: what models cost as their providers publish it, with its source and date. An application can bring a newer one. */
import type { LongContextRates, PriceTerms, TokenRates } from './price-config.ts';

/** Where a price comes from. */
export interface PriceSource {
  /** Address of the page on which the provider publishes it, or another name that an analyst can follow. */
  readonly source: string;
  /** ISO date on which the source said so: `2026-11-28`. */
  readonly asOf: string;
}

/** List prices of one model, from a date on. The first entry may leave the date out. Rates are USD, as in a configured price. */
export type ListedRates = TokenRates &
  Omit<PriceTerms, 'discount'> & { readonly from?: string; readonly longContext?: LongContextRates };

/** A model of a price list. */
export interface ListedModel extends Partial<PriceSource> {
  /** Id of the provider: `openai`, `anthropic`, `groq`. */
  readonly provider: string;
  /** The provider's name of the model, without the date of a snapshot. */
  readonly model: string;
  /** By date, oldest first. */
  readonly prices: readonly ListedRates[];
}

/** Further prices of models whose rates are elsewhere in this list or in an older one: for other tiers, speeds or regions, for instance. */
export interface ListedTerms extends Partial<PriceSource>, Omit<PriceTerms, 'discount'>, ToolRates {
  readonly provider: string;
  /** Names of models, as the lists name them; `'all'` for every model of the provider. An imported JSON file has text of any kind. */
  readonly models: 'all' | (string & {}) | readonly string[];
  /**
   * Meters that cost something which the source does not say: `cacheRead`, `request`. Their use marks the cost as estimated, until
   * they are configured.
   */
  readonly unknown?: readonly ('cacheRead' | 'request' | (string & {}))[];
}

/** Rates of everything except the tokens of the model itself. */
export type ToolRates = Omit<
  Partial<TokenRates>,
  `${'input' | 'output' | 'cacheRead' | 'cacheWrite5m' | 'cacheWrite1h'}UsdPerMillion`
>;

/**
 * A price list, as JSON or as an object. It is looked up before the prices that come with the package.
 *
 * @example
 * ```ts
 * const priceList: PriceList = {
 *   source: 'https://developers.openai.com/api/docs/pricing',
 *   asOf: '2026-11-28',
 *   models: [
 *     { provider: 'openai', model: 'gpt-7', prices: [{ inputUsdPerMillion: 2, outputUsdPerMillion: 8, tiers: { flex: 0.5 } }] },
 *   ],
 *   terms: [{ provider: 'anthropic', models: ['claude-opus-5'], speeds: { fast: 2 } }],
 * };
 * ```
 */
export interface PriceList extends PriceSource {
  readonly models?: readonly ListedModel[];
  readonly terms?: readonly ListedTerms[];
}
