/**
 * The fake provider's own bill. Its arithmetic is independent of the library's prices, so that a ledger can be compared
 * with it.
 */
import type { FakeTier } from './fake-api.ts';
import type { FakeMeter, FakeTokens } from './fake-tokens.ts';
import { FAKE_METERS } from './fake-tokens.ts';

/** USD per million tokens, as decimal strings. Without its own price, a cached or audio meter costs the same as plain. */
export interface FakePrice {
  readonly input: string;
  readonly output: string;
  readonly cacheRead?: string;
  readonly cacheWrite5m?: string;
  readonly cacheWrite1h?: string;
  readonly inputAudio?: string;
  readonly outputAudio?: string;
  readonly outputImage?: string;
  /**
   * An image model that is called as a tool: its text, its input images (default: as text), and its drawn images. Default: free.
   */
  readonly imageGenInput?: string;
  readonly imageGenInputImage?: string;
  readonly imageGenOutput?: string;
  /** USD per thousand searches. Default: free. */
  readonly webSearch?: string;
  /** USD per thousand searches in files. Default: free. */
  readonly fileSearch?: string;
  /** USD per container that runs code. Default: free. */
  readonly codeSession?: string;
  /** USD per request. Default: free. */
  readonly request?: string;
}

/** One meter of an exchange; `stated`: the cost that the reply states, in place of all others. */
export interface FakeBillLine {
  readonly meter: FakeMeter | 'request' | 'stated';
  /** For one of several calls inside the reply: the model that made it. */
  readonly model?: string;
  readonly quantity: number;
  readonly costNanoUsd: bigint;
}

/** The bill of one exchange. */
export interface BilledRequest {
  /** The id sent in `x-request-id` (OpenAI) or `request-id` (Anthropic). */
  readonly requestId: string;
  /** The requested model. */
  readonly model: string;
  readonly tier: FakeTier;
  readonly lines: readonly FakeBillLine[];
  readonly costNanoUsd: bigint;
  /** True when the reply reported this usage; false when it was charged by {@link UnreportedRule}. */
  readonly reported: boolean;
}

/** All charges so far. */
export interface FakeBill {
  readonly totalNanoUsd: bigint;
  readonly byModel: Readonly<Record<string, { readonly requests: number; readonly costNanoUsd: bigint }>>;
  readonly requests: readonly BilledRequest[];
}

/** Decimal places a price may have. */
const PLACES = 12;
const UNIT = 10n ** BigInt(PLACES);
const NANO = 10n ** 9n;

/** A price: a decimal without a sign, of at most twelve places. */
export const PRICE = /^(\d+)(?:\.(\d{1,12}))?$/;

/**
 * "0.0125" → 12_500_000_000n: a price in units of 10⁻¹² USD.
 * @throws RangeError for anything but a decimal of at most twelve places.
 */
function parsePrice(price: string): bigint {
  const match = PRICE.exec(price);
  if (match === null) throw new RangeError(`not a price in USD: "${price}"`);
  return BigInt(match[1] ?? '0') * UNIT + BigInt((match[2] ?? '').padEnd(PLACES, '0'));
}

function priceOf(meter: FakeMeter, price: FakePrice): string {
  if (meter === 'outputAudio' || meter === 'outputImage') return price[meter] ?? price.output;
  if (meter === 'imageGenInputImage') return price[meter] ?? price.imageGenInput ?? '0';
  const hasOwnPriceOnly = meter === 'imageGenInput' || meter === 'imageGenOutput' || meter in UNITS;
  return price[meter] ?? (hasOwnPriceOnly ? '0' : price.input);
}

/** The units to which a price applies, if not to a million tokens. */
const UNITS: Readonly<Partial<Record<FakeMeter, bigint>>> = { webSearch: 1000n, fileSearch: 1000n, codeSession: 1n };

/** One line per meter, each rounded half up to a nano-dollar. @param multipliers of the token prices: decimals, all applied */
export function billLines(
  tokens: Readonly<Partial<FakeTokens>>,
  price: FakePrice,
  multipliers: readonly string[] = [],
): readonly FakeBillLine[] {
  const lines: FakeBillLine[] = [];
  for (const meter of FAKE_METERS) {
    const quantity = tokens[meter] ?? 0;
    if (quantity === 0) continue;
    const factors = meter in UNITS ? [] : multipliers;
    const product = factors.reduce((amount, factor) => amount * parsePrice(factor), BigInt(quantity));
    const denominator = (UNITS[meter] ?? 1_000_000n) * UNIT ** BigInt(factors.length);
    lines.push({ meter, quantity, costNanoUsd: nanoUsd(product * parsePrice(priceOf(meter, price)), denominator) });
  }
  return lines;
}

/** A line that counts one thing at this price in USD. */
export function unitLine(meter: 'request' | 'stated', usd: string): FakeBillLine {
  return { meter, quantity: 1, costNanoUsd: nanoUsd(parsePrice(usd), 1n) };
}

/** An amount in units of 10⁻¹² USD, divided, as nano-dollars, rounded half up. */
function nanoUsd(amount: bigint, divisor: bigint): bigint {
  const denominator = UNIT * divisor;
  return (2n * amount * NANO + denominator) / (2n * denominator);
}

/** The bill of these requests. */
export function billOf(requests: readonly BilledRequest[]): FakeBill {
  const byModel: Record<string, { requests: number; costNanoUsd: bigint }> = {};
  let totalNanoUsd = 0n;
  for (const { model, costNanoUsd } of requests) {
    const sum = (byModel[model] ??= { requests: 0, costNanoUsd: 0n });
    sum.requests += 1;
    sum.costNanoUsd += costNanoUsd;
    totalNanoUsd += costNanoUsd;
  }
  return { totalNanoUsd, byModel, requests: [...requests] };
}
