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
    nodes: [{ node: 'mini', n: 1_000, outcomes: 1_000, costUsd: 0.01, costLogSd: 0.05, ...all, ...node }],
    ...more,
  });
}

test('a belief counts as unchanged while a rate moves by at most a tenth of its standard deviation', () => {
  // Beta(500, 500): a standard deviation of 0.0158.
  expect(isSameBelief(believed(), believed({ ended: { a: 501.5, b: 498.5 } }))).toBe(true);
  expect(isSameBelief(believed(), believed({ ended: { a: 501.7, b: 498.3 } }))).toBe(false);
});

test.each(['climb', 'accepted', 'rejected', 'ended'] as const)(
  'a belief counts as changed when one of its rates changes: %s',
  rate => {
    expect(isSameBelief(believed(), believed({ [rate]: { a: 600, b: 400 } }))).toBe(false);
  },
);

test('a belief counts as changed when its evidence grew or decayed by more than a tenth, even at the same mean', () => {
  expect(isSameBelief(believed(), believed({ ended: { a: 530, b: 530 } }))).toBe(true);
  expect(isSameBelief(believed(), believed({ ended: { a: 560, b: 560 } }))).toBe(false);
  expect(isSameBelief(believed(), believed({ ended: { a: 440, b: 440 } }))).toBe(false);
  expect(isSameBelief(believed(), believed({ n: 1_100 }))).toBe(true);
  expect(isSameBelief(believed(), believed({ n: 1_120 }))).toBe(false);
  expect(isSameBelief(believed(), believed({ n: 920 }))).toBe(true);
  expect(isSameBelief(believed(), believed({ n: 900 }))).toBe(false);
});

test('a belief counts as unchanged while a mean cost moves by at most a quarter of its standard deviation, and that deviation by a tenth', () => {
  expect(isSameBelief(believed(), believed({ costUsd: 0.01012 }))).toBe(true);
  expect(isSameBelief(believed(), believed({ costUsd: 0.01014 }))).toBe(false);
  expect(isSameBelief(believed(), believed({ costUsd: 0.00986 }))).toBe(false);
  for (const costLogSd of [0.046, 0.054]) expect(isSameBelief(believed(), believed({ costLogSd }))).toBe(true);
  for (const costLogSd of [0.044, 0.056]) expect(isSameBelief(believed(), believed({ costLogSd }))).toBe(false);
});

test('a belief counts as unchanged while the likeness of the feature moves by at most 0.1', () => {
  expect(isSameBelief(believed({ likeness: 0.5 }), believed({ likeness: 0.58 }))).toBe(true);
  expect(isSameBelief(believed({ likeness: 0.5 }), believed({ likeness: 0.62 }))).toBe(false);
  expect(isSameBelief(believed({ likeness: 0.5 }), believed({ likeness: 0.38 }))).toBe(false);
  expect(isSameBelief(believed(), believed({ likeness: 0.2 }))).toBe(false);
});

test('a belief counts as changed when its priors become pooled or its graph is replaced', () => {
  expect(isSameBelief(believed(), believed({}, { hasPooledPrior: true }))).toBe(false);
  expect(isSameBelief(believed(), believed({}, { graph: { ...graph } }))).toBe(false);
});

test('law: a belief counts as unchanged when compared with an equal one, even without evidence', () => {
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

test('a mixture counts as unchanged while it has as many components as before and each weight moves by at most 0.05', () => {
  const [[{ node }]] = believed().nodes as [[NodeComponent]];
  const mixed = (...weights: readonly number[]): Mixture => ({
    graph,
    nodes: [weights.map(weight => ({ node, weight }))],
  });
  expect(isSameBelief(mixed(0.5, 0.5), mixed(0.549, 0.451))).toBe(true);
  expect(isSameBelief(mixed(0.5, 0.5), mixed(0.552, 0.448))).toBe(false);
  expect(isSameBelief(mixed(1), mixed(0.98, 0.02))).toBe(false);
});
