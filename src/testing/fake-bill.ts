/**
 * The fake provider's own bill. Its arithmetic is independent of the library's prices, so that a ledger can be compared
 * with it.
 */
import type { FakeMeter, FakeTier, FakeTokens } from './fake-api.ts';

/** USD per million tokens, as decimal strings. Without its own price, a cached or audio meter costs the same as plain. */
export interface FakePrice {
  readonly input: string;
  readonly output: string;
  readonly cacheRead?: string;
  readonly cacheWrite5m?: string;
  readonly cacheWrite1h?: string;
  readonly inputAudio?: string;
  readonly outputAudio?: string;
  /** USD per thousand searches. Default: free. */
  readonly webSearch?: string;
}

/** One meter of an exchange. */
export interface FakeBillLine {
  readonly meter: FakeMeter;
  readonly quantity: number;
  readonly costNanoUsd: bigint;
}

/** The bill of one exchange. */
export interface BilledRequest {
  /** The id sent in `x-request-id` (OpenAI) or `request-id` (Anthropic). */
  readonly requestId: string;
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
  if (meter === 'webSearch') return price.webSearch ?? '0';
  if (meter === 'outputAudio') return price.outputAudio ?? price.output;
  return price[meter] ?? price.input;
}

const BILLED: readonly FakeMeter[] = [
  'input',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'inputAudio',
  'output',
  'outputAudio',
  'webSearch',
];

/** One line per meter, each rounded half up to a nano-dollar. */
export function billLines(tokens: Readonly<Partial<FakeTokens>>, price: FakePrice): readonly FakeBillLine[] {
  const lines: FakeBillLine[] = [];
  for (const meter of BILLED) {
    const quantity = tokens[meter] ?? 0;
    if (quantity === 0) continue;
    const per = meter === 'webSearch' ? 1000n : 1_000_000n;
    const numerator = BigInt(quantity) * parsePrice(priceOf(meter, price)) * NANO;
    const denominator = UNIT * per;
    lines.push({ meter, quantity, costNanoUsd: (2n * numerator + denominator) / (2n * denominator) });
  }
  return lines;
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
