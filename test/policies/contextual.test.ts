import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { contextual } from '../../src/policies/contextual.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { OutcomeRow } from '../../src/replay/table/outcome-table.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import { seen, viewOf } from './views.ts';

/** Requests of four contexts; the cheap model succeeds with the probability `cheapOf`, the premium one with .9. */
function rows(intents: number, cheapOf: (context: number) => number): readonly OutcomeRow[] {
  const random = seededRandom('contexts');
  return Array.from({ length: intents }, (_, i): OutcomeRow[] => {
    const context = Math.floor(random.next() * 4);
    const shared = { id: `${i}`, feature: `f${i % 2}`, context: `c${context}` };
    return [
      { ...shared, model: 'cheap', success: cheapOf(context), costUsd: 0.001 },
      { ...shared, model: 'premium', success: 0.9, costUsd: 0.01 },
    ];
  }).flat();
}

interface RatioOptions {
  readonly useContext: boolean;
  readonly shuffles: number;
}

const ratioOf = (table: readonly OutcomeRow[], policy: Policy, { useContext, shuffles }: RatioOptions): number =>
  replayTable(table, [policy], { failureCostUsd: 0.1, shuffles, useContext }).policies[0]?.ratio ?? Number.NaN;

describe('contextual', () => {
  // Three runs find only gross errors; the benchmark checks the exact margin.
  test.each([0.6, 0.8])(
    'context that predicts nothing costs no more than `thompson` without context (cheap success rate %d)',
    cheap => {
      const table = rows(1000, () => cheap);
      const [withContext, without] = [
        ratioOf(table, contextual(), { useContext: true, shuffles: 3 }),
        ratioOf(table, thompson(), { useContext: false, shuffles: 3 }),
      ];
      expect(withContext - without).toBeLessThan(0.03);
    },
  );

  test('context that predicts success lowers the cost below that of the best model per feature', () => {
    const table = rows(4000, context => (context < 2 ? 0.95 : 0.2));
    expect(ratioOf(table, thompson(), { useContext: false, shuffles: 1 })).toBeGreaterThan(0.99);
    expect(ratioOf(table, contextual(), { useContext: true, shuffles: 1 })).toBeLessThan(0.9);
  });

  test('without segments the policy decides exactly as `thompson`', () => {
    const { view, learned } = viewOf(['mini', 'premium']);
    seen(learned, { mini: [40, 30], premium: [40, 38] });
    const choices = (policy: Policy): readonly unknown[] => {
      const random = seededRandom('choices');
      return Array.from({ length: 50 }, () => {
        const { plan, propensity } = policy.decide(view, random);
        return [plan, propensity];
      });
    };
    expect(choices(contextual())).toEqual(choices(thompson()));
  });

  test('a segment without outcomes uses the evidence of the other segments, and still explores', () => {
    const { view, learned } = viewOf(['mini', 'premium']);
    seen(learned, { mini: [400, 280], premium: [400, 380] });
    const shares = contextual().allocation?.({ ...view, learned: learned.segment('new') }, seededRandom(1)).shares;
    expect(shares?.[1]).toBeGreaterThan(0.85);
    expect(shares?.[1]).toBeLessThan(0.995);
  });

  test('the option `floor` means the same as for `thompson`', () => {
    const { view, learned } = viewOf(['mini', 'premium']);
    seen(learned, { mini: [400, 280], premium: [400, 380] });
    const evaluated = contextual({ floor: 'evaluation' }).allocation?.(view, seededRandom(1)).shares;
    expect(evaluated?.[0]).toBe(0.02);
  });
});
