/** The cost of each model in this ledger, beside its rates in the price book. */
import { costSample } from '../core/report/cost-sample.ts';
import { meanCost } from '../core/math/interval.ts';
import { toDecimalUsd } from '../core/ledger/money.ts';
import { sumOf, sumsBy } from '../core/cells/sums.ts';
import type { Cell, Sums } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import { isServedByOther } from '../core/cells/served-version.ts';
import { rateIdOf, versionParts } from '../core/cells/version-parts.ts';
import { modelOfNode } from '../core/ledger/vocabulary.ts';
import { COUNTED_METERS, METERS } from '../core/ledger/usage.ts';
import { RouterError } from '../errors.ts';
import type { RateBracket } from '../contracts/price.ts';
import { resolvePrice } from '../prices/price-book.ts';
import type { BookRate, PriceMessage } from './messages.ts';

/** Every model; the one with the largest spend first. */
export function pricesOf(cells: readonly Cell[], nowMs: number): readonly PriceMessage[] {
  const nodes = cells.filter(cell => cell.key.scope === 'node');
  const byModel = sumsBy(nodes, { scope: 'node', by: cell => modelOfNode(cell.key.subject) });
  return [...byModel]
    .sort(([, a], [, b]) => Number(ownCost(b) - ownCost(a)))
    .map(([model, sums]): PriceMessage => {
      const visits = nodes.filter(cell => modelOfNode(cell.key.subject) === model);
      const versions = versionsOf(visits);
      const own = versions.findLast(({ version }) => !isServedByOther(version));
      const book = bookOf(own?.version ?? '', nowMs);
      return {
        model,
        visits: Number(sums.n ?? 0n),
        perVisitUsd: meanCost(
          costSample(sumOf(visits.filter(isAtPriceOf(own?.version ?? '')).map(cell => cell.sums)), 0),
        ),
        spendUsd: toDecimalUsd(ownCost(sums)),
        versions,
        ...(book === undefined ? {} : { book }),
      };
    });
}

/** The model's cost without that of others that answered in its place: their cost is in their own cells. */
function ownCost({ cost = 0n, escalationCost = 0n }: Sums): bigint {
  return cost - escalationCost;
}

/** A mean of costs at several prices would match none of them. */
function isAtPriceOf(version: string): (cell: Cell) => boolean {
  const rates = rateIdOf(versionParts(version).price);
  return ({ key }) => rateIdOf(versionParts(key.version).price) === rates;
}

function versionsOf(cells: readonly Cell[]): PriceMessage['versions'] {
  const seen = new Map<string, { firstSeenMs: number; lastSeenMs: number; visits: number }>();
  for (const { key, sums } of cells) {
    const atMs = key.bucket * BUCKET_MS;
    const known = seen.get(key.version) ?? { firstSeenMs: atMs, lastSeenMs: atMs, visits: 0 };
    seen.set(key.version, {
      firstSeenMs: Math.min(known.firstSeenMs, atMs),
      lastSeenMs: Math.max(known.lastSeenMs, atMs),
      visits: known.visits + Number(sums.n ?? 0n),
    });
  }
  // Two versions in the same week are ordered by their last visits.
  return [...seen]
    .sort(([, a], [, b]) => a.firstSeenMs - b.firstSeenMs || a.lastSeenMs - b.lastSeenMs)
    .map(([version, { firstSeenMs, visits }]) => ({ version, firstSeenMs, visits }));
}

/** A version begins with the model name but does not name the provider, so the lists of all providers are searched. */
function bookOf(version: string, nowMs: number): PriceMessage['book'] {
  const model = version.split('@')[0] ?? '';
  for (const provider of ['openai', 'anthropic'] as const) {
    try {
      const price = resolvePrice({ provider, model });
      const [first] = price.ratesAt(nowMs);
      if (first !== undefined) return { source: price.source, rates: ratesOf(first) };
    } catch (error) {
      if (!RouterError.isInstance(error)) throw error;
    }
  }
  return undefined;
}

/** Pico-dollars per token are micro-dollars per million. */
function ratesOf({ rates }: RateBracket): readonly BookRate[] {
  return METERS.flatMap(meter => {
    const pico = rates[meter];
    return pico === undefined || COUNTED_METERS.has(meter) ? [] : [{ meter, usdPerMillion: pico / 1e6 }];
  });
}
