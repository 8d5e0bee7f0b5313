import { expect, test } from 'vitest';
import { stepLabel, timeLabels } from '../../../../src/dashboard/page/parts/time-labels.ts';

const at = (text: string): number => Date.parse(`${text}Z`) / 1000;

test('ticks at midnights are days, ticks within one day are times, and ticks across days are both', () => {
  expect(timeLabels([at('2026-11-01T00:00'), at('2026-11-07T00:00')])).toEqual(['1 Nov', '7 Nov']);
  expect(timeLabels([at('2026-11-01T09:30'), at('2026-11-01T10:00')])).toEqual(['09:30', '10:00']);
  expect(timeLabels([at('2026-11-01T12:00'), at('2026-11-02T00:00')])).toEqual(['12:00', '2 Nov']);
  expect(timeLabels([])).toEqual([]);
});

test('a step is named by its day, and also by its time where it is shorter than a day', () => {
  expect(stepLabel(at('2026-11-06T00:00'), 86_400)).toBe('6 Nov');
  expect(stepLabel(at('2026-11-06T14:00'), 3_600)).toBe('6 Nov 14:00');
});
