import { expect, test } from 'vitest';
import { sameFailureCost } from '../../../src/core/report/failure-costs.ts';
import { failureCostWords, preferredWhere, preferredWords } from '../../../src/core/report/failure-cost-words.ts';

const mini = { plan: 'mini', description: 'mini', success: 0.8, spendUsd: 0.002 };
const premium = { plan: 'premium', description: 'premium', success: 0.93, spendUsd: 0.03 };

test('the sentence says for which failure costs each plan is preferred, for how many intents, and what differs between them', () => {
  const parts = [
    { ...mini, fraction: 0.9, failureCostUsd: 0.05, toUsd: 0.2154 },
    { ...premium, fraction: 0.1, failureCostUsd: 4, fromUsd: 0.2154 },
  ];
  expect(preferredWords(parts, name => name)).toBe(
    'which plan is preferred depends on what a failure costs: mini where it costs less than $0.22 (90.0 % of the latest intents), ' +
      'premium where it costs more than $0.22 (10.0 % of the latest intents); premium succeeds in 93.0 % of the intents instead of ' +
      '80.0 %, and spends $0.030 on models per intent instead of $0.0020',
  );
});

test.each([
  [{ fromUsd: 0.2, toUsd: 0.2004 }, 'where it costs $0.2000 to $0.2004 (50.0 % of the latest intents)'],
  [{}, 'where it costs anything (50.0 % of the latest intents)'],
])('the limits %j of a plan are written so that they differ', (limits, words) => {
  expect(preferredWhere({ ...mini, fraction: 0.5, failureCostUsd: 1, ...limits }, 'it')).toBe(words);
});

test('a failure cost is named where intents state another than the configured one, or different ones', () => {
  const decision = { preferred: mini, rival: premium, failureCostUsd: 4 };
  const same = sameFailureCost(4);
  expect(failureCostWords(decision, { failureCosts: same, configuredFailureCostUsd: 4 })).toBe('');
  expect(failureCostWords(decision, { failureCosts: same })).toBe('');
  expect(
    failureCostWords({ preferred: mini, failureCostUsd: 4 }, { failureCosts: same, configuredFailureCostUsd: 1 }),
  ).toBe('');
  expect(failureCostWords(decision, { failureCosts: same, configuredFailureCostUsd: 0.2 })).toBe(
    'a failure of the latest intents costs $4.00, not $0.20 as configured',
  );
  const different = [
    { fraction: 0.5, usd: 2 },
    { fraction: 0.5, usd: 6 },
  ];
  expect(failureCostWords(decision, { failureCosts: different, configuredFailureCostUsd: 4 })).toBe(
    'a failure of the latest intents costs $2.00 to $6.00, $4.00 on average',
  );
});
