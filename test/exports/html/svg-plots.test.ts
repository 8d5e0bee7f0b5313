import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { band, legend, shareColumns, stackedBar, ticks, whiskers } from '../../../src/exports/html/svg-plots.ts';

const format = (value: number): string => `$${value}`;

test('ticks are round, start at nothing, stay below the top, and are few', () => {
  expect(ticks(6.9)).toEqual([0, 2, 4, 6]);
  expect(ticks(0.0043)).toEqual([0, 0.002, 0.004]);
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), top => {
      const all = ticks(top);
      expect(all[0]).toBe(0);
      expect(all.length).toBeLessThanOrEqual(5);
      expect(all.at(-1)).toBeLessThanOrEqual(top * (1 + 1e-9));
    }),
  );
  expect(ticks(Number.NaN)).toEqual([0]);
});

describe('every plot', () => {
  const bar = stackedBar('The <bill>', [{ name: 'a', colour: 0, share: 0.25, label: '$1' }]);
  test('has a name for who does not see it', () => expect(bar).toContain('role="img" aria-label="The &lt;bill&gt;"'));
  test('leaves out parts of nothing', () => {
    expect(stackedBar('b', [{ name: 'a', colour: 0, share: 0, label: '' }])).not.toContain('<rect');
  });
  test('draws only finite numbers, whatever it is given', () => {
    const rows = [
      { name: 'a', colour: 0, value: 1, low: 0.5, high: Infinity, label: '' },
      { name: 'b', colour: 1, value: Number.NaN, low: 0, high: 1, label: 'no outcome yet' },
    ];
    const steps = rows.map((row, i) => ({ ...row, fromMs: i }));
    const all =
      whiskers('w', rows, format) +
      band('b', steps, { format, formatMoment: String }) +
      shareColumns(
        's',
        [
          { fromMs: 0, shares: [0.4, 0.6] },
          { fromMs: 1, shares: [0, 0] },
        ],
        {
          parts: rows,
          format: String,
        },
      );
    expect(all).not.toMatch(/NaN|Infinity/);
    expect(all).toContain('b: no outcome yet');
  });
});

test('a band without any figure is nothing', () => {
  expect(band('b', [{ fromMs: 0, value: Number.NaN, low: 0, high: 1 }], { format, formatMoment: String })).toBe('');
});

test('a legend names every colour in words', () => {
  expect(legend([{ name: 'mini & co', colour: 2, label: '$3' }])).toBe(
    '<ul class="legend"><li><span class="swatch c2"></span>mini &amp; co $3</li></ul>',
  );
});
