import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  BetaShape,
  NodeComponent,
  Mixture,
  NodePosterior,
  Posterior,
} from '../../../src/core/beliefs/posterior.ts';
import { asMixture } from '../../../src/core/beliefs/posterior.ts';
import { isSameBelief } from '../../../src/core/beliefs/same-belief.ts';

const graph = { plans: [['mini']], nodes: ['mini'], paths: [[0]], climbs: [false] } as unknown as Posterior['graph'];
const even: BetaShape = { a: 500, b: 500 };

function believed(node: Partial<NodePosterior> = {}, more: Partial<Posterior> = {}): Mixture {
  const all = { climb: even, accepted: even, rejected: even, ended: even };
  return asMixture({
    graph,
    nodes: [{ node: 'mini', n: 1_000, costUsd: 0.01, costLogSd: 0.05, ...all, ...node }],
    ...more,
  });
}

test('a rate may move by a tenth of its standard deviation, and no further', () => {
  // Beta(500, 500): a standard deviation of 0.0158.
  expect(isSameBelief(believed(), believed({ ended: { a: 501, b: 499 } }))).toBe(true);
  expect(isSameBelief(believed(), believed({ ended: { a: 502, b: 498 } }))).toBe(false);
});

test.each(['climb', 'accepted', 'rejected', 'ended'] as const)('every rate counts: %s', rate => {
  expect(isSameBelief(believed(), believed({ [rate]: { a: 600, b: 400 } }))).toBe(false);
});

test('evidence that grew or decayed by more than a tenth is another belief, whatever the mean', () => {
  expect(isSameBelief(believed(), believed({ ended: { a: 530, b: 530 } }))).toBe(true);
  expect(isSameBelief(believed(), believed({ ended: { a: 560, b: 560 } }))).toBe(false);
  expect(isSameBelief(believed(), believed({ ended: { a: 440, b: 440 } }))).toBe(false);
  expect(isSameBelief(believed(), believed({ n: 1_200 }))).toBe(false);
});

test('costs may move by a quarter of what is not known of them', () => {
  expect(isSameBelief(believed(), believed({ costUsd: 0.0101 }))).toBe(true);
  expect(isSameBelief(believed(), believed({ costUsd: 0.0102 }))).toBe(false);
  expect(isSameBelief(believed(), believed({ costLogSd: 0.06 }))).toBe(false);
});

test('how likely a feature is to be like the others may change by a tenth', () => {
  expect(isSameBelief(believed({ likeness: 0.5 }), believed({ likeness: 0.58 }))).toBe(true);
  expect(isSameBelief(believed({ likeness: 0.5 }), believed({ likeness: 0.62 }))).toBe(false);
});

test('another feature’s word in the priors, or another graph, is another belief', () => {
  expect(isSameBelief(believed(), believed({}, { hasPooledPrior: true }))).toBe(false);
  expect(isSameBelief(believed(), believed({}, { graph: { ...graph } }))).toBe(false);
});

test('law: a belief is the same as itself, also where nothing was seen yet', () => {
  const shape = fc.record({
    a: fc.double({ min: 0.05, max: 1e6, noNaN: true }),
    b: fc.double({ min: 0.05, max: 1e6, noNaN: true }),
  });
  fc.assert(
    fc.property(shape, fc.double({ min: 0, max: 1e6, noNaN: true }), (ended, n) => {
      expect(
        isSameBelief(
          believed({ ended, n, costUsd: 0, costLogSd: 0 }),
          believed({ ended, n, costUsd: 0, costLogSd: 0 }),
        ),
      ).toBe(true);
    }),
  );
});

test('what may be true must be as many things, nearly as likely as before', () => {
  const [[{ node }]] = believed().nodes as [[NodeComponent]];
  const mixed = (...weights: readonly number[]): Mixture => ({
    graph,
    nodes: [weights.map(weight => ({ node, weight }))],
  });
  expect(isSameBelief(mixed(0.5, 0.5), mixed(0.54, 0.46))).toBe(true);
  expect(isSameBelief(mixed(0.5, 0.5), mixed(0.56, 0.44))).toBe(false);
  expect(isSameBelief(mixed(1), mixed(0.98, 0.02))).toBe(false);
});
