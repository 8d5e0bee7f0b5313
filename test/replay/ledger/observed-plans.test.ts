import { expect, test } from 'vitest';
import type { ObservedPlans } from '../../../src/replay/ledger/observed-plans.ts';
import { observePlans } from '../../../src/replay/ledger/observed-plans.ts';
import { attempt } from '../../core/support/intents.ts';
import { decided } from './decided.ts';

const attempted = (intentId: string, costNanoUsd: number, feature = 'f') =>
  ({ kind: 'attempted', intentId, revision: 1, feature, atMs: 0, attempt: attempt('mini', costNanoUsd) }) as const;

test('the plans of a feature are all plans that were chosen or eligible, with their intents and their spend', () => {
  const features = new Map<string, ObservedPlans>();
  for (const record of [
    decided('1', 'mini', ['mini', 'premium']),
    attempted('1', 5),
    attempted('1', 2),
    decided('2', 'large', []),
    attempted('2', 40),
    decided('3', 'mini', ['mini']),
    attempted('unknown', 900),
    { ...decided('4', 'other', []), feature: 'g' },
  ]) {
    observePlans(features, record, () => (({ '1': 'mini', '2': 'large' }) as Record<string, string>)[record.intentId]);
  }
  expect([...(features.get('f')?.plans ?? [])]).toEqual([
    ['mini', { plan: ['mini'], n: 2, costNanoUsd: 7 }],
    ['premium', { plan: ['premium'], n: 0, costNanoUsd: 0 }],
    ['large', { plan: ['large'], n: 1, costNanoUsd: 40 }],
  ]);
  expect([...(features.get('g')?.plans.keys() ?? [])]).toEqual(['other']);
});
