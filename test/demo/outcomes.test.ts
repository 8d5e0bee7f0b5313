import { beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import type { DemoRouter } from '../../src/demo/application.ts';
import { demoRouter } from '../../src/demo/application.ts';
import type { Saying } from '../../src/demo/outcomes.ts';
import { sayingsOf } from '../../src/demo/outcomes.ts';
import type { DemoFeatureName } from '../../src/demo/world.ts';
import { memory } from '../../src/stores/memory.ts';

let router: DemoRouter;
beforeEach(() => {
  router = demoRouter({ store: memory(), seed: 1 });
});

const draw = (feature: DemoFeatureName, intentId: string, solved: boolean, seed: number): readonly Saying[] =>
  sayingsOf({ task: { feature, id: intentId, luck: 0 }, intentId, solved }, seededRandom(seed));

describe.each<DemoFeatureName>(['support.reply', 'docs.answer'])('%s', feature => {
  test.each([true, false])('what is said last is the truth: %s', async solved => {
    for (let seed = 0; seed < 60; seed++) {
      const { id } = router.feature(feature).intent();
      const sayings = draw(feature, id, solved, seed);
      let last: unknown;
      for (const { say } of sayings) last = await say(router);
      if (sayings.length > 0) expect(last).toMatchObject({ state: solved ? 'success' : 'failure' });
    }
  });

  test('sayings come in the order of their time', () => {
    for (let seed = 0; seed < 300; seed++) {
      const times = draw(feature, 'i', seed % 2 === 0, seed).map(({ afterIntents }) => afterIntents);
      expect(times).toEqual([...times].toSorted((a, b) => a - b));
    }
  });

  test('a few never come, some are late, some failures are first taken for a success', () => {
    const many = Array.from({ length: 2_000 }, (_, seed) => draw(feature, 'i', seed % 2 === 0, seed));
    const share = (of: (sayings: readonly Saying[]) => boolean): number => many.filter(of).length / many.length;
    expect(share(sayings => sayings.length === 0)).toBeCloseTo(0.03, 1);
    expect(share(([first]) => (first?.afterIntents ?? 0) > 0)).toBeCloseTo(0.145, 1);
  });
});

test('a ticket has its own cost, around the one expected', async () => {
  const costs: number[] = [];
  for (let seed = 0; seed < 100; seed++) {
    const { id } = router.feature('support.reply').intent();
    for (const { say } of draw('support.reply', id, false, seed)) {
      const { costNanoUsd } = (await say(router)) as { readonly costNanoUsd?: number };
      if (costNanoUsd !== undefined) costs.push(costNanoUsd / 1e9);
    }
  }
  expect(costs.length).toBeGreaterThan(80);
  expect(Math.min(...costs)).toBeGreaterThanOrEqual(9);
  expect(Math.max(...costs)).toBeLessThanOrEqual(21);
});
