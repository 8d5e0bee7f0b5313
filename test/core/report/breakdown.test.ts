import { expect, test } from 'vitest';
import type { Intent } from '../../../src/core/ledger/records.ts';
import type { CellGroup } from '../../../src/core/report/breakdown.ts';
import { breakdownOf } from '../../../src/core/report/breakdown.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const planCells = (...intents: (readonly Intent[])[]) => cellsOf(...intents).filter(({ key }) => key.scope === 'plan');

const group = (name: string, successes: number, failures: number, hour = 0): CellGroup => ({
  group: name,
  feature: 'f',
  cells: planCells(many(successes, { evidence: [SUCCESS], hour }), many(failures, { evidence: [FAILURE], hour })),
});

test('groups come in order of cost and removed intents last, and days are in chronological order', () => {
  const groups = [group('b', 9, 1), group('a', 5, 5), { ...group('x', 0, 20), isRemoved: true }];
  expect(breakdownOf('tenant', groups).groups.map(each => each.group)).toEqual(['a', 'b', 'x']);
  const days = [group('2026-11-02', 9, 1), group('2026-11-01', 5, 5)];
  expect(breakdownOf('day', days).groups.map(each => each.group)).toEqual(['2026-11-01', '2026-11-02']);
});

test('numbers of turns are in ascending order, and removed intents come last', () => {
  const groups = [{ ...group('x', 0, 20), group: null, isRemoved: true }, group('9 and more', 1, 1), group('1', 1, 9)];
  expect(breakdownOf('turns', groups).groups.map(each => each.group)).toEqual(['1', '9 and more', null]);
});

test('a group has exact amounts, and the cost per intent of its own failure costs', () => {
  const [only] = breakdownOf('tenant', [group('a', 30, 10)]).groups;
  // 40 attempts at one cent, 10 failures at $15.
  expect(only).toMatchObject({ intents: 40, labelled: 40, spendUsd: '0.4', failureUsd: '150', totalUsd: '150.4' });
  expect(only?.costPerIntentUsd.value).toBeCloseTo(0.01 + (15 * 10) / 40, 10);
  expect(only?.costPerSuccessUsd.value).toBeCloseTo((0.01 + (15 * 10) / 40) / (30 / 40), 10);
  expect(only?.success.value).toBe(0.75);
});

test('a group without outcomes has no cost per intent: nothing says how often it fails', () => {
  const [only] = breakdownOf('tenant', [{ group: 'a', cells: planCells(many(40, {})) }]).groups;
  expect(only).toMatchObject({ labelled: 0, pending: 40 });
  expect(only?.costPerIntentUsd.value).toBeNaN();
});

test('each prompt version is compared with the one that was first used before it, inside its feature', () => {
  const versions = [group('v2', 190, 10, 5), group('v1', 100, 100), { ...group('v1', 50, 50), feature: 'g' }];
  const { changes = [] } = breakdownOf('prompt-version', versions);
  expect(changes.map(({ feature }) => feature)).toEqual(['f: v1 → v2']);
  expect(changes[0]?.success).toMatchObject({ before: { value: 0.5 }, now: { value: 0.95 }, isSignificant: true });
  // Newcombe's hybrid interval of 190/200 − 100/200, from the two Wilson intervals (0.9104–0.9726 and 0.4314–0.5686).
  expect(changes[0]?.success.difference.low).toBeCloseTo(0.45 - Math.hypot(0.95 - 0.9104, 0.5686 - 0.5), 3);
  expect(breakdownOf('tenant', versions)).not.toHaveProperty('changes');
});

test('a model has no cost per intent, because an intent may use several', () => {
  const [only] = breakdownOf('model', [group('mini', 30, 10)]).groups;
  expect(only?.success.value).toBe(0.75);
  expect(only?.costPerIntentUsd.value).toBeNaN();
});
