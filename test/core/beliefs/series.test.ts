import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';
import type { Series } from '../../../src/core/beliefs/series.ts';
import { createSeries } from '../../../src/core/beliefs/series.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { Sums } from '../../../src/core/cells/cell.ts';
import { canonical, grainsAt } from '../../../src/core/cells/grains.ts';

const outcome = (success: boolean, n = 1n): Sums => ({
  n,
  ended: n,
  labelled: n,
  ...(success ? { successes: n } : {}),
});

const ALL_MATURE = Number.POSITIVE_INFINITY;

describe('decayed sums', () => {
  test('every bucket weighs 2^(−age of its middle / half-life)', () => {
    const series = createSeries();
    const buckets = [3, 10, 47, 48, 100];
    for (const bucket of buckets) series.add({ bucket }, { n: 2n, cost: 100n });
    const expected = buckets.reduce((sum, bucket) => sum + 2 * 2 ** (-(120 - (bucket + 0.5)) / 30), 0);
    expect(series.decayed(120, 30).n).toBeCloseTo(expected, 12);
    expect(series.decayed(120, 30).cost).toBeCloseTo(50 * expected, 10);
    expect(series.undecayed()).toMatchObject({ n: 10, cost: 500 });
  });

  test('law: decayed sums depend neither on the order of arrival nor on earlier reads at other times and half-lives', () => {
    const part = fc.record({
      // Up to 2,000 half-lives apart: more than a weight can span.
      bucket: fc.oneof(fc.nat(40), fc.nat(8000)),
      visits: fc.integer({ min: 1, max: 9 }),
      readAt: fc.option(fc.constantFrom(4, 16, 50)),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 40 }), fc.constantFrom(4, 16, 50), (parts, halfLife) => {
        const series = createSeries();
        let now = 0;
        for (const { bucket, visits, readAt } of parts) {
          series.add({ bucket }, { n: BigInt(visits) });
          now = Math.max(now, bucket + 1);
          if (readAt !== null) series.decayed(now, readAt);
        }
        const expected = parts.reduce(
          (sum, { bucket, visits }) => sum + visits * 2 ** ((bucket + 0.5 - now) / halfLife),
          0,
        );
        expect(series.decayed(now, halfLife).n / expected).toBeCloseTo(1, 9);
        expect(series.undecayed().n).toBe(parts.reduce((sum, { visits }) => sum + visits, 0));
      }),
    );
  });

  test('a series without evidence has sums of 0', () => {
    const series = createSeries();
    expect(series.decayed(10, 5)).toEqual(NO_SUMS);
    expect(series.undecayed()).toEqual(NO_SUMS);
    expect(series.detectChange(ALL_MATURE)).toBe(false);
  });

  test('a series merges groups only when it has more than 320', () => {
    const series = createSeries();
    const groups = (): number => series.recentGroups(1000, Number.POSITIVE_INFINITY).length;
    for (let bucket = 0; bucket < 320; bucket++) series.add({ bucket }, { n: 1n });
    series.decayed(320, 100);
    expect(groups()).toBe(320);
    series.add({ bucket: 320 }, { n: 1n });
    series.decayed(321, 100);
    expect(groups()).toBeLessThan(320);
  });

  test('a retraction removes exactly the labels that it takes back from all sums', () => {
    const series = createSeries();
    series.add({ bucket: 5 }, outcome(true));
    series.decayed(20, 10);
    series.add({ bucket: 9 }, outcome(false, 3n));
    series.add({ bucket: 9 }, { n: -3n, ended: -3n, labelled: -3n });
    expect(series.decayed(20, 10).labelled).toBeCloseTo(2 ** (-14.5 / 10), 12);
    expect(series.undecayed().labelled).toBe(1);
  });

  test('a busy node keeps at most 320 groups, and merging changes its sums by less than 0.1 %', () => {
    const series = createSeries();
    const halfLife = 168;
    const now = 4000;
    let exact = 0;
    for (let bucket = 0; bucket < now; bucket++) {
      series.add({ bucket }, { n: 5n });
      exact += 5 * 2 ** (-(now - bucket - 0.5) / halfLife);
      series.decayed(bucket + 1, halfLife);
      expect(series.recentGroups(bucket + 1, Number.POSITIVE_INFINITY).length).toBeLessThanOrEqual(320);
    }
    expect(Math.abs(series.decayed(now, halfLife).n / exact - 1)).toBeLessThan(0.001);
    expect(series.undecayed().n).toBe(5 * now);
  });
});

