import { expect, test } from 'vitest';
import { gainOf } from '../../../src/core/report/gain.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { PlanKey } from '../../../src/core/ledger/vocabulary.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';

const learned = createLearnedFeature({
  feature: 'f',
  plans: [['mini'], ['premium']],
  priorCostUsd: { mini: 0.01, premium: 0.01 },
});
learned.replace(
  cellsOf(
    many(140, { evidence: [SUCCESS] }),
    many(60, { evidence: [FAILURE] }),
    many(190, { plan: ['premium'], evidence: [SUCCESS] }),
    many(10, { plan: ['premium'], evidence: [FAILURE] }),
  ),
);
const posterior = learned.segment('').posterior(AT_MS);

function gain(recent: Readonly<Record<PlanKey, number>>) {
  return gainOf(posterior, { recent: new Map(Object.entries(recent)), failureCostUsd: 15, perSuccess: false });
}

test('the gain is the expected extra cost of recent intents over the plan that is cheapest now', () => {
  const found = gain({ mini: 50, premium: 50 });
  expect(found).toMatchObject({ plan: 'premium', intents: 100 });
  // Half of the intents fail a quarter more often.
  expect(found?.perIntentUsd.value).toBeCloseTo(0.5 * 15 * 0.25, 0);
  expect(found?.inAllUsd.value).toBeCloseTo(100 * (found?.perIntentUsd.value ?? 0), 9);
  expect(found?.perIntentUsd.low).toBeGreaterThan(0.5);
});

test('a feature whose intents all go to the best plan has nothing to gain', () => {
  expect(gain({ premium: 80 })?.perIntentUsd).toEqual({ value: 0, low: 0, high: 0 });
});

test('intents of plans that can no longer be chosen are left out; without other intents there is no gain', () => {
  expect(gain({ premium: 80, gone: 500 })?.intents).toBe(80);
  expect(gain({ gone: 500 })).toBeUndefined();
});
