import { expect, test } from 'vitest';
import type { RoutingSums } from '../../../src/core/beliefs/routing-sums.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';
import {
  acceptedCounts,
  climbCounts,
  endedCounts,
  returnedCounts,
  successCounts,
} from '../../../src/core/beliefs/rate-counts.ts';

/** 100 visits, of which 30 were rejected; 80 ended here, of which 10 were rejected ones. */
const SUMS: RoutingSums = {
  ...NO_SUMS,
  n: 100,
  rejected: 30,
  labelled: 80,
  successes: 65,
  labelledRejected: 10,
  successesRejected: 2,
};

test('rejections are counted among all visits', () => {
  expect(climbCounts(SUMS)).toEqual({ n: 100, s: 30 });
});

test('labels are counted among accepted replies, among rejected ones that were returned, and among both', () => {
  expect(acceptedCounts(SUMS)).toEqual({ n: 70, s: 63 });
  expect(returnedCounts(SUMS)).toEqual({ n: 10, s: 2 });
  expect(endedCounts(SUMS)).toEqual({ n: 80, s: 65 });
});

test('audits correct the labels of accepted replies, and leave those of rejected ones as they are', () => {
  // Every audited reply that was called a success was a failure.
  const audited = { ...SUMS, audited: 70, auditedProxySuccesses: 63 };
  const { n, s } = acceptedCounts(audited);
  expect(s / n).toBeLessThan(0.1);
  expect(returnedCounts(audited)).toEqual(returnedCounts(SUMS));
  expect(endedCounts(audited)).toEqual({ n: n + 10, s: s + 2 });
});

test('the success of a node is that of accepted replies where a plan climbs on from it, and of all replies elsewhere', () => {
  expect(successCounts(true)(SUMS)).toEqual(acceptedCounts(SUMS));
  expect(successCounts(false)(SUMS)).toEqual(endedCounts(SUMS));
});
