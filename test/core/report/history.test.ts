import { expect, test } from 'vitest';
import { historyOf } from '../../../src/core/report/history.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
import { AT_MS } from '../support/intents.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../support/cells.ts';

test('every step has its own counts, rate and cost, and steps without intents are kept', () => {
  const cells = cellsOf(many(3, { evidence: [SUCCESS] }), [
    made({ hour: 2, plan: ['premium'], evidence: [FAILURE] }),
    made({ hour: 2 }),
  ]);
  const { widthMs, steps } = historyOf(cells, { failureCostUsd: 15 });
  expect(widthMs).toBe(3_600_000);
  expect(steps.map(step => [step.intents, step.labelled, step.plans])).toEqual([
    [3, 3, { mini: 3 }],
    [0, 0, {}],
    [2, 1, { premium: 1, mini: 1 }],
  ]);
  expect(steps[2]?.costPerIntentUsd.value).toBeCloseTo(15.01, 9);
  expect(steps[1]?.success.value).toBeNaN();
});

test('a step of the history counts all intents, but estimates its rate only from those old enough to have their outcome', () => {
  const mature = many(4, { evidence: [SUCCESS] });
  const cells = cellsOf(mature, many(2, { evidence: [FAILURE] }), [made({ hour: 1, evidence: [FAILURE] })]);
  const { steps } = historyOf(cells, { failureCostUsd: 15, matureCells: cellsOf(mature) });
  expect(steps.map(({ intents, labelled }) => [intents, labelled])).toEqual([
    [6, 4],
    [1, 0],
  ]);
  expect(steps[0]?.success.value).toBe(1);
});

test('a history has at most 60 steps, however long it is', () => {
  const cells = cellsOf([made({}), made({ hour: 24 * 365 })]);
  expect(historyOf(cells, { failureCostUsd: 1 }).steps.length).toBeLessThanOrEqual(60);
  // 59 hours fit in steps of an hour, 60 in steps of two.
  const widthsH = [59, 60].map(hours =>
    historyOf(cellsOf([made({}), made({ hour: hours - 1 })]), { failureCostUsd: 1 }),
  );
  expect(widthsH.map(({ widthMs }) => widthMs / 3_600_000)).toEqual([1, 2]);
  expect(historyOf([], { failureCostUsd: 1 }).steps).toEqual([]);
});

test('a history of a year has the same figures in every step, whether its cells are hours or days and weeks', () => {
  const year = Array.from({ length: 365 * 4 }, (_, i) =>
    made({ hour: 6 * i, evidence: [i % 3 === 0 ? FAILURE : SUCCESS] }),
  );
  const cells = cellsOf(year);
  const folded = foldCells(cells, grainsAt(AT_MS + 365 * 86_400_000));
  const { widthMs, steps } = historyOf(folded, { failureCostUsd: 15 });
  expect(widthMs).toBe(7 * 86_400_000);
  expect(steps.length).toBeGreaterThan(45);
  expect(steps.reduce((n, step) => n + step.intents, 0)).toBe(365 * 4);
  for (const [i, { fromMs, intents, success }] of steps.entries()) {
    const toMs = steps[i + 1]?.fromMs ?? Infinity;
    const own = year.filter(({ decided: { atMs } }) => atMs >= fromMs && atMs < toMs);
    expect(intents).toBe(own.length);
    expect(success.value).toBeCloseTo(own.filter(intent => intent.outcome.state === 'success').length / own.length, 12);
  }
});
