import { describe, expect, test } from 'vitest';
import type { PlanExplanation } from '../../../src/core/report/explanation.ts';
import { reasonFor, summaryOf } from '../../../src/core/report/explain-words.ts';

const figure = (value: number) => ({ value, low: value / 2, high: value * 2 });
const plan: PlanExplanation = {
  plan: 'mini',
  description: 'mini',
  nodes: [],
  success: figure(0.4),
  spendUsd: figure(0.01),
  costPerIntentUsd: figure(0.76),
  costPerSuccessUsd: figure(0.8),
  chanceCheapest: 0.01,
  share: 0.04,
  floor: 0.04,
  eligible: true,
  exclusionReasons: [],
  reason: '',
};
const rival = { isBest: false, isOnly: false, moreUsd: figure(0.2), heldOut: 0 };
const MORE = '$0.20 (0.10–0.40) more per intent than the best';

describe('reasonFor', () => {
  test.each<[string, Partial<PlanExplanation>, Partial<typeof rival>, string]>([
    [
      'its exclusions',
      { eligible: false, exclusionReasons: ['too slow', 'switched off'] },
      {},
      'too slow; switched off',
    ],
    ['only that it is not eligible', { eligible: false }, {}, 'not eligible'],
    ['that no other plan is eligible', {}, { isBest: true, isOnly: true }, 'the only eligible plan'],
    [
      'its cost',
      { chanceCheapest: 0.9 },
      { isBest: true },
      'the lowest expected cost; 90.0 % likely to be the cheapest',
    ],
    ['its floor', {}, {}, `${MORE}; kept at a floor of 4.0 %, so that a change would be noticed`],
    ['its chance, above the floor', { share: 0.05 }, {}, `${MORE}; 1.0 % likely to be the cheapest`],
    ['its chance, without a floor', { share: 0, floor: 0 }, {}, `${MORE}; 1.0 % likely to be the cheapest`],
    [
      'its chance, where that gives it the share',
      { chanceCheapest: 0.04 },
      {},
      `${MORE}; 4.0 % likely to be the cheapest`,
    ],
    [
      'its holdout, and the floor of the policy that decides the other intents',
      { share: 0.232, floor: 0.232 },
      { heldOut: 0.2 },
      `${MORE}; gets 20.0 % of the intents as a baseline (holdout); kept at a floor of 4.0 % of the others, so that a change would be noticed`,
    ],
    [
      'its holdout and its chance, without a floor',
      { share: 0.2, floor: 0 },
      { heldOut: 0.2 },
      `${MORE}; gets 20.0 % of the intents as a baseline (holdout); 1.0 % likely to be the cheapest`,
    ],
    [
      'its holdout, where that has every intent',
      { share: 1, floor: 1 },
      { heldOut: 1 },
      `${MORE}; gets 100 % of the intents as a baseline (holdout); 1.0 % likely to be the cheapest`,
    ],
  ])('the reason for a plan names %s', (_, own, circumstances, reason) => {
    expect(reasonFor({ ...plan, ...own }, { ...rival, ...circumstances })).toBe(reason);
  });
});

describe('summaryOf', () => {
  test('the summary names the best plan, its cost and its share, and counts the plans that cannot be chosen', () => {
    const excluded = { ...plan, plan: 'premium', eligible: false };
    expect(summaryOf([plan, excluded], { best: plan, objective: 'cost-per-intent' })).toBe(
      'mini has the lowest expected total cost per intent: $0.76 (0.38–1.52); 4.0 % of new intents use it; ' +
        '1 of 2 plans cannot be chosen now.',
    );
  });

  test('the summary leaves out a share that the policy does not give, and exclusions that do not exist', () => {
    const { share: _, ...own } = plan;
    expect(summaryOf([own], { best: own, objective: 'cost-per-intent' })).toBe(
      'mini has the lowest expected total cost per intent: $0.76 (0.38–1.52).',
    );
    expect(summaryOf([], { best: undefined, objective: 'cost-per-intent' })).toBe('There is no plan.');
  });

  test('the summary names the cost per success where plans are compared by it', () => {
    expect(summaryOf([plan], { best: plan, objective: 'cost-per-success' })).toBe(
      'mini has the lowest expected total cost per success: $0.80 (0.40–1.60); 4.0 % of new intents use it.',
    );
  });
});
