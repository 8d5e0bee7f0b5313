/** Explanations: of a running router's feature with its guard rails, or of what a ledger alone lets us say. */
import type { Explanation } from '../core/explain.ts';
import { explainPlans } from '../core/explain.ts';
import { qualityMask } from '../core/guard-rails.ts';
import type { LearnedFeature } from '../core/learned-feature.ts';
import { createLearnedFeature } from '../core/learned-feature.ts';
import { NANO_PER_USD, toUsd } from '../core/money.ts';
import { tallyBy } from '../core/period.ts';
import { seededRandom } from '../core/random.ts';
import type { Cell } from '../core/statistics.ts';
import { modelOfNode } from '../core/vocabulary.ts';
import { formatShare } from '../core/wording.ts';
import type { FeatureView, Policy } from '../policies/policy.ts';
import type { Engine } from './engine.ts';
import type { LedgerFacts } from './report.ts';

/** What keeps plans from being chosen: bit i of `closed` stands for plan i. */
export interface Mask {
  readonly closed: number;
  readonly reason: string;
}

/**
 * Every plan of a running feature: posterior, interval, expected cost, share, floor, masks and the reason in words.
 *
 * @throws RouterError `unknown-feature`
 */
export async function explainFeature(engine: Engine, feature: string, segment = ''): Promise<Explanation> {
  const { config, learned, models } = engine.feature(feature);
  await engine.feed.ready(feature);
  const nowMs = engine.runtime.nowMs();
  const down = engine.breaker.anyFaults()
    ? config.plans.map(plan => engine.breaker.isOpen(models.get(plan[0] ?? '')?.endpoint ?? '', nowMs))
    : [];
  const view = {
    feature,
    plans: config.plans,
    eligible: 2 ** config.plans.length - 1,
    failureCostUsd: toUsd(config.failureCostNanoUsd),
    objective: config.objective,
    learned: learned.segment(segment),
    nowMs,
  };
  return explainView(view, {
    policy: config.policy,
    segment,
    masks: [{ closed: bits(down), reason: 'its provider is failing; the circuit is open' }],
    ...(config.minSuccessRate === undefined ? {} : { minSuccessRate: config.minSuccessRate }),
  });
}

/**
 * An explanation of one view. Masks that would close every plan are not applied, as when routing: a call is never
 * refused for an outage.
 */
export function explainView(
  view: FeatureView,
  about: {
    readonly policy: Policy;
    readonly segment: string;
    readonly masks?: readonly Mask[];
    readonly minSuccessRate?: number;
  },
): Explanation {
  const posterior = view.learned.posterior(view.nowMs);
  const masks: Mask[] = [];
  let eligible = view.eligible;
  const close = (mask: Mask): void => {
    const left = eligible & ~mask.closed;
    if (mask.closed === 0 || left === 0) return;
    masks.push(mask);
    eligible = left;
  };
  for (const mask of about.masks ?? []) close(mask);
  const floor = about.minSuccessRate;
  if (floor !== undefined) {
    const reason = `its success rate is hardly ${formatShare(floor)}, the least that is allowed`;
    close({ closed: eligible & ~qualityMask(posterior, { floor, eligible }), reason });
  }
  // A stream of its own: looking must not shift the choices of a seeded run.
  const allocation = about.policy.allocation?.({ ...view, eligible }, seededRandom('explain'));
  return explainPlans(posterior, {
    feature: view.feature,
    segment: about.segment,
    atMs: view.nowMs,
    policy: about.policy.name,
    objective: view.objective,
    failureCostUsd: view.failureCostUsd,
    eligible,
    masks: plan => masks.filter(mask => ((mask.closed >>> plan) & 1) === 1).map(mask => mask.reason),
    ...(view.costMultiplier === undefined ? {} : { costMultiplier: view.costMultiplier }),
    ...(allocation === undefined ? {} : { shares: allocation.shares }),
    ...(allocation?.floors === undefined ? {} : { floors: allocation.floors }),
  });
}

/**
 * What has been learnt, from a ledger alone. Where the application's prices would say what an untried model costs, the
 * average of all its visits does.
 */
export function learnedFrom(feature: string, cells: readonly Cell[], facts: LedgerFacts): LearnedFeature {
  const byModel = tallyBy(cells, { scope: 'node', by: cell => modelOfNode(cell.key.at) });
  const learned = createLearnedFeature({
    feature,
    plans: facts.plans.map(plan => plan.split('>')),
    priorCostUsd: Object.fromEntries(
      [...byModel].map(([model, { n = 0n, cost = 0n }]) => [
        model,
        n === 0n ? 0 : Number(cost) / Number(n) / NANO_PER_USD,
      ]),
    ),
    versions: facts.versions,
  });
  learned.replace(cells);
  return learned;
}

function bits(flags: readonly boolean[]): number {
  return flags.reduce((mask, flag, i) => (flag ? mask | (1 << i) : mask), 0);
}
