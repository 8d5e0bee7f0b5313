/** Compares the logged propensities with the frequencies of the choices. */
import { enumeratePlans } from '../../src/core/beliefs/plan-graph.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { planKey } from '../../src/core/ledger/vocabulary.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { frozenView } from './frozen-view.ts';
import type { Part } from './check.ts';
import { atLeast, atMost } from './check.ts';

const PICKS = 1_000_000;

export const PROPENSITY: Part = {
  name: 'propensity',
  run({ progress }) {
    const plans = enumeratePlans(['a', 'b', 'c', 'd'], false);
    const view = frozenView(plans, [
      [30, 18],
      [30, 24],
      [30, 26],
      [30, 26],
    ]);
    const policy = thompson();
    const random = seededRandom('picks');
    const counts = new Map<string, number>();
    const propensities = new Map<string, number>();
    for (let i = 0; i < PICKS; i++) {
      const { plan, propensity } = policy.decide(view, random);
      const key = planKey(plan);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      propensities.set(key, propensity);
    }
    progress('propensity');
    const chi2 = [...propensities].reduce(
      (sum, [key, p]) => sum + ((counts.get(key) ?? 0) - PICKS * p) ** 2 / (PICKS * p),
      0,
    );
    const sum = [...propensities.values()].reduce((a, b) => a + b, 0);
    return [
      { name: 'propensity: plans chosen of 4', value: counts.size, unit: 'x', bar: atLeast(4) },
      { name: 'propensity: χ² of 1,000,000 picks', value: tailOfChi2With3(chi2), unit: 'p', bar: atLeast(0.001) },
      { name: 'propensity: |Σ − 1|', value: Math.abs(sum - 1), unit: 'x', bar: atMost(1e-12) },
    ];
  },
};

/** P(χ² > x) with three degrees of freedom: erfc(√(x/2)) + √(2x/π)·e^(−x/2), the first by its integral. */
function tailOfChi2With3(x: number): number {
  const from = Math.sqrt(x / 2);
  const steps = 2000;
  const width = 8 / steps;
  let area = 0;
  for (let i = 0; i < steps; i++) area += width * Math.exp(-((from + (i + 0.5) * width) ** 2));
  return (2 / Math.sqrt(Math.PI)) * area + Math.sqrt((2 * x) / Math.PI) * Math.exp(-x / 2);
}
