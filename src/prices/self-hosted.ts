/** The price of a model on your own GPU: by declared throughput, or by the measured latency of each call. */
import type { NanoUsd } from '../core/ledger/money.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { invalidValue, RouterError } from '../errors.ts';
import type { PriceLine, Price } from '../contracts/price.ts';
import type { SelfHostedPrice } from '../contracts/price-config.ts';
import { amount } from './rate-table.ts';
import type { Ratio } from './ratio.ts';
import { over, ratioOf, toPicoUsd } from './ratio.ts';
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
 * @throws RouterError `invalid-value` with `path` for a number that is out of range
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
    return latencyPrice(over(over(paid, MS_PER_HOUR), ratioOf(concurrency ?? 1)));
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
  return throughputPrice(perToken);
}

function throughputPrice(usdPerToken: Ratio): Price {
  const prices = { input: usdPerToken, inputAudio: usdPerToken, output: usdPerToken, outputAudio: usdPerToken };
  const standard = [{ aboveTokens: -1, prices }];
  // Your own server has one price, whichever tier its replies name.
  const tiers = { batch: standard, flex: standard, priority: standard };
  return schedulePrice('self-hosted, by throughput', [{ fromMs: -Infinity, sheet: { standard, tiers } }]);
}

function latencyPrice(usdPerMs: Ratio): Price {
  const rate = toPicoUsd(usdPerMs);
  const id = shortHash(['gpuMs', rate]);
  const costOf = (latencyMs: number | undefined): NanoUsd => amount(wholeMs(latencyMs), rate);
  return Object.freeze({
    source: 'self-hosted, by latency',
    id,
    idAt: () => id,
    lines: (_usage, _atMs, _terms, latencyMs): readonly PriceLine[] => {
      const quantity = wholeMs(latencyMs);
      return quantity === 0 ? [] : [{ meter: 'gpuMs', quantity, rate, costNanoUsd: costOf(latencyMs) }];
    },
    cost: (_usage, _atMs, _terms, latencyMs) => costOf(latencyMs),
    unpriced: (usage: Usage) => (usage.webSearch === undefined || usage.webSearch === 0 ? [] : ['webSearch']),
    ratesAt: () => [],
  } satisfies Price);
}

function wholeMs(latencyMs = 0): number {
  return Number.isFinite(latencyMs) ? Math.max(0, Math.round(latencyMs)) : 0;
}

function requirePositive(value: number, path: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw invalidValue(value, path, 'a number above 0');
}
