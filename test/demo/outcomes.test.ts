import { beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import type { DemoRouter } from '../../src/demo/application.ts';
import { demoRouter } from '../../src/demo/application.ts';
import type { ScheduledEvidence } from '../../src/demo/outcomes.ts';
import { evidenceOf } from '../../src/demo/outcomes.ts';
import type { DemoFeatureName } from '../../src/demo/world.ts';
import { memory } from '../../src/stores/memory.ts';

let router: DemoRouter;
beforeEach(() => {
  router = demoRouter({ store: memory(), seed: 1 });
});

const draw = (
  feature: DemoFeatureName,
  intentId: string,
  solved: boolean,
  seed: number,
): readonly ScheduledEvidence[] =>
  evidenceOf({ task: { feature, id: intentId, luck: 0 }, intentId, solved }, seededRandom(seed));

describe.each<DemoFeatureName>(['support.reply', 'docs.answer'])('%s', feature => {
  test.each([true, false])('the last piece of evidence states the true result: solved %s', async solved => {
    for (let seed = 0; seed < 60; seed++) {
      const { id } = router.feature(feature).intent();
      const evidence = draw(feature, id, solved, seed);
      let last: unknown;
      for (const { record } of evidence) last = await record(router);
      if (evidence.length > 0) expect(last).toMatchObject({ state: solved ? 'success' : 'failure' });
    }
  });

  test('evidence is in chronological order', () => {
    for (let seed = 0; seed < 300; seed++) {
      const times = draw(feature, 'i', seed % 2 === 0, seed).map(({ afterIntents }) => afterIntents);
      expect(times).toEqual([...times].toSorted((a, b) => a - b));
    }
  });

  test('3 % of the outcomes never arrive, and 15 % of the others arrive late', () => {
    const many = Array.from({ length: 2_000 }, (_, seed) => draw(feature, 'i', seed % 2 === 0, seed));
    const fraction = (of: (evidence: readonly ScheduledEvidence[]) => boolean): number =>
      many.filter(of).length / many.length;
    expect(fraction(evidence => evidence.length === 0)).toBeCloseTo(0.03, 1);
    expect(fraction(([first]) => (first?.afterIntents ?? 0) > 0)).toBeCloseTo(0.145, 1);
  });
});

test('a support ticket costs 60 % to 140 % of its expected cost', async () => {
  const costs: number[] = [];
  for (let seed = 0; seed < 100; seed++) {
    const { id } = router.feature('support.reply').intent();
    for (const { record } of draw('support.reply', id, false, seed)) {
      const { costNanoUsd } = (await record(router)) as { readonly costNanoUsd?: number };
      if (costNanoUsd !== undefined) costs.push(costNanoUsd / 1e9);
    }
  }
  expect(costs.length).toBeGreaterThan(80);
  expect(Math.min(...costs)).toBeGreaterThanOrEqual(9);
  expect(Math.max(...costs)).toBeLessThanOrEqual(21);
});
