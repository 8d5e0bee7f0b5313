import { describe, expect, test } from 'vitest';
import type { Traffic } from '../../../src/core/report/traffic.ts';
import { ALL_LEARN } from '../../../src/core/report/traffic.ts';
import { sameFailureCost } from '../../../src/core/report/failure-costs.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { sampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { PlanDecision } from '../../../src/core/report/decision.ts';
import { explainDecision } from '../../../src/core/report/explain-decision.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { sumsByPlan } from '../../../src/core/cells/sums.ts';
import { knownPlans } from '../../../src/core/report/known-plans.ts';
import type { Made } from '../support/cells.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';
import { sumsOf } from './intent-sums.ts';

type Options = Partial<Parameters<typeof explainDecision>[2]>;

const DAY_MS = 86_400_000;

const always = (...shares: readonly number[]): Traffic => ({ learns: 0, sharesAt: () => shares });

function decide(
  traffic: readonly (readonly [number, Made])[],
  options: Options = {},
  nowMs = AT_MS,
): PlanDecision | undefined {
  const learned = createLearnedFeature({
    feature: 'f',
    plans: [['mini'], ['premium']],
    priorCostUsd: { mini: 0.01, premium: 0.02 },
  });
  const cells = cellsOf(...traffic.map(([count, what]) => many(count, what)));
  learned.replace(cells);
  const posterior = learned.segment('').posterior(nowMs);
  return explainDecision(posterior, sampleTable(posterior, seededRandom('test')), {
    failureCosts: sameFailureCost(15),
    perSuccess: false,
    costMultiplier: 1,
    eligible: 0b11,
    traffic: ALL_LEARN,
    known: knownPlans(cells, {}, nowMs),
    ...options,
  });
}

const NOTHING_ELSE = { outcomesPerYear: 1e6, inTwoVersions: [] };

const GOOD = [
  [70, { evidence: [SUCCESS] }],
  [30, { evidence: [FAILURE] }],
  [380, { plan: ['premium'], evidence: [SUCCESS] }],
  [20, { plan: ['premium'], evidence: [FAILURE] }],
] as const;
const FEW = [
  [7, { evidence: [SUCCESS] }],
  [3, { evidence: [FAILURE] }],
  [28, { plan: ['premium'], evidence: [SUCCESS] }],
  [2, { plan: ['premium'], evidence: [FAILURE] }],
] as const;

