/** The price of a model on your own GPU: by declared throughput, or by the measured latency of each call. */
import { amount, MAX_FACT_NANO_USD } from '../core/ledger/money.ts';
import type { Meter, Usage } from '../core/ledger/usage.ts';
import { isOwnToken, METERS } from '../core/ledger/usage.ts';
import { invalidValue, RouterError } from '../errors.ts';
import type { PriceLine, Price } from '../contracts/price.ts';
import type { SelfHostedPrice } from '../contracts/price-config.ts';
import { isRate, RATE_LIMITS } from './rate-limits.ts';
import type { Ratio } from './ratio.ts';
import { over, ratioOf, toNumber, toPicoUsd } from './ratio.ts';
import { schedulePrice, shortHash } from './schedule.ts';

const MS_PER_HOUR = ratioOf(3_600_000);
const SECONDS_PER_HOUR = ratioOf(3600);

/**
 * The price of a self-hosted model.
 *
 *     with tokensPerSecond:  USD per token = gpuHourUsd / 3600 / tokensPerSecond / utilisation
 *     without:               USD per ms    = gpuHourUsd / 3,600,000 / concurrency / utilisation
 *
 * Idle hours are paid too: `utilisation` spreads them over the served requests.
 *
 * @throws RouterError `invalid-value` with `path` for a number that is out of range, and for numbers that together make a rate out of range
 */
export function selfHostedPrice(config: SelfHostedPrice, path: string): Price {
  const { gpuHourUsd, concurrency, tokensPerSecond, utilisation = 1 } = config;
  requirePositive(gpuHourUsd, `${path}.gpuHourUsd`);
  if (typeof utilisation !== 'number' || !(utilisation > 0 && utilisation <= 1)) {
    throw invalidValue(utilisation, `${path}.utilisation`, 'a number above 0, up to 1');
  }
  const paid = over(ratioOf(gpuHourUsd), ratioOf(utilisation));
  if (tokensPerSecond === undefined) {
    if (concurrency !== undefined) requirePositive(concurrency, `${path}.concurrency`);
    return latencyPrice(checkedRate(over(over(paid, MS_PER_HOUR), ratioOf(concurrency ?? 1)), 'millisecond', path));
  }
  requirePositive(tokensPerSecond, `${path}.tokensPerSecond`);
  if (concurrency !== undefined) {
    throw new RouterError(
      'invalid-value',
      'tokensPerSecond is the throughput of the whole GPU, so concurrency would have no effect',
      {
        path: `${path}.concurrency`,
        accepted: 'either concurrency or tokensPerSecond',
      },
    );
  }
  const perToken = over(over(paid, SECONDS_PER_HOUR), ratioOf(tokensPerSecond));
  return throughputPrice(checkedRate(perToken, 'token', path));
}

function throughputPrice(usdPerToken: Ratio): Price {
  const tokens: readonly Meter[] = ['input', 'inputAudio', 'output', 'outputAudio', 'outputImage'];
  const prices = Object.fromEntries(tokens.map(meter => [meter, usdPerToken]));
  const era = { fromMs: -Infinity, sheet: { standard: [{ aboveTokens: -1, prices }] } };
  const price = schedulePrice('self-hosted, by throughput', [era]);
  // Your own server has one price, whatever terms its replies name.
  return Object.freeze({
    ...price,
    lines: (usage, atMs) => price.lines(usage, atMs),
    pricedAt: (usage, atMs) => price.pricedAt?.(usage, atMs) ?? {},
    cost: (usage, atMs) => price.cost(usage, atMs),
    unpriced: (usage, atMs) => price.unpriced(usage, atMs),
    ratesAt: atMs => price.ratesAt(atMs),
  } satisfies Price);
}

function latencyPrice(usdPerMs: Ratio): Price {
  const rate = toPicoUsd(usdPerMs);
  const id = shortHash(['gpuMs', rate]);
  const priced = Object.freeze({ rates: Object.freeze({ gpuMs: rate }) });
  const lines = (latencyMs = 0): readonly PriceLine[] => {
    const quantity = isTime(latencyMs) ? Math.round(latencyMs) : 0;
    const costNanoUsd = amount(quantity, rate);
    const isBilled = quantity > 0 && costNanoUsd <= MAX_FACT_NANO_USD;
    return isBilled ? [{ meter: 'gpuMs', quantity, rate, costNanoUsd }] : [];
  };
  return Object.freeze({
    source: 'self-hosted, by latency',
    id,
    idAt: () => id,
    lines: (_usage, _atMs, _terms, latencyMs) => lines(latencyMs),
    pricedAt: () => priced,
    cost: (_usage, _atMs, _terms, latencyMs) => lines(latencyMs)[0]?.costNanoUsd ?? 0,
    unpriced: (usage: Usage, _atMs, _terms, latencyMs = 0) => {
      const others = NOT_OF_THE_GPU.filter(meter => (usage[meter] ?? 0) !== 0);
      if (!isTime(latencyMs)) return [...others, 'gpuMs (not a count)'];
      return latencyMs >= 0.5 && lines(latencyMs).length === 0 ? [...others, 'gpuMs (too much)'] : others;
    },
    ratesAt: () => [],
  } satisfies Price);
}

/** Meters for services that a server may offer through others, beyond the work of its GPU. */
const NOT_OF_THE_GPU = METERS.filter(meter => !isOwnToken(meter));

function isTime(latencyMs: number): boolean {
  return Number.isFinite(latencyMs) && latencyMs >= 0;
}

function checkedRate(rate: Ratio, unit: string, path: string): Ratio {
  if (isRate(rate)) return rate;
  throw new RouterError('invalid-value', `these figures make ${toNumber(rate).toPrecision(3)} USD per ${unit}`, {
    path,
    accepted: RATE_LIMITS,
  });
}

function requirePositive(value: number, path: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw invalidValue(value, path, 'a number above 0');
}
