/**
 * Sums at standard cost: what plans would cost if each served whole sessions. The bill of an intent in a session depends on what the cache
 * happens to hold, so that a plan that is only tried sometimes looks more expensive than it is. Plans are compared by their net cost, and
 * the prefixes of the feature's intents at the rates at which one model would read them.
 */
import type { Cell, Sums } from '../cells/cell.ts';
import { sumOf, sumsBy, sumsByPlan } from '../cells/sums.ts';
import type { SampleTable } from '../choice/posterior-samples.ts';
import { NANO_PER_USD } from '../ledger/money.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import { modelOfNode, nodeOf, planOfKey } from '../ledger/vocabulary.ts';

/** What a model charges for a prefix, and how long its cache keeps one. */
export interface PrefixRates {
  /** USD per token that is read from the cache, that is written to it, and for which neither happens. */
  readonly readUsd: number;
  readonly writeUsd: number;
  readonly inputUsd: number;
  readonly ttlMs: number;
}

/** @param tokens of the prefix, for prices that depend on it; `undefined` for a model without a known price */
export type PrefixRatesOf = (model: string, tokens: number) => PrefixRates | undefined;

/** Pseudo-count: this many prefixes with the mean of all plans are added to a plan's own prefixes, to predict what its cache has. */
const POOLED_PREFIXES = 20;

const HOUR = 3_600_000;

const countOf = (count: bigint | undefined): number => Number(count ?? 0n);

/**
 * The cells with each plan's cost, its square and its cube at standard cost; all other sums are unchanged. `undefined` where no prefix is
 * known, or a plan's model has no known price: plans are then compared as billed.
 *
 * @param plans those that are compared
 */
export function standardCells(
  cells: readonly Cell[],
  plans: readonly PlanKey[],
  ratesOf: PrefixRatesOf = () => undefined,
): readonly Cell[] | undefined {
  const prefixUsd = standardPrefixUsd(cells, plans, ratesOf);
  if (prefixUsd === undefined) return undefined;
  return cells.map(cell => {
    const usd = cell.key.scope === 'plan' ? prefixUsd.get(cell.key.subject) : undefined;
    return usd === undefined ? cell : { ...cell, sums: atStandardCost(cell.sums, usd) };
  });
}

/** The cells at the costs that plans are compared by, and how much more each plan costs there than as billed. */
export interface ComparedCosts {
  readonly cells: readonly Cell[];
  /** USD per intent, in the order of the plans; absent where they are compared as billed. */
  readonly extraUsd?: readonly number[];
}

/** At standard cost where prefixes and prices are known, else as billed. A report and an explanation compare plans by the same costs. */
export function comparedCosts(
  cells: readonly Cell[],
  plans: readonly PlanKey[],
  ratesOf: PrefixRatesOf | undefined,
): ComparedCosts {
  const standard = standardCells(cells, plans, ratesOf);
  if (standard === undefined) return { cells };
  return { cells: standard, extraUsd: standardExtraUsd(cells, standard, plans) };
}

/** How much more a plan costs at standard cost than as billed, USD per intent, in the order of the plans; 0 without an intent. */
function standardExtraUsd(
  billed: readonly Cell[],
  standard: readonly Cell[],
  plans: readonly PlanKey[],
): readonly number[] {
  const [before, after] = [sumsByPlan(billed), sumsByPlan(standard)];
  return plans.map(plan => {
    const { n = 0n, cost = 0n } = before.get(plan) ?? {};
    return n === 0n ? 0 : Number((after.get(plan)?.cost ?? 0n) - cost) / Number(n) / NANO_PER_USD;
  });
}

/** Samples with each plan's cost increased by an amount. */
export function withExtraUsd(table: SampleTable, extraUsd: ArrayLike<number> | undefined): SampleTable {
  if (extraUsd === undefined) return table;
  const higher = (costs: Float64Array): Float64Array =>
    costs.map((usd, index) => Math.max(0, usd + (extraUsd[index % table.plans] as number)));
  return { ...table, costUsd: higher(table.costUsd), meanCostUsd: higher(table.meanCostUsd) };
}

