import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplyCounts, ShownSince } from '../../../src/core/beliefs/former-state.ts';
import { returnProbability } from '../../../src/core/beliefs/former-state.ts';

const counts = (labelled: number, successes: number, rejected = 0): ReplyCounts => ({
  visits: labelled + rejected,
  rejected,
  labelled,
  successes,
});
const GOOD = counts(1000, 950);
/** What the change was found by: 2 of 20. */
const FOUND: ShownSince = { elapsed: 20, ...counts(20, 2) };

/** P(still as since the change) at a time after a change that was known after 20. */
const lasting = (elapsed: number): number => (1 + 4 * Math.log(elapsed / 20)) ** -0.15;

/**
 * The same by enumeration: the return lies between two spans, or has not been yet. Rates are (1 + s)/(2 + n) of the successes and of
 * the rejections.
 */
function enumerated(before: ReplyCounts, since: readonly ShownSince[], elapsed: number): number {
  const total = (name: 'visits' | 'labelled' | 'successes' | 'rejected'): number =>
    since.reduce((sum, span) => sum + span[name], 0);
  const likelihood = (of: ReplyCounts, success: number, climb: number): number =>
    success ** of.successes *
    (1 - success) ** (of.labelled - of.successes) *
    climb ** of.rejected *
    (1 - climb) ** (of.visits - of.rejected);
  const former = (of: ReplyCounts): number =>
    likelihood(of, (1 + before.successes) / (2 + before.labelled), (1 + before.rejected) / (2 + before.visits));
  const current = (of: ReplyCounts): number =>
    likelihood(of, (1 + total('successes')) / (2 + total('labelled')), (1 + total('rejected')) / (2 + total('visits')));
  const times = [...since.map(span => span.elapsed), elapsed];
  const later = since.slice(1);
  let returned = 0;
  for (let at = 0; at < since.length; at++) {
    const prior = lasting(times[at] as number) - lasting(times[at + 1] as number);
    returned += later.reduce((product, span, i) => product * (i < at ? current : former)(span), prior);
  }
  const lasts = later.reduce((product, span) => product * current(span), lasting(elapsed));
  return returned / (returned + lasts);
}

describe('P(a node is again as it was before its last change)', () => {
  test('the probability of the former state is 0 when the change is found, and grows with the time since then, ever more slowly', () => {
    const after = (elapsed: number): number => returnProbability(GOOD, [FOUND], elapsed);
    expect(after(20)).toBe(0);
    expect(after(40)).toBeCloseTo(1 - lasting(40), 12);
    expect(after(4000)).toBeCloseTo(1 - lasting(4000), 12);
    expect(after(80) - after(40)).toBeLessThan(after(40) - after(20));
  });

  test('law: the probability equals the enumeration of all times at which the node may have returned to its former state', () => {
    const anySpan = fc.record({
      wait: fc.double({ min: 0.1, max: 500, noNaN: true }),
      labelled: fc.nat(4),
      failures: fc.nat(4),
      rejected: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 6 }), fc.double({ min: 0, max: 1000, noNaN: true }), (spans, wait) => {
        let elapsed = FOUND.elapsed;
        const since = [
          FOUND,
          ...spans.map(span => ({
            elapsed: (elapsed += span.wait),
            ...counts(span.labelled, Math.max(0, span.labelled - span.failures), span.rejected),
          })),
        ];
        const before = counts(1000, 950, 50);
        const now = elapsed + wait;
        expect(returnProbability(before, since, now)).toBeCloseTo(enumerated(before, since, now), 9);
      }),
    );
  });

  test('a failure makes the former state improbable, and one success after a long time makes it likely', () => {
    const tried = (successes: number): number =>
      returnProbability(GOOD, [FOUND, { elapsed: 200, ...counts(1, successes) }], 201);
    expect(tried(0)).toBeLessThan(0.05);
    expect(tried(1)).toBeGreaterThan(0.5);
  });

  test('the probability of the former state does not depend on the unit of time', () => {
    const since = (unit: number): readonly ShownSince[] => [
      { ...FOUND, elapsed: 20 * unit },
      { elapsed: 90 * unit, ...counts(1, 1) },
    ];
    expect(returnProbability(GOOD, since(1), 300)).toBeCloseTo(returnProbability(GOOD, since(1e-4), 300e-4), 9);
  });

  test('the probability of the former state is 0 for a node that was worse before the change, or has no evidence since', () => {
    expect(returnProbability(counts(20, 2), [{ elapsed: 20, ...GOOD }], 400)).toBe(0);
    expect(returnProbability(GOOD, [], 400)).toBe(0);
  });

  test('a node whose replies began to be rejected was better before, though its accepted replies are as good', () => {
    const rejecting = { elapsed: 20, ...counts(4, 4, 16) };
    expect(returnProbability(GOOD, [rejecting], 400)).toBeCloseTo(1 - lasting(400), 12);
  });

  test('the probability of the former state is never 1, so that failures are always believed', () => {
    const well = { elapsed: 400, ...counts(5000, 5000) };
    expect(returnProbability(counts(9000, 9000), [FOUND, well], 500)).toBeLessThan(1);
  });
});
