import { expect, test } from 'vitest';
import { visitsOf } from '../../../src/core/cells/visits.ts';
import { attempt, intentOf, REJECTED } from '../support/intents.ts';

test('a visit has the attempts at its node, and the last one ends the intent', () => {
  const attempts = [attempt('mini', 1), attempt('mini', 2, REJECTED), attempt('mini>premium', 4)];
  expect(visitsOf(intentOf(['mini', 'premium'], { attempts }))).toMatchObject([
    { node: 'mini', cost: 3, rejected: true, isEnd: false, substitutes: [] },
    { node: 'mini>premium', cost: 4, rejected: false, isEnd: true, substitutes: [] },
  ]);
});

test('a visit costs what its substitutes cost, and ends as they do', () => {
  const attempts = [attempt('mini', 1, REJECTED), attempt('mini>mid', 2, REJECTED), attempt('mini>mid>premium', 4)];
  expect(visitsOf(intentOf(['mini'], { attempts }))).toMatchObject([
    { node: 'mini', cost: 7, rejected: false, isEnd: true, substitutes: [{ cost: 2 }, { cost: 4 }] },
    { node: 'mini>mid', cost: 2, rejected: true, isEnd: false },
    { node: 'mini>mid>premium', cost: 4, rejected: false, isEnd: true },
  ]);
});

test('a node where nothing answered is no visit', () => {
  const attempts = [attempt('mini', 1, { status: 'provider-fault' }), attempt('mini!premium', 2)];
  expect(visitsOf(intentOf(['mini'], { attempts }))).toMatchObject([{ node: 'mini!premium', isEnd: true }]);
});
