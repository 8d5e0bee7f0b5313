import { expect, test } from 'vitest';
import { cohensKappa } from '../../../src/core/math/cohens-kappa.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

test('the published example of 50 grant proposals has a kappa of 0.4', () => {
  // Both readers said yes to 20 and no to 15; one alone said yes to 5, the other to 10.
  expect(cohensKappa({ bothYes: 20, onlyFirst: 5, onlySecond: 10, bothNo: 15 }).value).toBeCloseTo(0.4, 12);
});

test('raters who agree by chance alone have a kappa of 0, raters who always agree 1, and raters who never agree −1', () => {
  expect(cohensKappa({ bothYes: 25, onlyFirst: 25, onlySecond: 25, bothNo: 25 }).value).toBeCloseTo(0, 12);
  expect(cohensKappa({ bothYes: 30, onlyFirst: 0, onlySecond: 0, bothNo: 20 })).toMatchObject({ value: 1, high: 1 });
  expect(cohensKappa({ bothYes: 0, onlyFirst: 20, onlySecond: 20, bothNo: 0 }).value).toBe(-1);
});

test('without items, or where a rater gave every item the same answer, there is no kappa', () => {
  expect(cohensKappa({ bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 }).value).toBeNaN();
  expect(cohensKappa({ bothYes: 40, onlyFirst: 0, onlySecond: 0, bothNo: 0 }).value).toBeNaN();
  // The formulas give 0 (0 to 0), for a second rater of any answers.
  expect(cohensKappa({ bothYes: 15, onlyFirst: 5, onlySecond: 0, bothNo: 0 }).low).toBeNaN();
  expect(cohensKappa({ bothYes: 0, onlyFirst: 5, onlySecond: 0, bothNo: 15 }).high).toBeNaN();
});

test('the interval holds the true kappa of simulated raters in about 95 % of samples', () => {
  // The truth is yes with 0.7; each rater errs by a tenth, alone. Of the four cells, by hand:
  const cells = { bothYes: 0.7 * 0.81 + 0.3 * 0.01, one: 0.09, bothNo: 0.7 * 0.01 + 0.3 * 0.81 };
  const yes = cells.bothYes + cells.one;
  const expected = yes ** 2 + (1 - yes) ** 2;
  const truth = (cells.bothYes + cells.bothNo - expected) / (1 - expected);
  const random = seededRandom('kappa');
  let held = 0;
  for (let trial = 0; trial < 2_000; trial++) {
    const counts = { bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 };
    for (let i = 0; i < 100; i++) {
      const isRight = random.next() < 0.7;
      const [first, second] = [random.next() < 0.1 ? !isRight : isRight, random.next() < 0.1 ? !isRight : isRight];
      counts[first ? (second ? 'bothYes' : 'onlyFirst') : second ? 'onlySecond' : 'bothNo']++;
    }
    const { low, high } = cohensKappa(counts);
    if (low <= truth && truth <= high) held++;
  }
  // 95 %, less what a large-sample interval loses at 100 items, within five standard errors.
  expect(held / 2_000).toBeGreaterThan(0.92);
  expect(held / 2_000).toBeLessThan(0.975);
});
