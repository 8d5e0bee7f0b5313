/** Reads the cost that a reply states. */
import type { StatedCost } from '../contracts/wire.ts';
import type { NanoUsd } from '../core/ledger/money.ts';
import { MAX_FACT_USD, NANO_PER_USD } from '../core/ledger/money.ts';
import { field } from './json-fields.ts';

/** xAI's ticks: 10¹⁰ per dollar. */
const TICK_PLACES = 10;

/**
 * The cost in dollars under any vendor's name for it: `cost_in_usd_ticks` (xAI), `cost.total_cost` (Perplexity), `cost`
 * (OpenRouter, LiteLLM), `estimated_cost` (DeepInfra), or the metadata of Vercel's gateway. `undefined` if there is none, or if
 * the value is not an amount of dollars.
 *
 * @param gateway the `provider_metadata.gateway` of a message
 */
export function statedCost(usage: unknown, gateway?: unknown): StatedCost | undefined {
  const ticks = field(usage, 'cost_in_usd_ticks') ?? undefined;
  if (ticks !== undefined) {
    const nanoUsd = nanoUsdOf(ticks, TICK_PLACES);
    const other = nanoUsdOf(field(usage, 'cost')) ?? nanoUsd;
    // Two amounts that differ: a gateway's, and its provider's. Decimals of a float may be rounded.
    return costOf(nanoUsd, Math.abs((other ?? 0) - (nanoUsd ?? 0)) <= 1);
  }
  const cost = field(usage, 'cost') ?? field(usage, 'estimated_cost') ?? field(gateway, 'cost');
  if (typeof cost !== 'object') return withUpstream(usage, gateway, nanoUsdOf(cost));
  const currency = field(cost, 'currency') ?? 'USD';
  const isUsd = typeof currency === 'string' && currency.toUpperCase() === 'USD';
  return costOf(isUsd ? nanoUsdOf(field(cost, 'total_cost')) : undefined);
}

function costOf(nanoUsd: NanoUsd | undefined, isWhole = true): StatedCost | undefined {
  return nanoUsd === undefined ? undefined : { nanoUsd, isWhole };
}

/**
 * With the application's own key at a provider (BYOK), a gateway states its own fee, and the provider bills the model: the whole
 * cost is the sum of both. If a gateway does not state whose key was used, a provider's price above the fee shows this case.
 */
function withUpstream(usage: unknown, gateway: unknown, fee: NanoUsd | undefined): StatedCost | undefined {
  if (fee === undefined) return undefined;
  const details = field(usage, 'cost_details');
  const upstream = nanoUsdOf(field(details, 'upstream_inference_cost') ?? field(gateway, 'marketCost'));
  const ownKey = field(usage, 'is_byok');
  if (ownKey === true || (ownKey !== false && details instanceof Object && (upstream ?? 0) > fee))
    return costOf(fee + (upstream ?? 0), upstream !== undefined);
  // A call that is free here but has a cost at the provider is not free.
  return costOf(fee, fee > 0 || (upstream ?? 0) === 0);
}

/**
 * Below this many nano-dollars a float keeps three decimals. So unless it is close to a half, it rounds as the decimal number
 * does.
 */
const MAX_QUICK = 1e12;

const DECIMAL = /^(\d{1,20})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * Exact nano-dollars of a decimal, rounded half up: `0.0000000005` is 1. `undefined` for a value that is not an amount, or is
 * more than one call can cost.
 *
 * @param places of the unit: 10 when the amount is in 10⁻¹⁰ dollars
 */
export function nanoUsdOf(amount: unknown, places = 0): NanoUsd | undefined {
  if (typeof amount === 'number') {
    const product = (amount * NANO_PER_USD) / 10 ** places;
    const rounded = Math.round(product);
    if (product >= 0 && product < MAX_QUICK && Math.abs(product - rounded) < 0.49) return rounded;
  }
  const match = DECIMAL.exec(typeof amount === 'number' ? String(amount) : typeof amount === 'string' ? amount : '');
  if (match === null) return undefined;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction);
  const shift = 9 - places - fraction.length + Number(exponent);
  const scale = 10n ** BigInt(Math.abs(shift));
  const nano = shift >= 0 ? digits * scale : (digits * 2n + scale) / (scale * 2n);
  return nano <= MAX_FACT_USD * NANO_PER_USD ? Number(nano) : undefined;
}
