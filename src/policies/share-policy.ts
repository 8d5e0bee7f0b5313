/** A policy that draws its plans from shares: the cache per segment, the draw, and the decision. */
import type { LearnedSegment } from '../core/beliefs/learned-segment.ts';
import type { Random } from '../core/math/random.ts';
import {
  MAX_CACHED_ALLOCATIONS,
  MAX_DECISIONS_PER_TABLE,
  MAX_NEW_FRACTION_WHILE_LOW,
  MAX_NEW_OUTCOME_FRACTION,
  MAX_NEW_OUTCOMES,
  MAX_TABLE_AGE_MS,
} from '../core/choice/constants.ts';
import type { Decision, Plan } from '../core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../contracts/policy.ts';
import { tableBudget } from './table-budget.ts';
import { eligibleKeys } from './view.ts';

/** A policy in two pure steps: what to prepare after new evidence, and the shares for one view. */
export interface ShareRule<Prepared> {
  readonly name: string;
  /**
   * The expensive step, from what has been learned. Its result is cached until enough evidence was added.
   * @param options.replaced the result that this one replaces: it is not read again, so its memory may be reused
   * @param options.isBudgetLow many tables are being made: a result that will not be used for long may be coarser
   */
  prepare(
    view: FeatureView,
    random: Random,
    options: { readonly replaced: Prepared | undefined; readonly isBudgetLow: boolean },
  ): Prepared;
  /** True when the cache entry is still valid although evidence was added. Called only while few outcomes are new. */
  isStillValid?(prepared: Prepared, view: FeatureView): boolean;
  /** Probability of every plan: 0 where not eligible, 1 in sum. Cached per failure cost, plan set, objective and multiplier. */
  shares(prepared: Prepared, view: FeatureView): Float64Array;
  /** Minimum share of every plan, for a rule that has floors. */
  floors?(prepared: Prepared, view: FeatureView): Float64Array | undefined;
}

interface Cache<Prepared> {
  readonly prepared: Prepared;
  readonly plans: FeatureView['plans'];
  revision: number;
  readonly outcomes: number;
  readonly madeAtMs: number;
  decisions: number;
  readonly allocations: CachedAllocation[];
  /** Index of the entry to write next: a free one, or else the oldest. */
  next: number;
}

/** The shares for one failure cost, one set of eligible plans, one objective and one multiplier. */
interface CachedAllocation {
  readonly failureCostUsd: number;
  readonly eligible: FeatureView['eligible'];
  readonly costMultiplier: number | undefined;
  readonly objective: FeatureView['objective'];
  readonly shares: Float64Array;
  readonly decisions: (Decision | undefined)[];
  /** Computed on demand; `null` for a rule without floors. */
  floors?: Float64Array | null;
}

/** A policy that draws from shares. The propensity of a decision is the share of its plan, so it is exact. */
export function sharePolicy<Prepared>(rule: ShareRule<Prepared>): Policy {
  const caches = new WeakMap<LearnedSegment, Cache<Prepared>>();
  const budget = tableBudget();

  /** @param uses decisions from the entry until now */
  function isUsable(cache: Cache<Prepared>, view: FeatureView, uses = cache.decisions): boolean {
    if (isFresh(cache, view, uses)) return true;
    if (!isRecent(cache, view) || uses >= MAX_DECISIONS_PER_TABLE) return false;
    return budget.isSpent(view.nowMs) || (budget.isLow(view.nowMs) && isNearlyCurrent(cache, view));
  }

  function makeCache(view: FeatureView, random: Random, replaced?: Prepared): Cache<Prepared> {
    return {
      prepared: rule.prepare(view, random, { replaced, isBudgetLow: budget.isLow(view.nowMs) }),
      plans: view.plans,
      revision: view.learned.revision,
      outcomes: view.learned.outcomes,
      madeAtMs: view.nowMs,
      decisions: 0,
      allocations: [],
      next: 0,
    };
  }

  function cacheFor(view: FeatureView, random: Random): Cache<Prepared> {
    const known = caches.get(view.learned);
    if (known !== undefined && isUsable(known, view)) return known;
    if (known !== undefined && isCurrent(known, view) && rule.isStillValid?.(known.prepared, view) === true) {
      known.revision = view.learned.revision;
      known.decisions = 0;
      return known;
    }
    const made = makeCache(view, random, known?.prepared);
    budget.spend();
    caches.set(view.learned, made);
    return made;
  }

  return Object.freeze<Policy>({
    name: rule.name,
    allocation(view, random) {
      const known = caches.get(view.learned);
      // The last decision, whose shares a replay asks for, may have been the last one from its table. A new table is not kept: an
      // explanation must not change the next decision.
      const cache = known !== undefined && isUsable(known, view, known.decisions - 1) ? known : makeCache(view, random);
      const allocation = allocationFor(cache, { view, rule });
      const { shares, floors = rule.floors?.(cache.prepared, view) ?? null } = allocation;
      allocation.floors = floors;
      return floors === null ? { shares } : { shares, floors };
    },
    decide(view: FeatureView, random: Random): Decision {
      const cache = cacheFor(view, random);
      cache.decisions++;
      const allocation = allocationFor(cache, { view, rule });
      const chosen = draw(allocation.shares, random);
      return (allocation.decisions[chosen] ??= decisionOf(chosen, {
        view,
        shares: allocation.shares,
        policy: rule.name,
      }));
    },
  });
}

