import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/random.ts';
import { contextual } from '../../src/policies/contextual.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { OutcomeRow } from '../../src/replay/outcome-table.ts';
import { replayTable } from '../../src/replay/replay-table.ts';

/** Requests of four contexts; the cheap model succeeds as `cheapOf` says, the premium one in .9 of them. */
function rows(intents: number, cheapOf: (context: number) => number): readonly OutcomeRow[] {
  const random = seededRandom('contexts');
  return Array.from({ length: intents }, (_, i): OutcomeRow[] => {
    const context = Math.floor(random.next() * 4);
    const shared = { id: `${i}`, feature: `f${i % 2}`, context: `c${context}` };
    return [
      { ...shared, model: 'cheap', success: random.next() < cheapOf(context) ? 1 : 0, costUsd: 0.001 },
      { ...shared, model: 'premium', success: random.next() < 0.9 ? 1 : 0, costUsd: 0.01 },
    ];
  }).flat();
}

const ratioOf = (table: readonly OutcomeRow[], policy: ReturnType<typeof thompson>, useContext: boolean): number =>
  replayTable(table, [policy], { failureCostUsd: 0.1, shuffles: 12, useContext }).policies[0]?.ratio ?? Number.NaN;

describe('contextual', () => {
  test.each([0.6, 0.8])(
    'where context carries no signal it loses no more than a point to the plain policy (%d)',
    cheap => {
      const table = rows(3000, () => cheap);
      const plain = ratioOf(table, thompson(), false);
      expect(ratioOf(table, contextual(), true) - plain).toBeLessThan(0.01);
    },
  );

  test('where it does, it costs less than the best model per feature that looks at no context', () => {
    const table = rows(6000, context => (context < 2 ? 0.95 : 0.2));
    expect(ratioOf(table, thompson(), false)).toBeGreaterThan(0.99);
    expect(ratioOf(table, contextual(), true)).toBeLessThan(0.95);
  });

  test.each([-0.1, 1.5, Number.NaN])('a prior of %d makes no sense', prior => {
    expect(() => contextual({ prior })).toThrow(RangeError);
  });
});
