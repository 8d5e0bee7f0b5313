import { describe, expect, test } from 'vitest';
import { band, legend, stackedColumns, stackedBar, whiskers } from '../../../src/exports/html/svg-plots.ts';

const format = (value: number): string => `$${value}`;

describe('every plot', () => {
  const bar = stackedBar('The <bill>', [{ name: 'a', colour: 0, fraction: 0.25, label: '$1' }]);
  test('a bar has its title as its name for screen readers', () =>
    expect(bar).toContain('role="img" aria-label="The &lt;bill&gt;"'));
  test('a bar leaves out parts of size 0', () => {
    expect(stackedBar('b', [{ name: 'a', colour: 0, fraction: 0, label: '' }])).not.toContain('<rect');
  });
  test('plots of infinite or missing figures have finite coordinates only', () => {
    const rows = [
      { name: 'a', colour: 0, value: 1, low: 0.5, high: Infinity, label: '' },
      { name: 'b', colour: 1, value: Number.NaN, low: 0, high: 1, label: 'no outcome yet' },
    ];
    const steps = rows.map((row, i) => ({ ...row, fromMs: i }));
    const all =
      whiskers('w', rows, format) +
      band('b', steps, { format, formatMoment: String }) +
      stackedColumns(
        's',
        [
          { fromMs: 0, fractions: [0.4, 0.6] },
          { fromMs: 1, fractions: [0, 0] },
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

test('a band without any figure is empty', () => {
  expect(band('b', [{ fromMs: 0, value: Number.NaN, low: 0, high: 1 }], { format, formatMoment: String })).toBe('');
});

test('a legend has a name for every colour', () => {
  expect(legend([{ name: 'mini & co', colour: 2, label: '$3' }])).toBe(
    '<ul class="legend"><li><span class="swatch c2"></span>mini &amp; co $3</li></ul>',
  );
});
