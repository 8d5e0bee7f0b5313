/** The contract of a price: exact integer arithmetic from usage to nano-dollars, resolved once per model at start-up. */
import type { NanoUsd } from '../core/ledger/money.ts';
import type { Meter, PricedAt, ServedTerms, Usage } from '../core/ledger/usage.ts';

/** Integer pico-dollars (10⁻¹² USD) per unit of a meter: $0.0125 per million tokens = 12,500. */
export type PicoUsdPerUnit = number;

/** The quantity that a price line bills: a meter of the usage, or milliseconds of a model priced by the GPU hour. */
export type BillMeter = Meter | 'gpuMs';

/**
 * Rates of one model in one period. A meter without a rate is priced as another one: a 1-hour cache write as a 5-minute
 * one, cached audio as audio, an image given to an image model as text given to it, every other meter of the model's own tokens
 * as `input` or `output`. Audio and images priced as text are a guess, and a search, a container or a call of an image model
 * without a rate costs nothing: {@link Price.unpriced} names them.
 */
export type Rates = Readonly<Partial<Record<Meter, PicoUsdPerUnit>>> & {
  readonly input: PicoUsdPerUnit;
  readonly output: PicoUsdPerUnit;
};

/** Rates of requests whose whole input (cached and audio tokens included) is above a size. The first bracket is above −1. */
export interface RateBracket {
  readonly aboveTokens: number;
  readonly rates: Rates;
}

/** The price of one meter of a call. */
export interface PriceLine {
  readonly meter: BillMeter;
  /** Units of the meter: tokens, searches, milliseconds. Above 0. */
  readonly quantity: number;
  readonly rate: PicoUsdPerUnit;
  /** The rate before a negotiated discount, where there is one. */
  readonly listRate?: PicoUsdPerUnit;
  /** quantity × rate, rounded half up to nano-dollars, per meter. */
  readonly costNanoUsd: NanoUsd;
}

/**
 * The price of one model, frozen and pure. No method throws: a request must not fail because of its price.
 * {@link Price.unpriced} names the parts of a call that cannot be priced exactly, so that the cost is marked as an
 * estimate and reported, instead of being silently 0 or wrong.
 *
 * Times are milliseconds since the epoch. `terms`: how the provider served the call; default: the standard way.
 */
export interface Price {
  /** Human-readable origin of the price: `genai-prices 0.1.8 openai/gpt-5-mini`, `configuration`. */
  readonly source: string;
  /** Short stable id of the whole price, with every date it knows. */
  readonly id: string;
  /** Short stable id of the rates in force at a time: it changes when they do. Part of a cell's version. */
  idAt(atMs: number): string;
  /**
   * One line per meter that was used, at the rates of that time and those terms; none for no usage.
   *
   * @param latencyMs of the attempt; read only by self-hosted prices without a declared throughput
   */
  lines(usage: Usage, atMs: number, terms?: ServedTerms, latencyMs?: number): readonly PriceLine[];
  /** The rates of {@link Price.lines}, to be kept with the call. Optional: without it, bills of the call need this price. */
  pricedAt?(usage: Usage, atMs: number, terms?: ServedTerms): PricedAt;
  /** The sum of the lines: a safe integer, from 0 to what one fact may be ($9,000,000). */
  cost(usage: Usage, atMs: number, terms?: ServedTerms, latencyMs?: number): NanoUsd;
  /**
   * Names of the parts of a call without a price of their own (`tier "priority"`, `speed "turbo"`, `webSearch`); nearly always empty. Terms
   * without a price are priced as the standard ones; a meter without one is left out of the lines, and so are `input (not a count)`, which
   * is not a whole number from 0, and `input (too much)`, with which the cost would be more than one fact may be. The engine then marks the
   * cost `estimated` and reports a fault.
   */
  unpriced(usage: Usage, atMs: number, terms?: ServedTerms, latencyMs?: number): readonly string[];
  /** The rate table in force, for display. Empty where tokens have no rate (a GPU hour), or the terms have no price. */
  ratesAt(atMs: number, terms?: ServedTerms): readonly RateBracket[];
  /** The provider charges a fee for each request: the engine then counts one in the usage (`request`). */
  readonly hasRequestFee?: boolean;
  /** The cost that a reply states replaces the rates, which remain for replies that state none. */
  readonly usesStatedCost?: boolean;
}