test('`add` returns how many labels were added or changed: 1 for a correction, 0 for spend', () => {
  const series = createSeries();
  expect(series.add({ bucket: 1 }, { n: 1n, cost: 7n })).toBe(0);
  expect(series.add({ bucket: 1 }, { labelled: 1n, successes: 1n })).toBe(1);
  expect(series.add({ bucket: 1 }, { labelled: 3n, successes: 2n })).toBe(3);
  expect(series.add({ bucket: 1 }, { successes: -1n })).toBe(1);
  expect(series.add({ bucket: 1 }, { labelled: -2n })).toBe(2);
});

describe('recent groups', () => {
  test('recent groups are those that end less than the given age ago, newest first, without decay', () => {
    const series = createSeries();
    for (const bucket of [1, 50, 97, 98, 99]) series.add({ bucket }, { n: BigInt(bucket) });
    const recent = series.recentGroups(100.5, 2.5);
    expect(recent.map(({ start, end, sums }) => [start, end, sums.n])).toEqual([
      [99, 100, 99],
      [98, 99, 98],
    ]);
  });
});

describe('a change', () => {
  /** 95 % success in the first 100 buckets, 40 % in the next 50. */
  function falling(): Series {
    const series = createSeries();
    const random = seededRandom('falling');
    for (let i = 0; i < 900; i++)
      series.add({ bucket: Math.floor(i / 6) }, outcome(random.next() < (i < 600 ? 0.95 : 0.4)));
    return series;
  }

  test('evidence from before a detected change is removed from all sums', () => {
    const series = falling();
    expect(series.cut()).toBe(Number.NEGATIVE_INFINITY);
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(Math.abs(series.cut() - 100)).toBeLessThanOrEqual(2);
    const { labelled, successes } = series.undecayed();
    expect(labelled).toBe(6 * (150 - series.cut()));
    expect(successes / labelled).toBeLessThan(0.5);
    expect(series.decayed(150, 1e6).labelled).toBeCloseTo(labelled, 1);
    expect(series.recentGroups(150, Number.POSITIVE_INFINITY)).toHaveLength(150 - series.cut());
  });

  test('the sums after a detected change are the same whether or not they were read before the detection', () => {
    const [read, unread] = [falling(), falling()];
    read.decayed(150, 40);
    for (const series of [read, unread]) series.detectChange(ALL_MATURE);
    expect(read.undecayed()).toEqual(unread.undecayed());
    expect(read.decayed(150, 40)).toEqual(unread.decayed(150, 40));
    for (const series of [read, unread]) series.add({ bucket: 150 }, outcome(true));
    expect(read.decayed(160, 40).n).toBeCloseTo(unread.decayed(160, 40).n, 9);
  });

  test('a late delta for a time before the change point is left out of all sums', () => {
    const series = falling();
    series.detectChange(ALL_MATURE);
    const before = [series.undecayed(), series.decayed(150, 40)];
    series.add({ bucket: 3 }, outcome(true, 50n));
    expect([series.undecayed(), series.decayed(150, 40)]).toEqual(before);
    expect(series.decayed(150, 30).labelled).toBeLessThan(before[0]?.labelled ?? 0);
  });

  test('buckets with incomplete labels are not searched for a change', () => {
    expect(falling().detectChange(101)).toBe(false);
    // At bucket 110 there are ten buckets of after: enough.
    expect(falling().detectChange(110)).toBe(true);
  });

  test('when the success rate and the rejection rate both changed, the later change is taken', () => {
    for (const [atSuccess, atRejection] of [
      [40, 70],
      [70, 40],
    ] as const) {
      const series = createSeries();
      for (let i = 0; i < 600; i++) {
        const bucket = Math.floor(i / 6);
        const rejected = bucket < atRejection ? 0n : 1n;
        series.add({ bucket }, { ...outcome(bucket < atSuccess), ...(i % 2 === 0 ? { rejected } : {}) });
      }
      series.detectChange(ALL_MATURE);
      expect(series.cut()).toBe(70);
    }
  });

  test('a sharp rise in the rejection rate is a change, even without labels', () => {
    const series = createSeries();
    for (let i = 0; i < 600; i++) {
      series.add({ bucket: Math.floor(i / 6) }, { n: 1n, ...(i % 10 < (i < 400 ? 1 : 6) ? { rejected: 1n } : {}) });
    }
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(Math.abs(series.cut() - 67)).toBeLessThanOrEqual(3);
  });

  test('the outcomes of returned replies never count as a change in the success rate of accepted ones', () => {
    const isChange = (returned: bigint, successes: bigint): boolean => {
      const series = createSeries();
      for (let bucket = 0; bucket < 100; bucket++) {
        series.add({ bucket }, { n: 10n, labelled: 10n, successes: 9n });
        if (bucket >= 50) {
          series.add(
            { bucket },
            {
              n: returned,
              labelled: returned,
              successes,
              labelledRejected: returned,
              successesRejected: successes,
            },
          );
        }
      }
      return series.detectChange(ALL_MATURE);
    };
    expect(isChange(20n, 20n)).toBe(false);
    expect(isChange(20n, 0n)).toBe(false);
  });

  test('the first group after a change is included in the sums and in the next search', () => {
    const series = createSeries();
    for (let bucket = 0; bucket < 81; bucket++) {
      if (bucket === 40) series.add({ bucket }, { n: 300n, labelled: 300n, successes: 120n });
      else series.add({ bucket }, outcome(bucket < 40, 10n));
    }
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(series.cut()).toBe(40);
    expect(series.undecayed().labelled).toBe(700);
    series.add({ bucket: 40 }, outcome(true));
    expect(series.undecayed().labelled).toBe(701);
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(series.cut()).toBe(41);
  });

  test('a change is found in a history of thousands of groups, such as one just loaded from a store', () => {
    const series = createSeries();
    for (let bucket = 0; bucket < 3000; bucket++) series.add({ bucket }, outcome(bucket < 2000));
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(series.cut()).toBe(2000);
  });

  test('a bucket that ends exactly where labels become incomplete is still searched', () => {
    const isChange = (matureBefore: number): boolean => {
      const series = createSeries();
      series.add({ bucket: 0 }, outcome(true, 50n));
      series.add({ bucket: 1 }, outcome(false, 50n));
      return series.detectChange(matureBefore);
    };
    expect(isChange(2)).toBe(true);
    expect(isChange(1.9)).toBe(false);
  });

  test('after a change the remaining history is searched again without waiting for new visits', () => {
    const series = createSeries();
    // A small change at 40, inside the larger one at 80.
    for (let bucket = 0; bucket < 120; bucket++) {
      for (let i = 0; i < 10; i++) series.add({ bucket }, outcome(i < (bucket < 40 ? 9 : bucket < 80 ? 6 : 0)));
    }
    const cuts: number[] = [];
    while (series.detectChange(ALL_MATURE)) cuts.push(series.cut());
    expect(cuts).toEqual([80]);
    const upwards = createSeries();
    for (let bucket = 0; bucket < 120; bucket++) {
      for (let i = 0; i < 10; i++) upwards.add({ bucket }, outcome(i < (bucket < 40 ? 0 : bucket < 80 ? 6 : 9)));
    }
    cuts.length = 0;
    while (upwards.detectChange(ALL_MATURE)) cuts.push(upwards.cut());
    expect(cuts).toEqual([40, 80]);
  });

  test('the search for a change runs again only after 0.2 % more visits', () => {
    const changedAfter = (more: number): boolean => {
      const series = createSeries();
      for (let bucket = 0; bucket < 100; bucket++) series.add({ bucket }, outcome(true, 10n));
      expect(series.detectChange(ALL_MATURE)).toBe(false);
      // Corrections: the newer half of the intents failed after all.
      for (let bucket = 50; bucket < 100; bucket++) series.add({ bucket }, { successes: -10n });
      for (let i = 0; i < more; i++) series.add({ bucket: 99 }, outcome(false));
      return series.detectChange(ALL_MATURE);
    };
    expect(changedAfter(2)).toBe(false);
    expect(changedAfter(3)).toBe(true);
  });

  test('a node with a constant success rate keeps all its evidence', () => {
    const series = createSeries();
    const random = seededRandom('steady');
    for (let i = 0; i < 5000; i++) series.add({ bucket: Math.floor(i / 6) }, outcome(random.next() < 0.9));
    expect(series.detectChange(ALL_MATURE)).toBe(false);
    expect(series.undecayed().labelled).toBe(5000);
  });
});

