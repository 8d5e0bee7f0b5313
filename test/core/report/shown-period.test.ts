import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NAMED_PERIODS, shownPeriod } from '../../../src/core/report/shown-period.ts';

const utc = (text: string): number => Date.parse(`${text}Z`);
const NOW = utc('2026-11-27T14:30');

describe('a named period', () => {
  test.each([
    // As `date -u -d` counts the days: today and the days before it.
    ['today', '2026-11-27T00:00', undefined, '2026-11-26T00:00', '2026-11-26T15:00'],
    ['7d', '2026-11-21T00:00', undefined, '2026-11-14T00:00', '2026-11-20T15:00'],
    ['30d', '2026-10-29T00:00', undefined, '2026-09-29T00:00', '2026-10-28T15:00'],
    ['month', '2026-11-01T00:00', undefined, '2026-10-01T00:00', '2026-10-27T15:00'],
    ['2026-10', '2026-10-01T00:00', '2026-11-01T00:00', '2026-09-01T00:00', '2026-10-01T00:00'],
    ['2026-03', '2026-03-01T00:00', '2026-04-01T00:00', '2026-02-01T00:00', '2026-03-01T00:00'],
    ['2026-10-05..2026-10-07', '2026-10-05T00:00', '2026-10-08T00:00', '2026-10-02T00:00', '2026-10-05T00:00'],
    ['2026-11-20..2026-11-27', '2026-11-20T00:00', undefined, '2026-11-12T00:00', '2026-11-19T15:00'],
  ])('%s has its first day, its end, and an equally long time before', (name, from, to, fromBefore, toBefore) => {
    expect(shownPeriod(name, { nowMs: NOW })).toEqual({
      name,
      fromMs: utc(from),
      ...(to === undefined ? {} : { toMs: utc(to) }),
      before: { fromMs: utc(fromBefore), toMs: utc(toBefore) },
    });
  });

  test('in the first moment of a day or of a month, its first hour is compared', () => {
    const nowMs = utc('2026-12-01T00:00');
    const before = (from: string, to: string) => ({ fromMs: utc(from), toMs: utc(to) });
    expect(shownPeriod('today', { nowMs }).before).toEqual(before('2026-11-30T00:00', '2026-11-30T01:00'));
    expect(shownPeriod('month', { nowMs }).before).toEqual(before('2026-11-01T00:00', '2026-11-01T01:00'));
  });

  test('a period of all time has no earlier period, and other periods are compared only on request', () => {
    expect(shownPeriod('all', { nowMs: NOW })).toEqual({ name: 'all' });
    expect(shownPeriod('7d', { nowMs: NOW, isCompared: false })).not.toHaveProperty('before');
  });

  test('a name that is not a period is refused with those that would be accepted', () => {
    for (const name of ['', '8d', '2026-13', '2026-02-30..2026-03-01', '2026-03-02..2026-03-01', '2026-1', '../x']) {
      expect(() => shownPeriod(name, { nowMs: NOW })).toThrow(/is not a period.*today.*2026-10-01\.\.2026-10-07/);
    }
  });
});

test('law: a period and the one before it share no hour, and the earlier one is at most as long as the whole period will be', () => {
  const names = fc.constantFrom(...Object.keys(NAMED_PERIODS), '2026-01', '2026-01-30..2026-02-02');
  const now = fc.integer({ min: utc('2026-02-10T00:00'), max: utc('2029-01-01T00:00') });
  fc.assert(
    fc.property(names, now, (name, nowMs) => {
      const { fromMs = 0, toMs, before } = shownPeriod(name, { nowMs });
      if (before === undefined) return;
      expect(before.toMs).toBeLessThanOrEqual(fromMs);
      expect(before.fromMs).toBeLessThan(before.toMs);
      expect(before.toMs - before.fromMs).toBeLessThanOrEqual((toMs ?? nowMs + 3_600_000) - fromMs + 3 * 86_400_000);
    }),
    { examples: [['today', utc('2026-02-10T00:00')]] },
  );
});
