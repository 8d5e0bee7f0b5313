import { expect, test } from 'vitest';
import { visitsOf } from '../../../src/core/cells/visits.ts';
import { NOT_RETRIEVED } from '../../../src/core/ledger/vocabulary.ts';
import { attempt, intentOf, REJECTED } from '../support/intents.ts';

test('a visit has the attempts at its node, and the last visit ends the intent', () => {
  const attempts = [attempt('mini', 1), attempt('mini', 2, REJECTED), attempt('mini>premium', 4)];
  expect(visitsOf(intentOf(['mini', 'premium'], { attempts }))).toMatchObject([
    { nodes: ['mini'], cost: 3, rejected: true, isEnd: false, substituteCost: 0 },
    { nodes: ['mini>premium'], cost: 4, rejected: false, isEnd: true, substituteCost: 0 },
  ]);
});

test('the cost of a visit includes the cost of its substitutes, and the visit ends as they do', () => {
  const attempts = [attempt('mini', 1, REJECTED), attempt('mini>mid', 2, REJECTED), attempt('mini>mid>premium', 4)];
  expect(visitsOf(intentOf(['mini'], { attempts }))).toMatchObject([
    { nodes: ['mini', 'mini>mid', 'mini>mid>premium'], cost: 7, rejected: false, isEnd: true, substituteCost: 6 },
    { nodes: ['mini>mid'], cost: 2, rejected: true, isEnd: false },
    { nodes: ['mini>mid>premium'], cost: 4, rejected: false, isEnd: true },
  ]);
});

test('a node where no model answered is not a visit', () => {
  const attempts = [attempt('mini', 1, { status: 'provider-fault' }), attempt('mini!premium', 2)];
  expect(visitsOf(intentOf(['mini'], { attempts }))).toMatchObject([{ nodes: ['mini!premium'], isEnd: true }]);
});

test('a background reply that was not retrieved yet is not a visit', () => {
  const attempts = [attempt('mini', 1, { unpriced: [NOT_RETRIEVED] })];
  expect(visitsOf(intentOf(['mini'], { attempts }))).toEqual([]);
  expect(visitsOf(intentOf(['mini'], { attempts: [attempt('mini', 1)] }))).toHaveLength(1);
});