describe('what a node was like before a change', () => {
  /** 600 outcomes in the first ten minutes of an hour, the last 20 of which fail. */
  function collapsed(): Series {
    const series = createSeries();
    for (let i = 0; i < 600; i++) series.add({ bucket: 0 }, outcome(i < 580 && i % 20 !== 0), i / 3600);
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    return series;
  }

  test('a series without a change has no former state', () => {
    const series = createSeries();
    for (let i = 0; i < 100; i++) series.add({ bucket: 0 }, outcome(true), i / 3600);
    expect(series.former(0.5, ALL_MATURE)).toBeUndefined();
  });

  test('the former state has the sums up to the change, and its probability grows while no new evidence arrives', () => {
    const series = collapsed();
    const [soon, later] = [601, 1200].map(second => series.former(second / 3600, ALL_MATURE));
    expect(soon?.sums.labelled).toBeGreaterThan(560);
    expect(soon?.sums.successes).toBeGreaterThan(0.9 * (soon?.sums.labelled as number));
    expect(soon?.probability).toBeLessThan(0.1);
    expect(later?.probability).toBeGreaterThan(0.3);
  });

  test('an outcome later in the same hour counts at its own time, apart from the outcomes that revealed the change', () => {
    const [well, bad] = [true, false].map(success => {
      const series = collapsed();
      series.add({ bucket: 0 }, outcome(success), 1200 / 3600);
      return series.former(1201 / 3600, ALL_MATURE)?.probability;
    });
    expect(well).toBeGreaterThan(0.5);
    expect(bad).toBeLessThan(0.05);
  });

  test('the former state leaves out labels that are not complete yet', () => {
    const series = collapsed();
    const before = series.former(1.5, 1)?.probability;
    series.add({ bucket: 1 }, outcome(false), 1.4);
    expect(series.former(1.5, 1)?.probability).toBe(before);
    expect(series.former(1.5, ALL_MATURE)?.probability).toBeLessThan(before as number);
  });
});

