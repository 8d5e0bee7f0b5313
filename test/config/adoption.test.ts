import { expect, test } from 'vitest';
import { adoptionOf } from '../../src/config/adoption.ts';
import type { FeatureConfig } from '../../src/config/application.ts';

const adoption = (feature: Partial<FeatureConfig>) =>
  adoptionOf({ candidates: ['mini', 'premium'], failureCostUsd: 1, ...feature }, key => `features.f.${key}`);

test('an observed feature has its own model, which also keeps the intents outside the rollout', () => {
  expect(adoption({ mode: 'observe', ownModel: 'premium' })).toEqual({ observes: 'premium' });
  expect(adoption({ ownModel: 'premium', rollout: 0.25 })).toEqual({ holdout: { model: 'premium', fraction: 0.75 } });
  expect(adoption({ ownModel: 'premium', rollout: 1 })).toEqual({ holdout: { model: 'premium', fraction: 0 } });
});

test('the earlier name of `rollout` is still accepted, but not together with `rollout`', () => {
  expect(adoption({ ownModel: 'premium', share: 0.25 })).toEqual({ holdout: { model: 'premium', fraction: 0.75 } });
  expect(() => adoption({ ownModel: 'premium', share: 0.25, rollout: 0.25 })).toThrow(
    expect.objectContaining({ code: 'invalid-config', path: 'features.f.share', accepted: '`rollout` without it' }),
  );
  expect(() => adoption({ share: 0.25 })).toThrow(expect.objectContaining({ path: 'features.f.ownModel' }));
});

test('a fully routed feature needs neither option, and its own model may stay in the configuration', () => {
  expect(adoption({})).toEqual({});
  expect(adoption({ mode: 'route', ownModel: 'premium' })).toEqual({});
  const holdout = { model: 'mini', fraction: 0.1 };
  expect(adoption({ ownModel: 'premium', holdout })).toEqual({ holdout });
});

test.each([
  [{ mode: 'observe' }, 'features.f.ownModel', ['mini', 'premium']],
  [{ rollout: 0.1 }, 'features.f.ownModel', ['mini', 'premium']],
  [{ mode: 'observe', ownModel: 'mini', rollout: 0.1 }, 'features.f.rollout', '`mode` without it'],
  [
    { mode: 'observe', ownModel: 'mini', holdout: { model: 'mini', fraction: 1 } },
    'features.f.holdout',
    '`mode` without it',
  ],
  [
    { ownModel: 'mini', rollout: 0.1, holdout: { model: 'mini', fraction: 1 } },
    'features.f.holdout',
    '`rollout` without it',
  ],
] as const)('%j is refused with what would be accepted', (feature, path, accepted) => {
  expect(() => adoption(feature)).toThrow(expect.objectContaining({ code: 'invalid-config', path, accepted }));
});
