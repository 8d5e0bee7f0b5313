import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { NUMBER_MODEL } from '../../../src/core/beliefs/number-model.ts';

const options = { feature: 'f', plans: [['mini'], ['premium']], priorCostUsd: { mini: 0.001, premium: 0.01 } };

describe('the model of numbers', () => {
  test('with a number model, a segment with coded numbers has its own belief; without one, it has that of its name without the code', () => {
    const [withModel, without] = [
      createLearnedFeature({ ...options, numbers: NUMBER_MODEL }),
      createLearnedFeature(options),
    ];
    expect(withModel.segment('plan=free,score=16:3')).not.toBe(withModel.segment('plan=free'));
    expect(without.segment('plan=free,score=16:3')).toBe(without.segment('plan=free'));
  });
});
