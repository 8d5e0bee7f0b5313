import { expect, test } from 'vitest';
import { savingVerdict } from '../../../src/core/report/saving-verdict.ts';
import type { FeatureSaving } from '../../../src/core/report/savings.ts';

const saving = (value: number, low: number, high: number): FeatureSaving => ({
  feature: 'f',
  intents: 100,
  kind: 'estimate',
  baselineCostPerIntentUsd: { value: 1 + value, low: 1 + low, high: 1 + high },
  costPerIntentUsd: 1,
  perIntentUsd: { value, low, high },
  inAllUsd: { value: value * 100, low: low * 100, high: high * 100 },
});

test('a saving is real if its whole interval is above zero, a loss if it is below, and not shown if zero is in it', () => {
  expect(savingVerdict(saving(0.5, 0.25, 0.75), 'premium')).toBe(
    'Yes: routing saves $0.50 (0.25–0.75) per intent, compared with always choosing premium.',
  );
  expect(savingVerdict(saving(-0.5, -0.75, -0.25), 'premium')).toMatch(
    /^No: routing costs more than always choosing premium would have\. .*−\$0\.50/,
  );
  for (const touching of [saving(0.1, 0, 0.2), saving(-0.1, -0.2, 0)])
    expect(savingVerdict(touching, 'premium')).toMatch(/^Not shown/);
  expect(savingVerdict(saving(0.1, -0.1, 0.3), 'mini>premium')).toMatch(
    /^Not shown: chance may explain the difference\. .*always choosing mini, then premium if needed: \$0\.10/,
  );
});

test('a refused estimate says what is unknown', () => {
  const refused: FeatureSaving = { feature: 'f', intents: 3, kind: 'refused', reason: 'too few outcomes' };
  expect(savingVerdict(refused, 'premium')).toBe(
    'Not known yet: the recorded intents cannot show what always choosing premium would have cost.',
  );
});
