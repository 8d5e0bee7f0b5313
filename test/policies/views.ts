/** Views for the tests of policies: features with a given number of outcomes. */
import { enumeratePlans } from '../../src/core/beliefs/plan-graph.ts';
import type { LearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../src/core/cells/cell.ts';
import type { FeatureView } from '../../src/contracts/policy.ts';

export const NOW_MS = 1_800_000_000_000;

/** Adds labelled outcomes and successes by node, at the same cost per intent. */
export function seen(
  learned: LearnedFeature,
  counts: Readonly<Record<string, readonly [number, number]>>,
  costUsd = 0.01,
): void {
  const cost = BigInt(Math.round(costUsd * 1e9));
  learned.apply(
    Object.entries(counts).map(([subject, [labelled, successes]]): Cell => {
      const n = BigInt(labelled);
      return {
        key: { scope: 'node', feature: 'f', segment: '', subject, version: '', bucket: Math.floor(NOW_MS / BUCKET_MS) },
        sums: {
          n,
          cost: n * cost,
          cost2: n * cost * cost,
          ended: n,
          labelled: n,
          successes: BigInt(successes),
        },
      };
    }),
  );
}

export function viewOf(
  models: readonly string[],
  more: Partial<FeatureView> & { readonly hasVerdict?: boolean; readonly priorCostUsd?: number } = {},
): { readonly view: FeatureView; readonly learned: LearnedFeature } {
  const { hasVerdict = false, priorCostUsd, ...rest } = more;
  const plans = enumeratePlans(models, hasVerdict);
  const learned = createLearnedFeature({
    feature: 'f',
    plans,
    priorCostUsd: Object.fromEntries(models.map((model, i) => [model, priorCostUsd ?? 0.001 * (i + 1)])),
  });
  const view: FeatureView = {
    feature: 'f',
    plans,
    eligible: 2 ** plans.length - 1,
    failureCostUsd: 15,
    objective: 'cost-per-intent',
    learned: learned.segment(''),
    nowMs: NOW_MS,
    ...rest,
  };
  return { view, learned };
}
