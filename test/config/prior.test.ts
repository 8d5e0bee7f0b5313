import { describe, expect, test } from 'vitest';
import { configuredPriors, resolvePrior } from '../../src/config/prior.ts';
import { resolvedFeature } from '../engine/state/resolved.ts';

const evidence = (success: number, outcomes: number) => ({
  of: () => ({ expected: new Map([['mini', { success, outcomes }]]), notes: () => ['page 5'] }),
});
const { candidates } = resolvedFeature();
const resolve = (prior: ReturnType<typeof evidence>) => resolvePrior({ prior }, candidates, 'features.work.prior');

describe('resolvePrior', () => {
  test('the evidence is asked about every candidate by its configured name and by the provider’s', () => {
    const asked: unknown[] = [];
    const said = { expected: new Map(), notes: () => [] };
    const prior = { of: (models: readonly object[]) => (asked.push(...models), said) };
    expect(resolvedFeature({ prior })).toMatchObject({ prior: {}, evidence: said });
    expect(asked).toEqual([
      { name: 'mini', model: 'mini-1' },
      { name: 'seer', model: 'seer-1' },
      { name: 'opus', model: 'opus-1' },
    ]);
  });

  test('evidence is kept with its notes, and rates that the application wrote are not evidence', () => {
    const { evidence: kept } = resolve(evidence(0.8, 10));
    expect(kept?.expected.get('mini')).toEqual({ success: 0.8, outcomes: 10 });
    expect(kept?.notes([])).toEqual(['page 5']);
    expect(resolvedFeature({ prior: { mini: { success: 0.9 } } })).not.toHaveProperty('evidence');
    expect(configuredPriors({ candidates: ['mini'], prior: evidence(0.8, 10) })).toEqual({});
  });

  test.each([
    ['a certain success', evidence(1, 4)],
    ['a certain failure', evidence(0, 4)],
    ['no outcomes', evidence(0.5, 0)],
    ['more than ten outcomes', evidence(0.5, 10.5)],
    ['no number', evidence(Number.NaN, 4)],
  ])('evidence of %s is refused', (_, wrong) => {
    expect(() => resolve(wrong)).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'features.work.prior' }) as Error,
    );
  });
});