describe('explainDecision', () => {
  test('a settled decision is described as settled', () => {
    const found = decide(GOOD);
    expect(found).toMatchObject({ preferred: { description: 'premium' }, forecast: { kind: 'settled' } });
    expect(found?.sentence).toMatch(/^premium is preferred to mini because .*; this is settled at 95 %\.$/);
  });

  test('a decision that is not settled predicts how many more outcomes will settle it, by the policy’s traffic', () => {
    const equally = decide(FEW, { traffic: always(0.5, 0.5) })?.forecast;
    const learning = decide(FEW)?.forecast;
    const outcomes = (found: typeof equally): number =>
      found !== undefined && 'moreOutcomes' in found ? found.moreOutcomes : Number.NaN;
    expect(outcomes(equally)).toBeGreaterThanOrEqual(60);
    expect(outcomes(learning)).toBeGreaterThan(outcomes(equally));
  });

  test('there is no forecast without a ledger, without a rival, or while a plan is pinned', () => {
    for (const options of [{ known: undefined }, { eligible: 0b10 }, { pinned: 'mini' }] satisfies Options[]) {
      expect(decide(GOOD, options)).not.toHaveProperty('forecast');
    }
    expect(decide(GOOD, { pinned: 'mini' })?.sentence).toMatch(
      /^An operator has pinned mini, .*; without the pin, premium/,
    );
    expect(decide(GOOD, { eligible: 0 })).toBeUndefined();
  });

  test('a policy that sends intents elsewhere regardless of cost is not said to prefer the cheaper plan', () => {
    expect(decide(GOOD, { traffic: always(1, 0) })?.sentence).toMatch(
      /^The policy does not follow the evidence and gives mini more intents; by what they cost, premium is preferred/,
    );
    for (const traffic of [always(0, 1), always(0.5, 0.5), ALL_LEARN]) {
      expect(decide(GOOD, { traffic })?.sentence).toMatch(/^premium is preferred/);
    }
    // Of two policies, the one that learns gives premium nearly all of its third of the intents.
    expect(decide(GOOD, { traffic: { ...always(1, 0), learns: 1 / 3 } })?.sentence).toMatch(
      /^Not every policy that decides follows the evidence, and mini gets more intents; by what they cost, premium/,
    );
  });

  test('a plan whose intents have no outcomes yet cannot be compared, and the sentence says so', () => {
    const found = decide([...GOOD, [60, { plan: ['premium'] }]]);
    expect(found?.forecast).toMatchObject({ kind: 'not comparable' });
    expect(found?.sentence).toContain(
      "it cannot be settled while more than 5.0 % of a plan's intents have no outcome yet",
    );
  });

  // Premium was far better over the whole ledger, and fails in the last hour.
  const COLLAPSE = [
    [60, { evidence: [SUCCESS] }],
    [240, { evidence: [FAILURE] }],
    [1425, { plan: ['premium'], evidence: [SUCCESS] }],
    [75, { plan: ['premium'], evidence: [FAILURE] }],
    [60, { plan: ['premium'], evidence: [FAILURE], hour: 24 }],
  ] as const;

  test('outcomes before a change that was found in a rate settle nothing, so that the comparison takes more outcomes', () => {
    const found = decide(COLLAPSE, {}, AT_MS + DAY_MS);
    expect(found?.preferred.description).toBe('mini');
    expect(found?.forecast?.kind).not.toBe('settled');
    expect(found?.sentence).not.toContain('expected');
    expect(found?.sentence).toContain('more outcomes');
  });

  test('a comparison that older outcomes settle is not called settled where recent ones prefer another plan', () => {
    const cells = cellsOf(...COLLAPSE.map(([count, what]) => many(count, what)));
    const sums = sumsByPlan(cells);
    const known = { ...NOTHING_ELSE, sums, sinceChange: sums, cells, cellsSinceChange: cells };
    const found = decide(COLLAPSE, { known }, AT_MS + DAY_MS);
    expect(found?.preferred.description).toBe('mini');
    expect(found?.forecast).toEqual({
      kind: 'not comparable',
      reason: 'older outcomes favour premium and recent ones do not',
    });
  });

  test('where routing depends on the request, the sentence also says which plan is settled on the same mix of segments', () => {
    // Mini gets the easy requests, so that it looks better; for all of them premium is.
    const cells = [
      { segment: 'e=easy', subject: 'mini', n: 1600, successes: 1520 },
      { segment: 'e=easy', subject: 'premium', n: 400, successes: 372 },
      { segment: 'e=hard', subject: 'mini', n: 100, successes: 40 },
      { segment: 'e=hard', subject: 'premium', n: 1900, successes: 1767 },
    ].map(
      ({ segment, subject, n, successes }): Cell => ({
        key: { scope: 'plan', feature: 'f', segment, subject, version: '', bucket: 0 },
        sums: sumsOf(Array.from({ length: n }, (_, i) => [10_000_000n, i < successes])),
      }),
    );
    const sums = sumsByPlan(cells);
    const known = { ...NOTHING_ELSE, sums, sinceChange: sums, cells, cellsSinceChange: cells };
    const found = decide([[190, { evidence: [SUCCESS] }], ...GOOD.slice(3)], { known });
    expect(found).toMatchObject({ preferred: { plan: 'mini' }, forecast: { kind: 'settled', plan: 'premium' } });
    expect(found?.sentence).toContain('it is settled at 95 % that premium is the cheapest plan for all intents');
  });

  test('two versions at once keep the plans from being compared, and the sentence names the model', () => {
    const days = Array.from({ length: 50 }, (_, hour): readonly [number, Made] => [
      4,
      { evidence: [SUCCESS], hour, versions: { mini: hour % 2 === 0 ? 'a@1$1' : 'b@1$1' } },
    ]);
    const found = decide([...days, ...GOOD.slice(2)], {}, AT_MS + 50 * 3_600_000);
    expect(found?.sentence).toContain('it cannot be settled while mini is in use in two versions at once');
  });

  test('a plan that was never tried is not described as if it had been', () => {
    const clause = 'premium has no outcome of its own yet, so what is said of it is expected, not observed';
    expect(decide(GOOD.slice(0, 2))?.sentence).toContain(`; ${clause}; `);
    expect(decide([...GOOD.slice(0, 2), [5, { plan: ['premium'] }]])?.sentence).toContain(clause);
    expect(decide(GOOD)?.sentence).not.toContain('observed');
    expect(decide([])?.sentence).not.toContain('observed');
  });

  test('five intents within minutes do not determine a rate, so the sentence predicts no time', () => {
    const sentence = decide([
      [3, { evidence: [SUCCESS] }],
      [2, { plan: ['premium'], evidence: [FAILURE] }],
    ])?.sentence;
    expect(sentence).toMatch(/more outcomes/);
    expect(sentence).not.toContain('rate)');
    expect(sentence).not.toContain('at the present rate');
  });

  test('for a feature without an intent, the sentence says that there is no outcome yet and that prices decide', () => {
    expect(decide([])?.sentence).toMatch(
      /^Before the first outcome, mini is preferred to premium because it spends \$0\.01/,
    );
  });

  test('plans that are believed to be equal are a tie', () => {
    const both = [
      [20, { evidence: [SUCCESS] }],
      [20, { plan: ['premium'], evidence: [SUCCESS] }],
    ] as const;
    const learned = createLearnedFeature({
      feature: 'f',
      plans: [['mini'], ['premium']],
      priorCostUsd: { mini: 0.01, premium: 0.01 },
    });
    learned.replace(cellsOf(...both.map(([count, what]) => many(count, what))));
    const posterior = learned.segment('').posterior(AT_MS);
    const found = explainDecision(posterior, sampleTable(posterior, seededRandom('test')), {
      failureCosts: sameFailureCost(15),
      perSuccess: false,
      costMultiplier: 1,
      eligible: 0b11,
      traffic: ALL_LEARN,
    });
    expect(found?.sentence).toBe('mini and premium are expected to cost the same.');
  });
});
