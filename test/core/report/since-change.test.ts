import { describe, expect, test } from 'vitest';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
import { cellsSince, lastChangeMs, modelsInTwoVersions } from '../../../src/core/report/since-change.ts';
import type { Made } from '../support/cells.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';

const HOUR_MS = 3_600_000;
const START_MS = Math.floor(AT_MS / HOUR_MS) * HOUR_MS;

/** 20 intents of mini in each hour, at the version of that hour. */
const hourly = (versions: readonly string[], made: Made = { evidence: [SUCCESS] }) =>
  cellsOf(...versions.map((version, hour) => many(20, { ...made, hour, versions: { mini: version } })));

describe('lastChangeMs', () => {
  test.each([
    ['a price', 'a@1$1', 'a@2$1'],
    ['a model', 'a@1$1', 'b@1$1'],
    ['a prompt', 'a@1$1+v1', 'a@1$1+v2'],
  ])('outcomes after the last hour with another %s count as current', (_, one, other) => {
    expect(lastChangeMs(hourly([one, one, other, other]))).toBe(START_MS + 2 * HOUR_MS);
  });

  test('an hour with two versions does not count as current', () => {
    const cells = [...hourly(['a@1$1', 'a@1$1']), ...hourly(['', 'a@2$1', 'a@2$1'].slice(1))];
    expect(lastChangeMs(cells)).toBe(START_MS + 2 * HOUR_MS);
  });

  test('a version that returns counts as current only since its return', () => {
    expect(lastChangeMs(hourly(['a@1$1', 'a@2$1', 'a@1$1', 'a@1$1']))).toBe(START_MS + 2 * HOUR_MS);
  });

  test('a price that depends on the time of day is not a change', () => {
    expect(lastChangeMs(hourly(['a@1$1', 'a@1$2', 'a@1$1']))).toBeUndefined();
  });

  test('a change that was found in a rate counts from its hour on', () => {
    const cells = cellsOf(many(300, { evidence: [SUCCESS] }), many(100, { evidence: [FAILURE], hour: 9 }));
    expect(lastChangeMs(cells)).toBe(START_MS + 9 * HOUR_MS);
  });

  test('a bucket of a day in which a version changed does not count as current', () => {
    const cells = hourly(['a@1$1', 'a@2$1']);
    const folded = foldCells(cells, grainsAt(AT_MS + 30 * 24 * HOUR_MS));
    expect(cellsSince(folded, lastChangeMs(folded))).toEqual([]);
    expect(cellsSince(cells, lastChangeMs(cells)).length).toBeGreaterThan(0);
  });

  test('without a change all cells count as current', () => {
    const cells = hourly(['a@1$1', 'a@1$1']);
    expect(lastChangeMs(cells)).toBeUndefined();
    expect(cellsSince(cells, undefined)).toBe(cells);
  });
});

describe('modelsInTwoVersions', () => {
  const alternating = (hours: number, then = 0): readonly string[] => [
    ...Array.from({ length: hours }, (_, hour) => (hour % 2 === 0 ? 'a@1$1+v1' : 'a@1$1+v2')),
    ...Array.from({ length: then }, () => 'a@1$1+v2'),
  ];

  test('versions that are used side by side for a day are two at once, until one of them is not used for a day', () => {
    expect(modelsInTwoVersions(hourly(alternating(30)))).toEqual(['mini']);
    expect(modelsInTwoVersions(hourly(alternating(30, 22)))).toEqual(['mini']);
    expect(modelsInTwoVersions(hourly(alternating(30, 30)))).toEqual([]);
  });

  test('a rollout that takes less than a day, or is complete, is not two versions at once', () => {
    expect(modelsInTwoVersions(hourly(alternating(12)))).toEqual([]);
    expect(modelsInTwoVersions(hourly(['a@1$1', ...Array.from({ length: 40 }, () => 'b@1$1')]))).toEqual([]);
  });

  test('a price that depends on the time of day is one version', () => {
    expect(modelsInTwoVersions(hourly(alternating(40).map((_, hour) => `a@1$${(hour % 2) + 1}`)))).toEqual([]);
  });
});