function isFresh(cache: Cache<unknown>, view: FeatureView, uses: number): boolean {
  if (!isCurrent(cache, view)) return false;
  return view.learned.revision === cache.revision || uses < MAX_DECISIONS_PER_TABLE;
}

function isRecent(cache: Cache<unknown>, { nowMs, plans }: FeatureView): boolean {
  return nowMs - cache.madeAtMs < MAX_TABLE_AGE_MS && cache.plans === plans;
}

/** True for a recent entry, made for these plans from nearly all of the current outcomes. */
function isCurrent(cache: Cache<unknown>, view: FeatureView): boolean {
  if (!isRecent(cache, view)) return false;
  const { learned } = view;
  if (learned.revision === cache.revision) return true;
  const { outcomes } = learned;
  return outcomes - cache.outcomes < Math.max(1, Math.min(MAX_NEW_OUTCOMES, MAX_NEW_OUTCOME_FRACTION * outcomes));
}

/** True for an entry that a new table would hardly improve: the budget is for features with fewer outcomes. */
function isNearlyCurrent(cache: Cache<unknown>, { learned }: FeatureView): boolean {
  return learned.outcomes - cache.outcomes < MAX_NEW_FRACTION_WHILE_LOW * learned.outcomes;
}

function allocationFor<Prepared>(
  cache: Cache<Prepared>,
  { view, rule }: { view: FeatureView; rule: ShareRule<Prepared> },
): CachedAllocation {
  const { failureCostUsd, eligible, objective, costMultiplier, extraUsd } = view;
  // These shares belong to this intent alone, so no other intent would find them in the cache.
  if (extraUsd !== undefined)
    return {
      failureCostUsd,
      eligible,
      costMultiplier,
      objective,
      shares: rule.shares(cache.prepared, view),
      decisions: [],
    };
  for (const known of cache.allocations) {
    if (
      known.failureCostUsd === failureCostUsd &&
      known.eligible === eligible &&
      known.costMultiplier === costMultiplier &&
      known.objective === objective
    ) {
      return known;
    }
  }
  const shares = rule.shares(cache.prepared, view);
  const made: CachedAllocation = { failureCostUsd, eligible, costMultiplier, objective, shares, decisions: [] };
  cache.allocations[cache.next] = made;
  cache.next = (cache.next + 1) % MAX_CACHED_ALLOCATIONS;
  return made;
}

/** Index drawn with the given probabilities; a rounding error of their sum goes to the last plan with a share. */
function draw(shares: Float64Array, random: Random): number {
  let left = random.next();
  let chosen = 0;
  for (let k = 0; k < shares.length; k++) {
    const share = shares[k] as number;
    if (share <= 0) continue;
    chosen = k;
    left -= share;
    if (left < 0) break;
  }
  return chosen;
}

function decisionOf(
  chosen: number,
  { view, shares, policy }: { view: FeatureView; shares: Float64Array; policy: string },
): Decision {
  const eligible = eligibleKeys(view);
  const propensity = shares[chosen] as number;
  const rounded = propensity < 0.01 ? propensity.toPrecision(2) : Math.round(propensity * 1000) / 1000;
  const reason = eligible.length === 1 ? 'the only eligible plan' : `share ${rounded} of ${eligible.length} plans`;
  return Object.freeze({ plan: view.plans[chosen] as Plan, propensity, eligible, policy, reason });
}