describe('a busy hour', () => {
  /**
   * Adds `perHour` outcomes an hour from hour 0 on; those from `fallsAt` on fail. They are recorded with their moments, or by hour only.
   */
  function busy({ outcomes, perHour, fallsAt }: { outcomes: number; perHour: number; fallsAt: number }): Series {
    const series = createSeries();
    for (let i = 0; i < outcomes; i++) {
      const moment = i / perHour;
      series.add({ bucket: Math.floor(moment) }, outcome(i < fallsAt && i % 20 !== 0), moment);
      if (series.detectChange(ALL_MATURE)) return series;
    }
    return series;
  }

  test('a change is found within some tens of outcomes whatever the traffic is, in the middle of an hour too', () => {
    for (const perHour of [1, 6, 360, 3600, 36_000]) {
      const series = busy({ outcomes: 5060, perHour, fallsAt: 5000 });
      expect(series.cut(), `${perHour} outcomes an hour`).toBeGreaterThan(4900 / perHour);
      expect(series.undecayed().labelled).toBeLessThan(60);
      expect(series.undecayed().successes).toBeLessThan(25);
    }
  });

  test('a change is found within some tens of outcomes in a history of hundreds of thousands', () => {
    const series = createSeries();
    for (let bucket = 0; bucket < 10; bucket++)
      series.add({ bucket }, { n: 30_000n, labelled: 30_000n, successes: 28_500n });
    series.detectChange(ALL_MATURE);
    let failures = 0;
    while (failures < 200 && !series.detectChange(ALL_MATURE)) {
      series.add({ bucket: 10 }, outcome(false), 10 + failures / 36_000);
      failures++;
    }
    expect(failures).toBeLessThanOrEqual(60);
  });

  test('a process that starts in the hour in which a model collapsed counts that hour as a whole, and soon finds the change', () => {
    const series = createSeries();
    for (let bucket = 0; bucket < 3; bucket++)
      series.add({ bucket }, { n: 3600n, labelled: 3600n, successes: 3420n }, 3.5);
    // The first quarter of the hour was good and the second was not: the store has only their sum.
    series.add({ bucket: 3 }, { n: 1800n, labelled: 1800n, successes: 1350n }, 3.5);
    while (series.detectChange(ALL_MATURE));
    expect(series.undecayed()).toMatchObject({ labelled: 1800, successes: 1350 });
    for (let i = 1; i <= 160; i++) {
      series.add({ bucket: 3 }, outcome(i % 2 === 0), 3.5 + i / 3600);
      series.detectChange(ALL_MATURE);
    }
    expect(series.undecayed().labelled).toBeLessThanOrEqual(160);
  });

  /** 200 decisions in one hour, whose labels come 30 decisions later; those from the 100th on fail. */
  function late(momentOf: (i: number) => number): Series {
    const series = createSeries();
    for (let i = 0; i < 230; i++) {
      if (i < 200) series.add({ bucket: 0 }, { n: 1n, ended: 1n }, i / 230);
      const label = { labelled: 1n, ...(i < 130 ? { successes: 1n } : {}) };
      if (i >= 30) series.add({ bucket: 0 }, label, momentOf(i - 30));
    }
    return series;
  }

  test('a label that comes late counts at the time of its decision', () => {
    const cutOf = (series: Series): number => {
      expect(series.detectChange(ALL_MATURE)).toBe(true);
      return 230 * series.cut();
    };
    expect(Math.abs(cutOf(late(i => i / 230)) - 100)).toBeLessThan(15);
    // As if it were dated by its arrival.
    expect(cutOf(late(i => (i + 30) / 230))).toBeGreaterThan(120);
  });

  test('labels that all arrive after their hour has ended do not divide it into parts', () => {
    const series = createSeries();
    for (let i = 0; i < 200; i++) series.add({ bucket: 0 }, { n: 1n, ended: 1n }, i / 200);
    for (let k = 0; k < 200; k++) series.add({ bucket: 0 }, { labelled: 1n }, ((k * 77) % 200) / 200);
    expect(series.recentGroups(1, Number.POSITIVE_INFINITY)).toHaveLength(1);
  });

  test('law: sums depend neither on how an hour is divided into parts nor on the order of arrival', () => {
    const part = fc.record({
      moment: fc.double({ min: 0, max: 4, noNaN: true, maxExcluded: true }),
      labels: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), parts => {
        const [inParts, whole] = [createSeries(), createSeries()];
        for (const { moment, labels } of parts) {
          const bucket = { bucket: Math.floor(moment) };
          inParts.add(bucket, outcome(labels % 2 === 0, BigInt(labels)), moment);
          whole.add(bucket, outcome(labels % 2 === 0, BigInt(labels)));
        }
        expect(inParts.undecayed()).toEqual(whole.undecayed());
        expect(inParts.decayed(5, 2).labelled).toBeCloseTo(whole.decayed(5, 2).labelled, 9);
      }),
    );
  });

  test('at ten outcomes a second a node keeps at most 320 groups, and loses no outcome', () => {
    const series = createSeries();
    const outcomes = 60_000;
    for (let i = 0; i < outcomes; i++) {
      const moment = i / 36_000;
      series.add({ bucket: Math.floor(moment) }, outcome(true), moment);
      if (i % 50 !== 0) continue;
      series.decayed(moment, 168);
      expect(series.recentGroups(moment, Number.POSITIVE_INFINITY).length).toBeLessThanOrEqual(320);
    }
    expect(series.undecayed().labelled).toBe(outcomes);
  });

  test('a correction of which only the hour is known leaves no part with more successes than labels', () => {
    const series = createSeries();
    for (let i = 0; i < 100; i++) series.add({ bucket: 0 }, outcome(true), i / 200);
    // Another process has learned that 12 of them failed.
    series.add({ bucket: 0 }, { successes: -12n });
    series.add({ bucket: 0 }, { labelled: -30n, successes: -30n });
    expect(series.detectChange(ALL_MATURE)).toBe(false);
    expect(series.undecayed()).toMatchObject({ labelled: 70, successes: 58 });
  });

  test('a rise in the rejection rate is found in the middle of an hour without any label', () => {
    const series = createSeries();
    for (let i = 0; i < 2000; i++) {
      const rejected = i % 10 < (i < 1900 ? 1 : 7) ? { rejected: 1n } : {};
      series.add({ bucket: 0 }, { n: 1n, ...rejected }, i / 3600);
    }
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(Math.abs(series.cut() - 1900 / 3600)).toBeLessThan(250 / 3600);
  });
});

