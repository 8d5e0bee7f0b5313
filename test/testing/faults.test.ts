import { describe, expect, test } from 'vitest';
import type { FakeFault, FaultRequest } from '../../src/testing/faults.ts';
import { faultsOf, randomFaults } from '../../src/testing/faults.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const request: FaultRequest = { index: 0, api: 'openai-chat', model: 'm', stream: false, text: '{}' };
const RESET: FakeFault = { kind: 'reset' };

describe('a schedule', () => {
  test('a list of faults is used up one per request, and later requests have no fault', () => {
    const next = faultsOf([RESET, undefined, { kind: 'malformed' }]);
    expect([1, 2, 3, 4, 5].map(() => next(request)?.kind)).toEqual([
      'reset',
      undefined,
      'malformed',
      undefined,
      undefined,
    ]);
    expect(faultsOf(undefined)(request)).toBeUndefined();
  });

  test('a function chooses the fault for each request', () => {
    const next = faultsOf(({ model }) => (model === 'm' ? RESET : undefined));
    expect([next(request), next({ ...request, model: 'other' })]).toEqual([RESET, undefined]);
  });

  test('random faults occur with their probabilities and depend on the seed', () => {
    const draw = (seed: number) => {
      const next = faultsOf(
        randomFaults(seed, [
          [0.2, RESET],
          [0.3, { kind: 'silent' }],
        ]),
      );
      return Array.from({ length: 4000 }, () => next(request)?.kind);
    };
    const kinds = draw(1);
    expect(draw(1)).toEqual(kinds);
    expect(draw(2)).not.toEqual(kinds);
    // Within four standard deviations.
    expect(Math.abs(kinds.filter(kind => kind === 'reset').length - 800)).toBeLessThan(4 * Math.sqrt(4000 * 0.2 * 0.8));
    expect(Math.abs(kinds.filter(kind => kind === 'silent').length - 1200)).toBeLessThan(
      4 * Math.sqrt(4000 * 0.3 * 0.7),
    );
  });
});

test.each([
  [[undefined, []], 'randomFaults.seed'],
  [[1, undefined], 'randomFaults.odds'],
  [[1, [[2, { kind: 'reset' }]]], 'randomFaults.odds[0]'],
  [[1, [{ kind: 'reset' }]], 'randomFaults.odds[0]'],
  [[1, [[0.1, null]]], 'randomFaults.odds[0]'],
])('randomFaults refuses the arguments %j', (given, path) => {
  expect(refusal(() => (randomFaults as Loose)(...given))).toMatchObject({ code: 'invalid-value', path });
});
