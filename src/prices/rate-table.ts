/** Compiles exact prices per unit into the integer rate table that prices every call. */
import type { NanoUsd } from '../core/ledger/money.ts';
import type { Meter, Usage } from '../core/ledger/usage.ts';
import { COUNTED_METERS, inputTokens, METERS } from '../core/ledger/usage.ts';
import type { PriceLine, RateBracket, Rates } from '../contracts/price.ts';
import type { Ratio } from './ratio.ts';
import { ONE, times, toPicoUsd } from './ratio.ts';

/** Exact USD per unit, of each meter that has a price of its own. */
export type UnitPrices = Readonly<Partial<Record<Meter, Ratio>>>;

/** Prices of requests whose whole input is above a size. The first bracket of a list is above −1. */
export interface PriceBracket {
  readonly aboveTokens: number;
  readonly prices: UnitPrices;
}

/** A compiled bracket: one rate per meter, in the order of METERS, or NO_RATE. */
interface CompiledBracket {
  readonly aboveTokens: number;
  /** Meters with a price of their own. */
  readonly own: readonly Meter[];
  readonly rates: readonly number[];
  readonly listRates: readonly number[];
}

export type RateTable = readonly [CompiledBracket, ...CompiledBracket[]];

const NO_RATE = -1;

/**
 * A meter without a rate is priced at the rate of the first meter listed here that has one. For cache meters that is the
 * provider's rule (no cache price means no discount and no write fee). For audio it is a guess, which `unpricedMeters`
 * names.
 */
const FALLBACK_METERS: Readonly<Partial<Record<Meter, readonly Meter[]>>> = {
  cacheRead: ['input'],
  cacheWrite5m: ['input'],
  cacheWrite1h: ['cacheWrite5m', 'input'],
  inputAudio: ['input'],
  cacheReadAudio: ['inputAudio', 'cacheRead', 'input'],
  outputAudio: ['output'],
  outputImage: ['output'],
};

/**
 * @param brackets at least one
 * @param factor the fraction of the list price that is paid: 0.85 at a discount of 15 %
 */
export function compileRates(brackets: readonly PriceBracket[], factor: Ratio = ONE): RateTable {
  return brackets.map(({ aboveTokens, prices }) => ({
    aboveTokens,
    own: METERS.filter(meter => prices[meter] !== undefined),
    rates: METERS.map(meter => rateOf(prices, meter, factor)),
    listRates: METERS.map(meter => rateOf(prices, meter, ONE)),
  })) as readonly CompiledBracket[] as RateTable;
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
  return (
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
    lineCost(usage.request, rates[15])
  );
}

function lineCost(quantity = 0, rate = NO_RATE): NanoUsd {
  return isBillable(quantity) ? amount(quantity, rate) : 0;
}

export function linesOf(table: RateTable, usage: Usage): readonly PriceLine[] {
  const { rates, listRates } = bracketFor(table, usage);
  const lines: PriceLine[] = [];
  for (const [i, meter] of METERS.entries()) {
    const quantity = usage[meter] ?? 0;
    const rate = rates[i] as number;
    const listRate = listRates[i] as number;
    if (!isBillable(quantity) || rate === NO_RATE) continue;
    const costNanoUsd = amount(quantity, rate);
    lines.push({ meter, quantity, rate, ...(listRate === rate ? {} : { listRate }), costNanoUsd });
  }
  return lines;
}

/** The meters of this usage without a rate, or priced only as text, and those whose count is not a valid number. */
export function unpricedMeters(table: RateTable, usage: Usage): readonly string[] {
  let names: string[] | undefined;
  const { own } = table[0];
  for (const meter of METERS) {
    const quantity = usage[meter] ?? 0;
    if (quantity === 0) continue;
    if (!isBillable(quantity)) (names ??= []).push(`${meter} ${quantity}`);
    else if (NEEDS_OWN_RATE.has(meter) && !own.includes(meter) && !isPricedAsAudio(meter, own))
      (names ??= []).push(meter);
  }
  return names ?? NOTHING;
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
function isPricedAsAudio(meter: Meter, own: readonly Meter[]): boolean {
  return meter === 'cacheReadAudio' && own.includes('inputAudio');
}

const NOTHING: readonly string[] = Object.freeze([]);

export function bracketsOf(table: RateTable): readonly RateBracket[] {
  return table.map(({ aboveTokens, own, rates }) => {
    const entries = own.map(meter => [meter, rates[METERS.indexOf(meter)] as number] as const);
    return { aboveTokens, rates: Object.fromEntries(entries) as Rates };
  });
}

function isBillable(quantity: number): boolean {
  return quantity > 0 && quantity <= Number.MAX_SAFE_INTEGER;
}

/** Above this product ($9,000 on one line) a float no longer holds every pico-dollar, and bigint takes over. */
const EXACT_PICO_USD = 9_000_000_000_000_000;

/** quantity × rate (pico-dollars), rounded half up to nano-dollars. */
export function amount(quantity: number, rate: number): NanoUsd {
  if (rate <= 0) return 0;
  const picoUsd = quantity * rate;
  if (picoUsd > EXACT_PICO_USD) return Number((BigInt(Math.round(quantity)) * BigInt(rate) + 500n) / 1000n);
  const rounded = picoUsd + 500;
  return (rounded - (rounded % 1000)) / 1000;
}
