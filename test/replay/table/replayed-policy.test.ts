import { expect, test } from 'vitest';
import type { PlanTally } from '../../../src/replay/table/plan-tally.ts';
import { replayedPolicy } from '../../../src/replay/table/replayed-policy.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import { settingOf } from '../../../src/replay/table/table-setting.ts';

const setting = settingOf(
  outcomeTable([
    { id: '1', feature: 'f', model: 'a', success: 1, costUsd: 1 },
    { id: '1', feature: 'f', model: 'b', success: 1, costUsd: 2 },
  ]),
  { failureCostUsd: 10 },
);
const tally = (intents: number, spendUsd: number, successes: number): PlanTally => ({
  intents,
  spendUsd,
  successes,
  spend2: 0,
  spend3: 0,
  spendOfFailures: 0,
});

test('figures are means over the runs, the ratio compares with the best plan, and the curve has the traffic between points', () => {
  const runs = [
    {
      tallies: [[tally(3, 3, 3), tally(1, 2, 0)]],
      checkpoints: [
        { intents: 2, totalUsd: 2, chosen: [2, 0] },
        { intents: 4, totalUsd: 15, chosen: [3, 1] },
      ],
    },
    {
      tallies: [[tally(1, 1, 1), tally(3, 6, 3)]],
      checkpoints: [
        { intents: 2, totalUsd: 3, chosen: [1, 1] },
        { intents: 4, totalUsd: 7, chosen: [1, 3] },
      ],
    },
  ];
  const found = replayedPolicy('p', runs, {
    setting,
    intents: 4,
    bestUsd: 5,
    best: [
      [1, 5],
      [2, 5],
    ],
  });
  expect(found).toMatchObject({
    policy: 'p',
    totalUsd: 11,
    spendUsd: 6,
    successRate: 7 / 8,
    costPerIntentUsd: 11 / 4,
    costPerSuccessUsd: 22 / 7,
    ratio: (3 + 1.4) / 2,
    chosen: { a: 4, b: 4 },
  });
  // Ratios of 3 and 1.4: a standard deviation of 0.8 × √2, over √2 runs.
  expect(found.ratioError).toBeCloseTo(0.8, 12);
  expect(found.features).toEqual([{ feature: 'f', plans: { a: tally(4, 4, 4), b: tally(4, 8, 3) } }]);
  expect(found.curve).toEqual([
    { intents: 2, regretUsd: 1, shares: [0.75, 0.25] },
    { intents: 4, regretUsd: 6, shares: [0.25, 0.75] },
  ]);
});
