import { expect, test } from 'vitest';
import type { OperatorSetting } from '../../../src/core/report/control-words.ts';
import { describeControl } from '../../../src/core/report/control-words.ts';

const support = { subject: 'support', isSet: true } as const;

test.each<[OperatorSetting, string, string]>([
  [{ kind: 'disabled', subject: 'mini', isSet: true }, 'mini is switched off', 'mini is switched on'],
  [
    { ...support, kind: 'pinned', plan: 'mini>premium' },
    'support is pinned to mini>premium',
    'support is not pinned any more',
  ],
  [
    { ...support, kind: 'holdout', plan: 'premium', fraction: 0.05 },
    '5.0 % of the intents of support go to premium as a baseline',
    'the holdout of support is the configured one again',
  ],
])('%j has a description for the moment it is set and for the moment it is lifted', (control, set, lifted) => {
  expect(describeControl(control)).toBe(set);
  expect(describeControl({ ...control, isSet: false })).toBe(lifted);
});
