/** Compiles exact prices per unit into the integer rate table that prices every call. */
import type { NanoUsd } from '../core/ledger/money.ts';
import { amount, MAX_FACT_NANO_USD } from '../core/ledger/money.ts';
import type { Meter, MeterRates, PricedAt, Usage } from '../core/ledger/usage.ts';
import { COUNTED_METERS, inputTokens, isBillable, METERS } from '../core/ledger/usage.ts';
import type { PriceLine, RateBracket, Rates } from '../contracts/price.ts';
import type { Ratio } from './ratio.ts';
import { ONE, times, toPicoUsd } from './ratio.ts';

/** Exact USD per unit of each meter that has a price of its own. */
export type UnitPrices = Readonly<Partial<Record<Meter, Ratio>>>;

/** Prices of requests whose whole input is above a size. The first bracket of a list is above −1. */
export interface PriceBracket {
  readonly aboveTokens: number;
  readonly prices: UnitPrices;
}

/** A compiled bracket: the lists have one entry per meter, in the order of METERS. */
interface CompiledBracket {
  readonly aboveTokens: number;
  /** Meters with a price of their own. */
  readonly own: readonly Meter[];
  /** NO_RATE for a meter without a rate. */
  readonly rates: readonly number[];
  readonly listRates: readonly number[];
  /** For each meter, whether its rate is missing or a guess, so that its use is reported. */
  readonly isNamed: ReadonlyMap<string, boolean>;
  /** As long as no count is larger, the cost of all meters together is below the limit of one fact. */
  readonly plainCount: number;
  /** Rates by the set of meters that a call used: computed once. */
  readonly pricedAt: Map<number, PricedAt>;
}

export type RateTable = readonly [CompiledBracket, ...CompiledBracket[]];

const NO_RATE = -1;

/**
 * A meter without a rate is priced at the rate of the first meter listed here that has one. For cache meters that is the
 * provider's rule (no cache price means no discount and no write fee). For audio, images and searches it is a guess,
 * which `unpricedMeters` names.
 */
const FALLBACK_METERS: Readonly<Partial<Record<Meter, readonly Meter[]>>> = {
  cacheRead: ['input'],
  cacheWrite5m: ['input'],
  cacheWrite1h: ['cacheWrite5m', 'input'],
  inputAudio: ['input'],
  cacheReadAudio: ['inputAudio', 'cacheRead', 'input'],
  outputAudio: ['output'],
  outputImage: ['output'],
  imageGenInputImage: ['imageGenInput'],
  webSearchPreview: ['webSearch'],
};

/**
 * @param brackets at least one
 * @param factor the fraction of the list price that is paid: 0.85 at a discount of 15 %
 * @param unknown meters whose use is named as unpriced unless they have a rate of their own
 */
export function compileRates(
  brackets: readonly PriceBracket[],
  factor: Ratio = ONE,
  unknown: readonly Meter[] = [],
): RateTable {
  return brackets.map(({ aboveTokens, prices }) => {
    const own = METERS.filter(meter => prices[meter] !== undefined);
    const rates = METERS.map(meter => rateOf(prices, meter, factor));
    return {
      aboveTokens,
      own,
      rates,
      listRates: factor === ONE ? rates : METERS.map(meter => rateOf(prices, meter, ONE)),
      isNamed: new Map(METERS.map(meter => [meter, isGuess(meter, own, unknown)])),
      // One extra part, as a margin for rounding.
      plainCount: (MAX_FACT_NANO_USD * 1000) / (METERS.length + 1) / Math.max(1, ...rates),
      pricedAt: new Map(),
    };
  }) as readonly CompiledBracket[] as RateTable;
}

function rateOf(prices: UnitPrices, meter: Meter, factor: Ratio): number {
  const price = [meter, ...(FALLBACK_METERS[meter] ?? [])].map(name => prices[name]).find(each => each !== undefined);
  return price === undefined ? NO_RATE : toPicoUsd(times(price, factor));
}

function bracketFor(table: RateTable, usage: Usage): CompiledBracket {
  let bracket = table[0];
  if (table.length === 1) return bracket;
  // Long-context thresholds count the whole prompt, including cached and audio tokens.
  const size = inputTokens(usage);
  for (const candidate of table) if (size > candidate.aboveTokens) bracket = candidate;
  return bracket;
}

/** The sum of the lines. Unrolled, because it runs on every attempt and a loop over names doubles its time. */
export function costOf(table: RateTable, usage: Usage): NanoUsd {
  const { rates } = bracketFor(table, usage);
  const cost =
    lineCost(usage.input, rates[0]) +
    lineCost(usage.cacheRead, rates[1]) +
    lineCost(usage.cacheWrite5m, rates[2]) +
    lineCost(usage.cacheWrite1h, rates[3]) +
    lineCost(usage.inputAudio, rates[4]) +
    lineCost(usage.cacheReadAudio, rates[5]) +
    lineCost(usage.output, rates[6]) +
    lineCost(usage.outputAudio, rates[7]) +
    lineCost(usage.outputImage, rates[8]) +
    lineCost(usage.imageGenInput, rates[9]) +
    lineCost(usage.imageGenInputImage, rates[10]) +
    lineCost(usage.imageGenOutput, rates[11]) +
    lineCost(usage.webSearch, rates[12]) +
    lineCost(usage.fileSearch, rates[13]) +
    lineCost(usage.codeSession, rates[14]) +
    lineCost(usage.request, rates[15]) +
    lineCost(usage.webSearchPreview, rates[16]);
  if (cost <= MAX_FACT_NANO_USD) return cost;
  return linesOf(table, usage).reduce((sum, line) => sum + line.costNanoUsd, 0);
}