describe('older buckets', () => {
  const now = 24 * 400;
  const grains = grainsAt(now * 3_600_000);
  /** How far the decayed visits differ where the hours with visits are known by day or week only, as a fraction. */
  const errorOf = (hours: readonly number[], halfLife: number): number => {
    const [fine, coarse] = [createSeries(), createSeries()];
    for (const hour of hours) fine.add({ bucket: hour }, { n: 1n });
    for (const hour of hours) coarse.add(canonical(hour, grains), { n: 1n });
    return coarse.decayed(now, halfLife).n / fine.decayed(now, halfLife).n - 1;
  };
  const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

  test('even traffic weighs 0.04 % less by day at the shortest half-life, and 0.1 % less by week at a half-life of 30 days', () => {
    expect(errorOf(range(grains.dayBefore - 240, grains.dayBefore), 7 * 24)).toBeCloseTo(-0.0004, 4);
    expect(errorOf(range(grains.weekBefore - 24 * 31, grains.weekBefore), 30 * 24)).toBeCloseTo(-0.001, 3);
  });

  test('the weight of one hour’s traffic is off by at most 5.1 % by day, 8.4 % by week at a half-life of 30 days, and 41 % at 7 days', () => {
    for (const [halfLifeDays, before, most] of [
      [7, grains.dayBefore, 0.051],
      [30, grains.weekBefore, 0.084],
      [7, grains.weekBefore, 0.42],
    ] as const) {
      const errors = range(before - 24 * 31, before).map(hour => Math.abs(errorOf([hour], halfLifeDays * 24)));
      if (before === grains.dayBefore) errors.splice(0, errors.length - 24);
      expect(Math.max(...errors)).toBeLessThan(most);
      expect(Math.max(...errors)).toBeGreaterThan(0.9 * most);
    }
  });

  test('a bucket with the change in it counts as evidence from after the change, and older evidence stays out', () => {
    const series = createSeries();
    for (let bucket = 0; bucket < 200; bucket++) series.add({ bucket }, outcome(bucket < 100, 10n));
    expect(series.detectChange(ALL_MATURE)).toBe(true);
    expect(series.cut()).toBe(100);
    series.add({ bucket: 96, grain: 'day' }, { n: 7n });
    expect(series.undecayed().n).toBe(1007);
    series.add({ bucket: 72, grain: 'day' }, { n: 7n });
    expect(series.undecayed().n).toBe(1007);
    expect(series.cut()).toBe(100);
  });
});

