import { expect, test } from 'vitest';
import { historyOf } from '../../../../src/core/report/history.ts';
import { colourOf, intervalLines, trafficLines } from '../../../../src/dashboard/page/parts/series.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../../../core/support/cells.ts';

const { steps } = historyOf(
  cellsOf(
    many(3, { evidence: [SUCCESS] }),
    [made({ plan: ['premium'], evidence: [FAILURE] })],
    [made({ hour: 2, evidence: [FAILURE] })],
  ),
  { failureCostUsd: 15 },
);

test('traffic is stacked, the highest line is drawn first, and a step without intents leaves a gap', () => {
  const lines = trafficLines(steps, [{ plan: 'mini' }, { plan: 'premium' }]);
  expect(lines.map(line => [line.name, line.colour, line.values])).toEqual([
    ['premium', 1, [1, null, 1]],
    ['mini', 0, [0.75, null, 1]],
  ]);
});

test('traffic with a gap is drawn as bars, because an area has no width at a step that stands alone', () => {
  const plans = [{ plan: 'mini' }];
  expect(trafficLines(steps, plans).map(line => line.shape)).toEqual(['bars']);
  expect(trafficLines(steps.slice(0, 1), plans).map(line => line.shape)).toEqual(['area']);
});

test('the cost lies within its interval limits, and the limits are cut at four times the median', () => {
  const [upper, lower, cost] = intervalLines(
    'cost',
    steps.map(step => step.costPerIntentUsd),
  );
  for (const i of [0, 2]) {
    expect(lower?.values[i]).toBeLessThanOrEqual(cost?.values[i] ?? -1);
    expect(cost?.values[i]).toBeLessThanOrEqual(upper?.values[i] ?? -1);
    expect(upper?.values[i]).toBeLessThanOrEqual(4 * 15.01);
  }
  expect(cost?.values[1]).toBeNull();
});

test('the ninth plan has the same color as the first', () => {
  expect([0, 7, 8].map(colourOf)).toEqual([0, 7, 0]);
});
