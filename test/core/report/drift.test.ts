import { describe, expect, test } from 'vitest';
import { driftOf } from '../../../src/core/report/drift.ts';
import type { RateDrift } from '../../../src/core/report/drift.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
import type { Made } from '../support/cells.ts';
import { cellsOf, FAILURE, made, SUCCESS } from '../support/cells.ts';
import { ACCEPTED, AT_MS, attempt, REJECTED } from '../support/intents.ts';

const bucketStart = (hour: number): number => Math.floor(AT_MS / BUCKET_MS + hour) * BUCKET_MS;

/** Ten intents an hour, succeeding at the rate of the hour. */
function traffic(hours: number, rate: (hour: number) => number, seed = 1) {
  const random = seededRandom(seed);
  return Array.from({ length: hours * 10 }, (_, i) => {
    const hour = Math.floor(i / 10);
    return made({ hour, evidence: [random.next() < rate(hour) ? SUCCESS : FAILURE] });
  });
}

/** Hours of 20 intents each, of which exactly so many succeed. */
function phases(...parts: readonly (readonly [hours: number, successes: number])[]): readonly Cell[] {
  const perHour = parts.flatMap(([hours, successes]) => Array.from({ length: hours }, () => successes));
  return cellsOf(
    perHour.flatMap((successes, hour) =>
      Array.from({ length: 20 }, (_, i) => made({ hour, evidence: [i < successes ? SUCCESS : FAILURE] })),
    ),
  );
}

const rates = (events: ReturnType<typeof driftOf>) =>
  events
    .filter((event): event is RateDrift => event.kind !== 'version')
    .map(({ kind, atMs, before, after }) => [kind, atMs, before.value, after.value]);

describe('rate drift', () => {
  test('a success rate that drops is found at its hour, with the rates before and after', () => {
    const events = driftOf(cellsOf(traffic(60, hour => (hour < 30 ? 0.95 : 0.55))));
    expect(events).toHaveLength(1);
    const [event] = events;
    if (event?.kind !== 'success') return expect.unreachable();
    expect(Math.abs(event.atMs - bucketStart(30))).toBeLessThanOrEqual(2 * BUCKET_MS);
    expect(event.before.value).toBeGreaterThan(0.9);
    expect(event.after.value).toBeLessThan(0.65);
  });

  test('a drop and a recovery are two events, each with the rates of the phases before and after it', () => {
    expect(rates(driftOf(phases([10, 19], [10, 8], [10, 19])))).toEqual([
      ['success', bucketStart(10), 0.95, 0.4],
      ['success', bucketStart(20), 0.4, 0.95],
    ]);
  });

  test('every change point of a history is found, on both sides of the clearest one', () => {
    // The drop from 19 to 2 is by far the clearest; the other two lie before and after it.
    expect(rates(driftOf(phases([10, 10], [10, 19], [10, 2], [10, 9])))).toEqual([
      ['success', bucketStart(10), 0.5, 0.95],
      ['success', bucketStart(20), 0.95, 0.1],
      ['success', bucketStart(30), 0.1, 0.45],
    ]);
  });

  test('a constant rate raises no alarm in 40 histories of 600 outcomes', () => {
    const alarms = Array.from({ length: 40 }, (_, seed) => driftOf(cellsOf(traffic(60, () => 0.9, seed))).length);
    expect(alarms.reduce((a, b) => a + b)).toBe(0);
  });

  test('a rising rejection rate is a separate event, at the node that rejects', () => {
    const plan = ['mini', 'premium'];
    const cells = cellsOf(
      Array.from({ length: 400 }, (_, i): Made => {
        const hour = Math.floor(i / 20);
        const isRejected = i % 20 < (hour < 10 ? 2 : 14);
        const attempts = isRejected
          ? [attempt('mini', 1, REJECTED), attempt('mini>premium', 1, ACCEPTED)]
          : [attempt('mini', 1, ACCEPTED)];
        return { plan, hour, attempts, evidence: [SUCCESS] };
      }).map(made),
    );
    const events = driftOf(cells);
    expect(rates(events)).toEqual([['rejection', bucketStart(10), 0.1, 0.7]]);
    expect(events[0]).toMatchObject({ node: 'mini', segment: '' });
  });

  test.each([SUCCESS, FAILURE])(
    'the success rate of a node leaves out intents whose last reply at that node was rejected: $success',
    rejectedOutcome => {
      // Half of the later intents end with a rejected reply; half of those with an accepted reply succeed, as before.
      const cells = cellsOf(
        Array.from({ length: 400 }, (_, i): Made => {
          const hour = Math.floor(i / 20);
          const isRejected = hour >= 10 && i % 2 === 0;
          return {
            hour,
            attempts: [attempt('mini', 1, isRejected ? REJECTED : ACCEPTED)],
            evidence: [isRejected ? rejectedOutcome : i % 4 < 2 ? SUCCESS : FAILURE],
          };
        }).map(made),
      );
      expect(rates(driftOf(cells)).map(([kind]) => kind)).toEqual(['rejection']);
    },
  );

  test('segments and versions have separate histories, so that a difference between two of them is not drift', () => {
    const cells = phases([10, 19]);
    const later = phases([20, 4]).filter(({ key }) => key.bucket >= bucketStart(10) / BUCKET_MS);
    expect(driftOf([...cells, ...later])).toHaveLength(1);
    const moved = (change: Partial<Cell['key']>): readonly Cell[] =>
      later.map(({ key, sums }) => ({ key: { ...key, ...change }, sums }));
    expect(driftOf([...cells, ...moved({ segment: 'plan=free' })])).toEqual([]);
    expect(driftOf([...cells, ...moved({ version: 'm2' })]).map(({ kind }) => kind)).toEqual(['version']);
  });

  test('a change of the price hides no change of a rate', () => {
    const cells = phases([10, 19], [10, 4]).map(({ key, sums }) => ({
      key: { ...key, version: key.bucket < bucketStart(7) / BUCKET_MS ? 'a@1$2' : 'a@2$4' },
      sums,
    }));
    expect(driftOf(cells).map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ['version', bucketStart(7)],
      ['success', bucketStart(10)],
    ]);
  });

  test('an event names its segment, and events of all histories are in order of time', () => {
    const drop = phases([10, 19], [10, 4]);
    const earlier = phases([5, 19], [15, 4]).map(({ key, sums }) => ({ key: { ...key, segment: 'plan=free' }, sums }));
    expect(driftOf([...drop, ...earlier])).toMatchObject([
      { segment: 'plan=free', atMs: bucketStart(5) },
      { segment: '', atMs: bucketStart(10) },
    ]);
  });
});