function lineCost(quantity: number | undefined, rate: number | undefined): NanoUsd {
  return isBillable(quantity) ? amount(quantity, rate as number) : 0;
}

export function linesOf(table: RateTable, usage: Usage): readonly PriceLine[] {
  return billOf(bracketFor(table, usage), usage).lines;
}

/** A power-of-two weight for each meter, so that every sum shows which meters are in it. */
const WEIGHTS: ReadonlyMap<string, number> = new Map(METERS.map((meter, i) => [meter, 2 ** i]));

/** Combinations of meters whose rates are kept. Few occur, but a provider may report any. */
const MAX_COMBINATIONS = 64;

/** The rates of the lines of this usage. The same object for all calls that used the same meters. */
export function pricedAt(table: RateTable, usage: Usage): PricedAt {
  const bracket = bracketFor(table, usage);
  let used = 0;
  for (const name in usage) {
    const weight = WEIGHTS.get(name);
    if (weight !== undefined && isBillable(usage[name as Meter])) used += weight;
  }
  let found = bracket.pricedAt.get(used);
  if (found === undefined) {
    found = ratesOf(bracket, used);
    if (bracket.pricedAt.size < MAX_COMBINATIONS) bracket.pricedAt.set(used, found);
  }
  return found;
}

function ratesOf({ rates, listRates }: CompiledBracket, used: number): PricedAt {
  const meters = METERS.filter((_, i) => Math.floor(used / 2 ** i) % 2 === 1 && rates[i] !== NO_RATE);
  const of = (list: readonly number[]): MeterRates =>
    Object.freeze(Object.fromEntries(meters.map(meter => [meter, list[METERS.indexOf(meter)] as number])));
  if (meters.length === 0) return Object.freeze({});
  return Object.freeze({ rates: of(rates), ...(listRates === rates ? {} : { listRates: of(listRates) }) });
}

/**
 * The meters of this usage without a rate, or priced only as text; those whose count is not a whole number; and those whose cost
 * would exceed the limit of one fact.
 */
export function unpricedMeters(table: RateTable, usage: Usage): readonly string[] {
  const bracket = bracketFor(table, usage);
  return isPlain(bracket, usage) ? NOTHING : billOf(bracket, usage).unpriced;
}

/**
 * True if nothing has to be reported: nearly always the case, and checked in a fifth of the time that listing the names would
 * take.
 */
function isPlain({ isNamed, plainCount }: CompiledBracket, usage: Usage): boolean {
  for (const name in usage) {
    const isNamedMeter = isNamed.get(name);
    const count: unknown = usage[name as Meter];
    if (isNamedMeter === undefined || count === undefined || count === 0) continue;
    if (isNamedMeter || !isBillable(count) || count > plainCount) return false;
  }
  return true;
}

/** One rule for lines, cost and reported meters. The meters that fit into one fact are billed, in the order of METERS. */
function billOf({ rates, listRates, isNamed }: CompiledBracket, usage: Usage) {
  const lines: PriceLine[] = [];
  const unpriced: string[] = [];
  let total = 0;
  for (const [i, meter] of METERS.entries()) {
    const count: unknown = usage[meter] ?? 0;
    if (count === 0) continue;
    const rate = rates[i] as number;
    const listRate = listRates[i] as number;
    const quantity = isBillable(count) ? count : 0;
    const costNanoUsd = amount(quantity, rate);
    const isTooMuch = total + costNanoUsd > MAX_FACT_NANO_USD;
    if (quantity === 0) unpriced.push(`${meter} (not a count)`);
    else if (isTooMuch) unpriced.push(`${meter} (too much)`);
    else if (isNamed.get(meter) === true) unpriced.push(meter);
    if (quantity === 0 || isTooMuch || rate === NO_RATE) continue;
    total += costNanoUsd;
    lines.push({ meter, quantity, rate, ...(listRate === rate ? {} : { listRate }), costNanoUsd });
  }
  return { lines, unpriced };
}

const NEEDS_OWN_RATE: ReadonlySet<Meter> = new Set([
  'inputAudio',
  'cacheReadAudio',
  'outputAudio',
  'outputImage',
  'imageGenInput',
  'imageGenInputImage',
  'imageGenOutput',
  ...COUNTED_METERS,
]);

/** Cached audio without a rate is priced as audio, because a price list without a cache price gives no discount. */
function isGuess(meter: Meter, own: readonly Meter[], unknown: readonly Meter[]): boolean {
  if (own.includes(meter) || !(NEEDS_OWN_RATE.has(meter) || unknown.includes(meter))) return false;
  return meter !== 'cacheReadAudio' || !own.includes('inputAudio');
}

const NOTHING: readonly string[] = Object.freeze([]);

export function bracketsOf(table: RateTable): readonly RateBracket[] {
  return table.map(({ aboveTokens, own, rates }) => {
    const entries = own.map(meter => [meter, rates[METERS.indexOf(meter)] as number] as const);
    return { aboveTokens, rates: Object.fromEntries(entries) as Rates };
  });
}
