import { expect, test } from 'vitest';
import { driftOf } from '../../../src/core/report/drift.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { cellsOf, FAILURE, made, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';

const bucketStart = (hour: number): number => Math.floor(AT_MS / BUCKET_MS + hour) * BUCKET_MS;

/** Ten intents an hour, succeeding at the rate of the hour. */
function traffic(hours: number, rate: (hour: number) => number, seed = 1) {
  const random = seededRandom(seed);
  return Array.from({ length: hours * 10 }, (_, i) => {
    const hour = Math.floor(i / 10);
    return made({ hour, evidence: [random.next() < rate(hour) ? SUCCESS : FAILURE] });
  });
}

test('a success rate that drops is found at its hour, with the rates before and after', () => {
  const events = driftOf(cellsOf(traffic(60, hour => (hour < 30 ? 0.95 : 0.55))));
  expect(events).toHaveLength(1);
  const [event] = events;
  if (event?.kind !== 'success') return expect.unreachable();
  expect(Math.abs(event.atMs - bucketStart(30))).toBeLessThanOrEqual(2 * BUCKET_MS);
  expect(event.before.value).toBeGreaterThan(0.9);
  expect(event.after.value).toBeLessThan(0.65);
});

test('a drop and a recovery are two events, in the order of time', () => {
  const events = driftOf(cellsOf(traffic(90, hour => (hour >= 30 && hour < 60 ? 0.4 : 0.95))));
  expect(events.map(event => event.kind)).toEqual(['success', 'success']);
  expect((events[0]?.atMs ?? 0) < (events[1]?.atMs ?? 0)).toBe(true);
});

test('a rate that stays is no event: 40 histories of 600 outcomes raise at most one alarm', () => {
  const alarms = Array.from({ length: 40 }, (_, seed) => driftOf(cellsOf(traffic(60, () => 0.9, seed))).length);
  expect(alarms.reduce((a, b) => a + b)).toBeLessThanOrEqual(1);
});

test('another version of a model is an event with both versions, said once', () => {
  const events = driftOf(
    cellsOf([
      made({ versions: { mini: 'a@1' } }),
      made({ hour: 3, versions: { mini: 'a@2' } }),
      made({ hour: 4, versions: { mini: 'a@2' } }),
    ]),
  );
  expect(events).toEqual([{ kind: 'version', atMs: bucketStart(3), model: 'mini', from: 'a@1', to: 'a@2' }]);
});
