/** A view without new evidence, for measuring one decision. */
import { planGraph } from '../../src/core/beliefs/plan-graph.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../src/core/cells/cell.ts';
import type { Plan } from '../../src/core/ledger/vocabulary.ts';
import { modelOfNode } from '../../src/core/ledger/vocabulary.ts';
import type { FeatureView } from '../../src/contracts/policy.ts';

const NOW_MS = 1_800_000_000_000;

/** @param counts per node, in the order of the plans' graph: [labelled, successes]; a tenth were rejected if any can be */
export function frozenView(
  plans: readonly Plan[],
  counts: readonly (readonly [labelled: number, successes: number])[],
): FeatureView {
  const models = [...new Set(plans.flat())];
  const graph = planGraph(plans);
  const feature = 'frozen';
  const learned = createLearnedFeature({
    feature,
    plans,
    priorCostUsd: Object.fromEntries(models.map((model, k) => [model, 0.001 * 2 ** k])),
  });
  learned.apply(
    counts.map(([labelled, successes], k): Cell => {
      const node = graph.nodes[k] as string;
      const cost = BigInt(toNanoUsd(0.001 * 2 ** models.indexOf(modelOfNode(node))));
      const n = BigInt(labelled);
      const rejected = graph.climbs[k] === true ? { rejected: n / 10n } : {};
      return {
        key: {
          scope: 'node',
          feature,
          segment: '',
          subject: node,
          version: '',
          bucket: Math.floor(NOW_MS / BUCKET_MS),
        },
        sums: {
          n,
          cost: n * cost,
          cost2: n * cost * cost,
          ended: n,
          labelled: n,
          successes: BigInt(successes),
          ...rejected,
        },
      };
    }),
  );
  return {
    feature,
    plans,
    eligible: 2 ** plans.length - 1,
    failureCostUsd: 15,
    objective: 'cost-per-intent',
    learned: learned.segment(''),
    nowMs: NOW_MS,
  };
}
