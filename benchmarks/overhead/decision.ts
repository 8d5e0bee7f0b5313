/** What one decision costs, from a cached sample table. */
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { thompson } from '../../src/index.ts';
import { quartiles } from '../report.ts';

/** One decision of an intent with a known failure cost, from a cached sample table, while outcomes keep arriving. */
export function decisionNs(): number {
  const learned = createLearnedFeature({
    feature: 'f',
    plans: [['mini'], ['premium']],
    priorCostUsd: { mini: 0.002, premium: 0.014 },
  });
  const policy = thompson();
  const random = seededRandom('decision');
  const view = {
    feature: 'f',
    plans: [['mini'], ['premium']],
    eligible: 3,
    failureCostUsd: 15,
    objective: 'cost-per-intent' as const,
    learned: learned.segment(''),
    nowMs: Date.UTC(2026, 10, 1),
  };
  const COUNT = 200_000;
  const runs = Array.from({ length: 15 }, () => {
    const started = process.hrtime.bigint();
    for (let i = 0; i < COUNT; i++) policy.decide(view, random);
    return Number(process.hrtime.bigint() - started) / COUNT;
  });
  return quartiles(runs).median;
}
