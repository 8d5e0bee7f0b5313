import { describe, expect, test } from 'vitest';
import { band, legend, stackedColumns, stackedBar, whiskers } from '../../../src/exports/html/svg-plots.ts';
import { elementsOf, gridOf } from './svg.ts';

const format = (value: number): string => `$${value}`;

describe('every plot', () => {
  const bar = stackedBar('The <bill>', [{ name: 'a', colour: 0, fraction: 0.25, label: '$1' }]);
  test('a bar has its title as its accessible name', () =>
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

test('a legend has a name for every color', () => {
  expect(legend([{ name: 'mini & co', colour: 2, label: '$3' }])).toBe(
    '<ul class="legend"><li><span class="swatch c2"></span>mini &amp; co $3</li></ul>',
  );
});

describe('the geometry of plots', () => {
  const part = (name: string, colour: number) => ({ name, colour, label: name });

  test('the parts of a bar lie side by side, as wide as their fractions, a pixel apart', () => {
    const parts = [0.25, 0, 0.5, 0.25].map((fraction, colour) => ({ ...part('p', colour), fraction }));
    const rects = elementsOf(stackedBar('b', parts), 'rect');
    expect(rects.map(rect => [rect.number('x'), rect.number('width')])).toEqual([
      [0, 179],
      [180, 359],
      [540, 179],
    ]);
    expect(rects.map(rect => rect.attribute('fill'))).toEqual(['var(--c0)', 'var(--c2)', 'var(--c3)']);
    expect(elementsOf(stackedBar('b', [{ ...part('tiny', 0), fraction: 1e-6 }]), 'rect')[0]?.number('width')).toBe(0.5);
  });

  test('dots and intervals lie on the scale of the grid, one row below the other', () => {
    const svg = whiskers(
      'w',
      [
        { ...part('a', 0), value: 1, low: 0, high: 2 },
        { ...part('b', 1), value: 2, low: 1, high: 4 },
      ],
      format,
    );
    const { x } = gridOf(svg);
    expect([...x.keys()]).toEqual(['$0', '$1', '$2', '$3', '$4']);
    const at = (value: number) => x.get(`$${value}`);
    expect(elementsOf(svg, 'circle').map(dot => [dot.number('cx'), dot.number('cy')])).toEqual([
      [at(1), 26],
      [at(2), 62],
    ]);
    const intervals = elementsOf(svg, 'line').filter(line => line.attribute('class') === undefined);
    expect(intervals.map(line => [line.number('x1'), line.number('x2'), line.number('y1')])).toEqual([
      [at(0), at(2), 26],
      [at(1), at(4), 62],
    ]);
    expect(
      elementsOf(svg, 'text')
        .filter(text => text.attribute('class') === 'label')
        .map(text => text.number('y')),
    ).toEqual([15, 51]);
    expect(svg).toContain('viewBox="0 0 720 92"');
    expect([at(0), at(4)]).toEqual([8, 690]);
  });

  test('a scale ends at three times the largest figure, and an unbounded interval is drawn to the edge', () => {
    const rows = [
      { ...part('wide', 0), value: 1, low: 0, high: 100 },
      { ...part('unbounded', 1), value: 1, low: 0, high: Infinity },
      { ...part('none', 2), value: Number.NaN, low: Number.NaN, high: Number.NaN },
    ];
    const svg = whiskers('w', rows, format);
    const intervals = elementsOf(svg, 'line').filter(line => line.attribute('class') === undefined);
    expect(intervals.map(line => line.number('x2'))).toEqual([690, 690]);
    // Both go on beyond the scale, and say so.
    expect(elementsOf(svg, 'polygon').map(arrow => arrow.attribute('class'))).toEqual(['cut', 'cut']);
    expect([...gridOf(svg).x.keys()].at(-1)).toBe('$3');
    expect(elementsOf(svg, 'text').map(({ text }) => text)).toContain('none: none');
  });

  test('columns are side by side, and their parts are stacked up to 100 %', () => {
    const parts = [part('a', 3), part('b', 5)];
    const steps = [
      { fromMs: 0, fractions: [0.5, 0.5] },
      { fromMs: 1, fractions: [0, 1] },
    ];
    const svg = stackedColumns('s', steps, { parts, format: String });
    const { y } = gridOf(svg);
    expect([...y.keys()]).toEqual(['0 %', '50 %', '100 %']);
    const [zero = 0, half = 0, full = 0] = y.values();
    expect([zero, full]).toEqual([150, 6]);
    const rects = elementsOf(svg, 'rect').map(rect => ['x', 'y', 'height'].map(name => rect.number(name)));
    expect(rects).toEqual([
      [56, half, zero - half],
      [56, full, half - full],
      [388, full, zero - full],
    ]);
    expect(elementsOf(svg, 'rect').map(rect => rect.attribute('fill'))).toEqual([
      'var(--c3)',
      'var(--c5)',
      'var(--c5)',
    ]);
    expect(elementsOf(svg, 'rect')[0]?.number('width')).toBeCloseTo(332.3, 9);
  });

  test.each([
    [1, 1],
    [6, 6],
    [7, 4],
    [13, 5],
    [60, 6],
  ])('a plot of %i time steps has %i labels, each below its column', (count, labels) => {
    const steps = Array.from({ length: count }, (_, i) => ({ fromMs: i, fractions: [1] }));
    const svg = stackedColumns('s', steps, { parts: [part('a', 0)], format: fromMs => `at ${fromMs}` });
    const shown = elementsOf(svg, 'text').filter(({ text }) => text.startsWith('at '));
    expect(shown).toHaveLength(labels);
    const columns = elementsOf(svg, 'rect').map(rect => rect.number('x'));
    for (const each of shown) expect(each.number('x')).toBe(columns[Number(each.text.slice(3))]);
    // A label that begins near the edge ends there, so that none is cut.
    for (const each of shown) expect(each.attribute('text-anchor')).toBe(each.number('x') > 644 ? 'end' : undefined);
  });

  test('the axis of a band leaves room for its longest label', () => {
    const steps = [{ fromMs: 0, value: 2, low: 1, high: 3 }];
    const svg = band('b', steps, { format: value => `$${value}.000000001`, formatMoment: String });
    const label = elementsOf(svg, 'text').find(({ text }) => text === '$2.000000001');
    // An end-anchored text of twelve digits is about 80 pixels wide.
    expect(label?.number('x')).toBeGreaterThan(80);
    expect(elementsOf(svg, 'rect')[0]?.number('x')).toBeGreaterThan(label?.number('x') ?? Infinity);
  });

  test('a band draws its figures and intervals on the scale of the grid, in the middle of each time step', () => {
    const steps = [
      { fromMs: 0, value: 1, low: 0, high: 2 },
      { fromMs: 1, value: Number.NaN, low: 0, high: 1 },
      { fromMs: 2, value: 2, low: 1, high: 3 },
    ];
    const svg = band('b', steps, { format, formatMoment: String });
    const { y } = gridOf(svg);
    expect([...y.keys()]).toEqual(['$0', '$2']);
    const [zero = 0, two = 0] = y.values();
    const yOf = (value: number): number => zero + ((two - zero) * value) / 2;
    const step = 664 / 3;
    const dots = elementsOf(svg, 'circle');
    for (const [dot, index, value] of [
      [dots[0], 0, 1],
      [dots[1], 2, 2],
    ] as const) {
      expect(dot?.number('cx')).toBeCloseTo(56 + (index + 0.5) * step, 0);
      expect(dot?.number('cy')).toBeCloseTo(yOf(value), 0);
    }
    const [first, second] = elementsOf(svg, 'rect');
    expect([first?.number('y'), second?.number('y')]).toEqual([expect.closeTo(yOf(2), 0), expect.closeTo(yOf(3), 0)]);
    expect(first?.number('height')).toBeCloseTo(zero - yOf(2), 0);
    expect(first?.number('x')).toBeCloseTo(56 + 0.5, 0);
    expect(first?.number('width')).toBeCloseTo(step - 1, 0);
  });

  test.each([
    [4, 4],
    [40, 4],
  ])('an interval up to %d widens the scale to at most four times the median, %d', (high, top) => {
    const steps = [1, 1, 1].map((value, fromMs) => ({ fromMs, value, low: 0, high: fromMs === 1 ? high : 1 }));
    const { y } = gridOf(band('b', steps, { format, formatMoment: String }));
    const [zero = 0, two = 0] = [y.get('$0'), y.get('$2')];
    expect(elementsOf(band('b', steps, { format, formatMoment: String }), 'polygon')).toHaveLength(high > top ? 1 : 0);
    // The scale ends 5 % above.
    expect(((zero - 6) * 2) / (zero - two)).toBeCloseTo(top * 1.05, 1);
  });
});