/** An intent whose prefix is not known counts as billed, with the mean square of its cell. */
function atStandardCost(sums: Sums, prefixUsd: number): Sums {
  const { n = 0n, cost = 0n, cost2 = 0n, cost3 = 0n, withPrefix = 0n, prefixCost = 0n } = sums;
  if (withPrefix === 0n) return sums;
  const { netCost = 0n, netCost2 = 0n } = sums;
  const prefix = BigInt(Math.round(prefixUsd * NANO_PER_USD));
  const standard = cost - prefixCost + withPrefix * prefix;
  const others2 = (cost2 * (n - withPrefix)) / n;
  // The skewness is that of the billed cost: the cells have no cube of the net one.
  const growth = cost === 0n ? 1 : Number(standard) / Number(cost);
  return {
    ...sums,
    cost: standard,
    cost2: netCost2 + 2n * prefix * netCost + withPrefix * prefix * prefix + others2,
    cost3: BigInt(Math.round(Number(cost3) * growth ** 3)),
  };
}

/**
 * What the prefix of an intent costs on average with each plan, USD. With A tokens of prefixes in n intents, of which A_cold came after a
 * pause that the cache does not outlast, R requests of an intent, and ρ the part that a cache has of what it should have, it is
 * `[A_warm·r̄ + A_cold·rF + (R − 1)·A·r̄] / n` with r̄ = ρ·rC + (1 − ρ)·rF at a plan's first node. A later node, reached with probability
 * q, is charged q times that; its cache has the prefix where the intent before also reached this node.
 */
export function standardPrefixUsd(
  cells: readonly Cell[],
  plans: readonly PlanKey[],
  ratesOf: PrefixRatesOf,
): ReadonlyMap<PlanKey, number> | undefined {
  if (!cells.some(({ sums }) => sums.prefixTokens !== undefined)) return undefined;
  const byPlan = sumsByPlan(cells);
  const all = sumOf(byPlan.values());
  const [n, tokens] = [countOf(all.withPrefix), countOf(all.prefixTokens)];
  if (tokens === 0) return undefined;
  const nodes = sumsBy(cells, { scope: 'node', by: cell => cell.key.subject });
  const prefixUsd = new Map<PlanKey, number>();
  for (const plan of plans) {
    const readPart = readPartOf(byPlan.get(plan) ?? {}, all);
    let [reach, usd] = [1, 0];
    for (const index of planOfKey(plan).keys()) {
      const node = nodeOf(planOfKey(plan), index);
      const rates = ratesOf(modelOfNode(node), tokens / n);
      if (rates === undefined) return undefined;
      const { rejected, laterRequests, withPrefix, n: visits } = nodes.get(node) ?? {};
      // Where no token is ever read from a cache, the application does not use a cache, so none is written either.
      const unreadUsd = readPart === 0 ? rates.inputUsd : rates.writeUsd;
      const meanUsd = readPart * rates.readUsd + (1 - readPart) * unreadUsd;
      const cold = countOf(rates.ttlMs < HOUR ? all.prefixTokensAfter5m : all.prefixTokensAfter1h);
      const warm = (tokens - cold) * (index === 0 ? 1 : reach);
      const again = (tokens * countOf(laterRequests)) / Math.max(1, countOf(withPrefix));
      usd += (reach * ((warm + again) * meanUsd + (tokens - warm) * unreadUsd)) / n;
      reach *= countOf(rejected) / Math.max(1, countOf(visits));
    }
    prefixUsd.set(plan, usd);
  }
  return prefixUsd;
}

/** ρ of a plan, pulled towards that of all plans where it has few prefixes of its own. */
function readPartOf(own: Sums, all: Sums): number {
  const pooled = (POOLED_PREFIXES * countOf(all.prefixTokens)) / countOf(all.withPrefix);
  const part = countOf(all.readTokens) / Math.max(1, countOf(all.expectedTokens));
  return (countOf(own.readTokens) + pooled * part) / (countOf(own.expectedTokens) + pooled);
}
