/** What the prefix of a session costs with each plan of a feature, from what is learned so far and the prices in force. */
import type { ResolvedFeature, ResolvedModel } from '../../config/resolved.ts';
import type { Rates } from '../../contracts/price.ts';
import type { LearnedSegment } from '../../core/beliefs/learned-segment.ts';
import type { NodeComponent } from '../../core/beliefs/posterior.ts';
import { betaMean } from '../../core/beliefs/posterior.ts';
import { countShares, valueOfFailure } from '../../core/choice/allocation.ts';
import type { SampleTable } from '../../core/choice/posterior-samples.ts';
import { sampleMixture } from '../../core/choice/posterior-samples.ts';
import { allPlans } from '../../core/ledger/plan-set.ts';
import { seededRandom } from '../../core/math/random.ts';
import type { PrefixTerm } from '../../core/ledger/records.ts';
import type { NodeMeans, PlanVisits } from '../../core/sessions/plan-visits.ts';
import { planVisits } from '../../core/sessions/plan-visits.ts';
import type { PrefixCosts } from '../../core/sessions/prefix-term.ts';
import { prefixTerm } from '../../core/sessions/prefix-term.ts';
import type { SessionLearning } from '../../core/sessions/session-learning.ts';
import type { KnownPrefix } from '../../core/sessions/session-state.ts';
import { cacheTerms } from './cache-terms.ts';

/** Returns `undefined` where there is no prefix to count. */
export type PrefixTerms = (
  known: KnownPrefix,
  learned: LearnedSegment,
  failureCostUsd: number,
) => PrefixTerm | undefined;

/**
 * How many decisions use the averages of a segment after new evidence, until these are computed again: a number, and a fraction of the
 * visits that were averaged. The lower one counts.
 */
const DECISIONS_PER_MEANS = 50;
const DECISIONS_PER_VISIT = 0.1;

/**
 * Sampled rows that show how likely a session stays with a model. 64 and 128 make no better decisions; 16 make worse ones.
 */
const ROWS = 32;

const RATES_FOR_MS = 60_000;

const PICO_PER_USD = 1e12;

interface KnownMeans {
  readonly plans: PlanVisits;
  /** A table with few rows: enough for a probability by which a cost is spread. */
  readonly table: SampleTable;
  readonly revision: number;
  /** Decisions that may still use these means once there is more evidence. */
  left: number;
}

export function prefixTerms(
  { name, candidates, objective }: Pick<ResolvedFeature, 'name' | 'candidates' | 'objective'>,
  learning: SessionLearning,
): PrefixTerms {
  const models = new Map(candidates.map(model => [model.name, model]));
  const means = new WeakMap<LearnedSegment, KnownMeans>();
  const rates = new Map<string, { readonly of: (tokens: number) => Rates | undefined; readonly untilMs: number }>();

  function meansOf(learned: LearnedSegment, nowMs: number): KnownMeans {
    const before = means.get(learned);
    if (before !== undefined && (before.revision === learned.revision || before.left-- > 0)) return before;
    const belief = learned.mixture(nowMs);
    const { nodes } = belief;
    const visits = nodes.reduce((sum, [first]) => sum + (first?.node.n ?? 0), 0);
    const left = Math.min(DECISIONS_PER_MEANS, DECISIONS_PER_VISIT * visits);
    const table = sampleMixture(belief, seededRandom(name), { rows: ROWS });
    const made = { plans: planVisits(learned.graph, nodes.map(nodeMeans)), table, revision: learned.revision, left };
    means.set(learned, made);
    return made;
  }

  function ratesOf({ name: model, price }: ResolvedModel, tokens: number, nowMs: number): Rates | undefined {
    let inForce = rates.get(model);
    if (inForce === undefined || nowMs >= inForce.untilMs) {
      const brackets = price.ratesAt(nowMs);
      const of = (size: number) => brackets.findLast(({ aboveTokens }) => size > aboveTokens)?.rates;
      rates.set(model, (inForce = { of, untilMs: nowMs + RATES_FOR_MS }));
    }
    return inForce.of(tokens);
  }

  return (known, learned, failureCostUsd) => {
    const { tokens, earlierIntents } = known.prefix;
    if (tokens === 0) return undefined;
    const { plans, table } = meansOf(learned, known.nowMs);
    const eligible = allPlans(plans.keys.length);
    return prefixTerm(known, {
      ...plans,
      sharesOf(extraUsd) {
        const options = { failureCostUsd, perSuccess: objective === 'cost-per-success', eligible, extraUsd };
        return countShares(table, { valueUsd: valueOfFailure(table, options), costMultiplier: 1, extraUsd }, eligible);
      },
      intentsAhead: learning.intentsAhead(name, earlierIntents),
      costsOf(of): PrefixCosts {
        const model = models.get(of) as ResolvedModel;
        const { hitRate, sharedPart, writtenPart, writtenForHourPart } = learning.behaviour(of);
        const { ttlMs, minTokens } = cacheTerms(model);
        const inForce: Partial<Rates> = ratesOf(model, tokens, known.nowMs) ?? {};
        const { input = 0, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m } = inForce;
        const written = (writtenPart - writtenForHourPart) * cacheWrite5m + writtenForHourPart * cacheWrite1h;
        const unread = written + (1 - writtenPart) * input;
        // The fields are named one by one: this runs for every decision in a session, and an object spread takes longer than
        // everything else here.
        return {
          readUsd: cacheRead / PICO_PER_USD,
          unreadUsd: unread / PICO_PER_USD,
          hitRate,
          sharedPart,
          ttlMs,
          minTokens,
        };
      },
    });
  };
}

function nodeMeans(components: readonly NodeComponent[]): NodeMeans {
  const means = { climb: 0, requests: 0, prefixUsd: 0 };
  for (const { node, weight } of components) {
    means.climb += weight * betaMean(node.climb);
    means.requests += weight * (node.requests ?? 1);
    means.prefixUsd += weight * (node.costUsd - (node.netUsd ?? node.costUsd));
  }
  return means;
}
