import { expect, test } from 'vitest';
import { decisionNow } from '../../src/analysis/decision-now.ts';
import { sampleTable } from '../../src/core/choice/posterior-samples.ts';
import { allPlans } from '../../src/core/ledger/plan-set.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { withExtraUsd } from '../../src/core/report/standard-cost.ts';
import { sameFailureCost } from '../../src/core/report/failure-costs.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';

const costing = (plan: string, usd: number) => [attempt(plan, usd * 1e9)];
const cells = cellsOf(
  many(95, { attempts: costing('mini', 0.2), evidence: [SUCCESS] }),
  many(5, { attempts: costing('mini', 0.2), evidence: [FAILURE] }),
  many(95, { plan: ['premium'], attempts: costing('premium', 0.3), evidence: [SUCCESS] }),
  many(5, { plan: ['premium'], attempts: costing('premium', 0.3), evidence: [FAILURE] }),
);
const learned = createLearnedFeature({
  feature: 'f',
  plans: [['mini'], ['premium']],
  priorCostUsd: { mini: 0.2, premium: 0.3 },
});
learned.replace(cells);
const about = {
  failureCosts: sameFailureCost(1),
  perSuccess: false,
  cells,
  facts: {},
  isStandard: false,
  eligible: allPlans(2),
  traffic: { learns: 1, sharesAt: () => [] },
  nowMs: AT_MS,
};

test('the preferred plan is the cheaper one as billed, or at standard cost where that is known', () => {
  const posterior = learned.segment('').posterior(AT_MS);
  const billed = sampleTable(posterior, seededRandom('any'));
  expect(decisionNow(posterior, billed, about)?.preferred.plan).toBe('mini');
  const standard = decisionNow(posterior, withExtraUsd(billed, [0.2, 0]), about);
  expect(standard).toMatchObject({ preferred: { plan: 'premium' }, rival: { plan: 'mini' } });
  expect(standard?.rival?.spendUsd).toBeCloseTo(0.4, 2);
});
