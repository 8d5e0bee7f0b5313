/**
 * Expected cost of a session's prefix with each plan, as a term of the decision. A model whose cache has the prefix reads it for a fraction
 * of the price; any other model pays for all of it, once. This cost of changing the model is spread over the intents that are expected to
 * stay with the new model.
 */
import { toNanoUsd } from '../ledger/money.ts';
import type { PrefixTerm } from '../ledger/records.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { ModelVisits, PlanVisits } from './plan-visits.ts';
import { cachedPrefix } from './session-state.ts';
import type { KnownPrefix } from './session-state.ts';

/** What a model charges for a prefix, and how its cache behaves. */
export interface PrefixCosts {
  /** USD per token that is read from the cache, and per token that is not. */
  readonly readUsd: number;
  readonly unreadUsd: number;
  /** P(a cache that should have a prefix has it). */
  readonly hitRate: number;
  /** Fraction of a prefix that is in the cache even where no tokens are expected there, such as instructions that all sessions share. */
  readonly sharedPart: number;
  /** How long a prefix is kept after its last use, and the length of the shortest prefix that is kept, in tokens. */
  readonly ttlMs: number;
  readonly minTokens: number;
}

export interface PrefixTermOptions extends PlanVisits {
  readonly costsOf: (model: string) => PrefixCosts;
  /**
   * Expected number of intents before the caches expire, this one included, that stay with its model, if each later one does so with the
   * probability `staying`.
   */
  readonly intentsAhead: (staying: number) => number;
  /** The shares of plans, given the USD that are added to the expected cost of each. */
  readonly sharesOf: (extraUsd: ArrayLike<number>) => ArrayLike<number>;
}

/**
 * With L tokens of prefix, c of them expected in the model's cache, rC and rF the rates of tokens that are read from it and that are not,
 * and r̄ their mean at the hit rate: a visit costs `a·(c·rC + (L − c)·rF) + (1 − a)·L·r̄ + (R − 1)·L·r̄`, where a is 1 ÷ the intents that
 * are expected to stay with the model, this one included, and R are the requests of a visit: the mean of those intents. A plan's cost is
 * the sum over its visits, each times its probability. A session stays with a model with the probability that the model is chosen once its
 * cache has the prefix.
 *
 * `undefined`: there is no prefix.
 */
export function prefixTerm(known: KnownPrefix, options: PrefixTermOptions): PrefixTerm | undefined {
  if (known.prefix.tokens === 0) return undefined;
  const { keys, models, prefixUsd, costsOf, intentsAhead, sharesOf } = options;
  const first = models.map(({ model }) => firstRequest(known, model, costsOf(model)));
  const least = 1 / intentsAhead(1);
  const costUsd = planCosts(options, first, () => least);
  const extraUsd = new Float64Array(keys.length);
  const entries = models.map(({ visits }, index) => {
    const { usd, warmUsd } = first[index] as FirstRequest;
    if (least === 1 || usd <= warmUsd) return Math.round(1e6 * least);
    const saved = least * (usd - warmUsd);
    for (let k = 0; k < keys.length; k++)
      extraUsd[k] = (costUsd[k] as number) - (prefixUsd[k] as number) - saved * (visits[k] as number);
    const shares = sharesOf(extraUsd);
    let staying = 0;
    for (let k = 0; k < visits.length; k++) staying += (shares[k] as number) * (visits[k] as number);
    return Math.round(1e6 / intentsAhead(Math.min(1, staying)));
  });
  const entryPpm: Record<string, number> = {};
  const cachedTokens: Record<string, number> = {};
  for (let index = 0; index < models.length; index++) {
    const { model } = models[index] as ModelVisits;
    entryPpm[model] = entries[index] as number;
    cachedTokens[model] = (first[index] as FirstRequest).cached;
  }
  const nanoUsd = (usd: readonly number[]): Record<PlanKey, number> => {
    const byPlan: Record<PlanKey, number> = {};
    for (let k = 0; k < usd.length; k++) byPlan[keys[k] as PlanKey] = toNanoUsd(usd[k] as number);
    return byPlan;
  };
  const spread = planCosts(options, first, index => (entries[index] as number) / 1e6);
  return { entryPpm, cachedTokens, costNanoUsd: nanoUsd(spread), averageNanoUsd: nanoUsd(prefixUsd) };
}

/** The cost of the prefix in an intent's first request to a model. */
interface FirstRequest {
  /** Tokens that the cache is expected to have. */
  readonly cached: number;
  readonly usd: number;
  /** USD per request once the cache should have the whole prefix. */
  readonly warmUsd: number;
}

function firstRequest(known: KnownPrefix, model: string, costs: PrefixCosts): FirstRequest {
  const { tokens } = known.prefix;
  const { readUsd, unreadUsd, hitRate, sharedPart } = costs;
  const held = cachedPrefix(known, model, costs);
  const cached = Math.round(held > 0 ? hitRate * held : sharedPart * tokens);
  const warmUsd = tokens * (hitRate * readUsd + (1 - hitRate) * unreadUsd);
  return { cached, usd: cached * readUsd + (tokens - cached) * unreadUsd, warmUsd };
}

/** The cost of the prefix with each plan, USD. @param entryOf `a` of {@link prefixTerm}, by the index of the model */
function planCosts(
  { keys, models }: PlanVisits,
  first: readonly FirstRequest[],
  entryOf: (index: number) => number,
): readonly number[] {
  const costUsd = keys.map(() => 0);
  for (let index = 0; index < models.length; index++) {
    const { visits, laterRequests } = models[index] as ModelVisits;
    const { usd, warmUsd } = first[index] as FirstRequest;
    const onceUsd = warmUsd + entryOf(index) * (usd - warmUsd);
    for (let k = 0; k < costUsd.length; k++)
      costUsd[k] = (costUsd[k] as number) + (visits[k] as number) * onceUsd + (laterRequests[k] as number) * warmUsd;
  }
  return costUsd;
}
