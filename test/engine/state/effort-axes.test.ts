import { expect, test } from 'vitest';
import type { ModelParams } from '../../../src/contracts/model-params.ts';
import { effortAxes } from '../../../src/engine/state/effort-axes.ts';

const model = (name: string, providerModel: string, params?: ModelParams) => ({
  name,
  provider: 'openai' as const,
  providerModel,
  ...(params && { params }),
});

test('models that differ only in effort are on one axis, in the order of effort', () => {
  const axes = effortAxes([
    model('low', 'gpt-5', { effort: 'low' }),
    model('high', 'gpt-5', { effort: 'high' }),
    model('flex', 'gpt-5', { effort: 'high', serviceTier: 'flex' }),
    model('mini', 'gpt-5-mini', { effort: 'low' }),
    model('plain', 'gpt-5'),
  ]);
  expect(axes?.['low']?.family).toBe(axes?.['high']?.family);
  expect((axes?.['high']?.position ?? 0) - (axes?.['low']?.position ?? 0)).toBe(2);
  expect(new Set(Object.values(axes ?? {}).map(({ family }) => family)).size).toBe(3);
  expect(axes).not.toHaveProperty('plain');
});

test('there is no axis if no two models differ only in effort', () => {
  expect(
    effortAxes([model('low', 'gpt-5', { effort: 'low' }), model('mini', 'gpt-5-mini', { effort: 'low' })]),
  ).toBeUndefined();
});
