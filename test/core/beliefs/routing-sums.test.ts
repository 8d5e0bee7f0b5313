import { expect, test } from 'vitest';
import {
  addRoutingSums,
  nameSums,
  NO_SUMS,
  ROUTING_SUMS,
  routingPart,
  setFloats,
  WIDTH,
  zeroSums,
} from '../../../src/core/beliefs/routing-sums.ts';

test('nameSums gives each array entry the name at its index and multiplies it by the weight', () => {
  const sums = Array.from({ length: WIDTH }, (_, index) => index + 1);
  expect(nameSums(sums, 0.5)).toEqual(Object.fromEntries(ROUTING_SUMS.map((name, index) => [name, (index + 1) / 2])));
});

test('setFloats puts each sum at the index of its name, whether it is an integer or a float, and 0 where there is none', () => {
  const floats = zeroSums().fill(9);
  const sums = Array.from({ length: WIDTH }, (_, index) => index + 1);
  setFloats(floats, nameSums(sums, 1));
  expect(floats).toEqual(sums);
  setFloats(floats, { n: 5n, laterRequests: 2n });
  expect([...floats]).toEqual([5, ...Array.from({ length: WIDTH - 2 }, () => 0), 2]);
});

test('sums of several series are added name by name, and without a series every sum is 0', () => {
  const one = nameSums(
    Array.from({ length: WIDTH }, (_, index) => index),
    1,
  );
  const total = addRoutingSums([one, one, NO_SUMS]);
  expect(total).toEqual(Object.fromEntries(ROUTING_SUMS.map((name, index) => [name, 2 * index])));
  expect(addRoutingSums([])).toEqual(NO_SUMS);
  expect(NO_SUMS.n).toBe(0);
});

test('routing reads node cells and its own sums of them, and none of a store’s other sums', () => {
  const key = { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: 'v', bucket: 1 } as const;
  expect(
    routingPart([
      { key, sums: { n: 1n, cost3: 8n } },
      { key: { ...key, bucket: 2 }, sums: { cost3: 8n } },
      { key: { ...key, scope: 'plan' }, sums: { n: 1n } },
    ]),
  ).toEqual([
    { key, sums: { n: 1n } },
    { key: { ...key, bucket: 2 }, sums: {} },
  ]);
});