test('law: a change is found where a series that counts all groups again finds it, whatever was added in between', () => {
  const part = fc.record({
    /** How many hours before the latest one an outcome belongs: in an older group, or before all groups. */
    late: fc.oneof(fc.constant(0), fc.nat(12)),
    step: fc.nat(3),
    days: fc.boolean(),
    labels: fc.integer({ min: 15, max: 40 }),
    successes: fc.integer({ min: 0, max: 40 }),
    rejected: fc.integer({ min: 0, max: 15 }),
    immature: fc.nat(4),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 2, maxLength: 40 }), parts => {
      const series = createSeries();
      let hour = 24 * 40;
      for (const { late, step, days, labels, successes, rejected, immature } of parts) {
        hour += step;
        const at = days ? { bucket: hour - (hour % 24) - 24, grain: 'day' as const } : { bucket: hour - late };
        const sums = { n: BigInt(labels), labelled: BigInt(labels), successes: BigInt(Math.min(labels, successes)) };
        series.add(at, { ...sums, rejected: BigInt(rejected) }, late === 0 ? hour + 0.5 : undefined);
        const copied = series.copy();
        const found = series.detectChange(hour - immature);
        expect(found).toBe(copied.detectChange(hour - immature));
        expect(series.cut()).toBe(copied.cut());
        // A copy does not know what was cut off.
        if (found) return;
      }
    }),
    { numRuns: 300 },
  );
});

test('after older hours were merged, a change is found where a series that counts all groups again finds it', () => {
  const series = createSeries();
  let [hour, found] = [0, false];
  for (; !found && hour < 2000; hour++) {
    // So slow a decline that it is found long after the first hours were merged.
    const successes = BigInt(18 - Math.floor(hour / 400) - (hour % 3));
    series.add({ bucket: hour }, { n: 20n, labelled: 20n, successes });
    // Reading merges.
    series.decayed(hour + 1, 400);
    const copied = series.copy();
    found = series.detectChange(ALL_MATURE);
    if (found) copied.detectChange(ALL_MATURE);
    expect(series.cut()).toBe(copied.cut());
  }
  expect([found, hour > 400]).toEqual([true, true]);
});
