import { expect, test } from 'vitest';
import { matureCells } from '../../../src/core/report/mature-cells.ts';
import { cellsOf, many, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';

const HOUR_MS = 3_600_000;
const cells = cellsOf(many(1, { evidence: [SUCCESS] }), many(1, { evidence: [SUCCESS], hour: 5 }));
const silence = { afterMs: 2 * HOUR_MS };

test('cells are mature once the silence window of their last intent has ended', () => {
  const hourStartMs = Math.floor(AT_MS / HOUR_MS) * HOUR_MS;
  const count = (afterHours: number): number =>
    matureCells(cells, { silence }, hourStartMs + afterHours * HOUR_MS).length;
  expect([count(2.9), count(3), count(7.9), count(8)]).toEqual([0, 2, 2, 4]);
});

test('all cells are mature where silence means nothing, and where the time is not known', () => {
  expect(matureCells(cells, {}, AT_MS)).toBe(cells);
  expect(matureCells(cells, { silence })).toBe(cells);
});