describe('version drift', () => {
  test('a new version of a model is one event, at its first intent, with both versions', () => {
    const events = driftOf(
      cellsOf([
        made({ versions: { mini: 'a@1' } }),
        made({ hour: 3, versions: { mini: 'a@2' } }),
        made({ hour: 4, versions: { mini: 'a@2' } }),
      ]),
    );
    expect(events).toEqual([{ kind: 'version', atMs: bucketStart(3), model: 'mini', from: 'a@1', to: 'a@2' }]);
  });

  test('a tariff that depends on the time of day is one version, and so is a version that an earlier ledger did not name in full', () => {
    const versions = ['a@1', 'a@1$2', 'a@1$3', 'a@1$2', 'a@2$2'];
    const events = driftOf(cellsOf(versions.map((mini, hour) => made({ hour, versions: { mini } }))));
    expect(events).toEqual([{ kind: 'version', atMs: bucketStart(4), model: 'mini', from: 'a@1', to: 'a@2$2' }]);
  });

  test('another model that serves in place of the one asked for is an event, and the next version is reported as following the model’s own', () => {
    const other = { attempts: [attempt('mini', 1, { servedBy: 'gpt-5-pro' })] };
    const events = driftOf(
      cellsOf([
        made({ versions: { mini: 'a@1' }, ...other }),
        made({ hour: 1, versions: { mini: 'a@1' } }),
        made({ hour: 2, versions: { mini: 'a@1' }, ...other }),
        made({ hour: 3, versions: { mini: 'a@2' } }),
      ]),
    );
    expect(events).toEqual([
      { kind: 'version', atMs: bucketStart(0), model: 'mini', from: 'a@1', to: 'served by gpt-5-pro for a@1' },
      { kind: 'version', atMs: bucketStart(3), model: 'mini', from: 'a@1', to: 'a@2' },
    ]);
  });

  test('the first version of a model is not an event, and a third version is reported as following the second', () => {
    const events = driftOf(
      cellsOf([
        made({ hour: 9, versions: { mini: 'a@3' } }),
        made({ versions: { mini: 'a@1' } }),
        made({ hour: 1, plan: ['premium'], versions: { premium: 'b@1' } }),
        made({ hour: 2, versions: { mini: 'a@2' } }),
      ]),
    );
    expect(events).toMatchObject([
      { model: 'mini', from: 'a@1', to: 'a@2' },
      { model: 'mini', from: 'a@2', to: 'a@3' },
    ]);
  });
});

describe('older buckets', () => {
  const DAY_MS = 86_400_000;
  const later = (days: number) => grainsAt(AT_MS + days * DAY_MS);

  test('a change of long ago is dated to its day, then to its week', () => {
    const cells = phases([24 * 40, 19], [24 * 40, 8]);
    const dated = (days: number) => rates(driftOf(foldCells(cells, later(days))));
    expect(dated(30)).toEqual([['success', bucketStart(24 * 40), 0.95, 0.4]]);
    for (const [days, width] of [
      [80, DAY_MS],
      [200, 7 * DAY_MS],
    ] as const) {
      // The bucket with the change in it may be a phase of its own.
      const events = dated(days);
      expect(events.length).toBeLessThanOrEqual(2);
      for (const [, atMs] of events) expect(Math.abs(Number(atMs) - bucketStart(24 * 40))).toBeLessThanOrEqual(width);
      expect(events[0]?.[2]).toBeCloseTo(0.95, 1);
      expect(events.at(-1)?.[3]).toBeCloseTo(0.4, 2);
    }
  });

  test('a version that began long ago is dated to the bucket of its first intent', () => {
    const cells = cellsOf([made({ versions: { mini: 'a' } }), made({ hour: 24 * 30, versions: { mini: 'b' } })]);
    const folded = foldCells(cells, later(200));
    const bucket = folded.find(({ key }) => key.version === 'b')?.key.bucket ?? Number.NaN;
    expect(driftOf(folded)).toEqual([{ kind: 'version', atMs: bucket * BUCKET_MS, model: 'mini', from: 'a', to: 'b' }]);
  });
});
