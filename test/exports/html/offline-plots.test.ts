import { describe, expect, test } from 'vitest';
import { costAgainstSuccess, lines, paretoFront } from '../../../src/exports/html/offline-plots.ts';
import { elementsOf, gridOf } from './svg.ts';

describe('paretoFront', () => {
  test('the Pareto front excludes dominated points, also a point with equal success at a higher spend', () => {
    const cheap = { x: 1, y: 0.5 };
    const best = { x: 3, y: 0.9 };
    const worse = { x: 4, y: 0.8 };
    const same = { x: 5, y: 0.9 };
    expect(paretoFront([same, worse, best, cheap])).toEqual([cheap, best]);
  });
});

const usd = (value: number): string => `$${value.toFixed(2)}`;
const percent = (value: number): string => `${(100 * value).toFixed(0)} %`;

describe('costAgainstSuccess', () => {
  const dots = [
    { name: 'thompson', colour: 0, x: 0.01, y: 0.9 },
    { name: '<script>', colour: 1, x: 0.02, y: 0.95 },
    { name: 'refused', colour: 2, x: Number.NaN, y: Number.NaN },
  ];

  test('each policy with figures has a dot inside the plot and an escaped name', () => {
    const svg = costAgainstSuccess('Spend', dots, { x: usd, y: percent });
    expect(svg.match(/<circle /g)).toHaveLength(2);
    expect(svg).toContain('>thompson</text>');
    expect(svg).toContain('&lt;script&gt;');
    expect(svg).not.toContain('<script>');
    for (const [, x, y] of svg.matchAll(/cx="([\d.]+)" cy="([\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThan(0);
      expect(Number(x)).toBeLessThan(720);
      expect(Number(y)).toBeGreaterThan(0);
      expect(Number(y)).toBeLessThan(300);
    }
    expect(svg).not.toContain('NaN');
  });

  test('a single dot, or several dots at the same place, have finite coordinates', () => {
    const one = dots.slice(0, 1);
    for (const svg of [one, [...one, ...one]].map(each => costAgainstSuccess('Spend', each, { x: usd, y: percent }))) {
      expect(svg).toContain('<circle');
      expect(svg).not.toMatch(/NaN|Infinity/);
    }
    expect(costAgainstSuccess('Spend', [], { x: usd, y: percent })).toBe('');
  });
});

describe('lines', () => {
  const labels = { x: 'intents', y: 'USD', formatX: String, formatY: usd };

  test('each series has a line, even if its values are 0 or negative', () => {
    const svg = lines(
      'Regret',
      [
        {
          name: 'a',
          colour: 0,
          points: [
            { x: 1, y: 0 },
            { x: 2, y: -1 },
          ],
        },
        {
          name: 'b',
          colour: 1,
          points: [
            { x: 1, y: 0 },
            { x: 2, y: 0 },
          ],
        },
      ],
      labels,
    );
    expect(svg.match(/<polyline /g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity/);
  });

  test('an empty series produces no plot', () => {
    expect(lines('Regret', [], labels)).toBe('');
  });
});

describe('the geometry of the offline plots', () => {
  const value = (x: number): string => String(Math.round(x * 1000) / 1000);
  const formats = { x: value, y: value };
  const dot = (name: string, x: number, y: number) => ({ name, colour: 0, x, y });

  test('dots and the Pareto front lie on the scales of the grid, whose labels are round numbers', () => {
    const svg = costAgainstSuccess('Spend', [dot('a', 2, 0.4), dot('b', 4, 0.6), dot('c', 4, 0.4)], formats);
    const { x, y } = gridOf(svg);
    expect([...x.keys()]).toEqual(['1.8', '2.3', '2.8', '3.3', '3.8']);
    const between = (axis: ReadonlyMap<string, number>, at: number): number => {
      const [[low, lowPx], [high, highPx]] = [...axis].slice(0, 2) as [[string, number], [string, number]];
      return lowPx + ((at - Number(low)) / (Number(high) - Number(low))) * (highPx - lowPx);
    };
    const dots = elementsOf(svg, 'circle').map(each => [each.number('cx'), each.number('cy')]);
    for (const [index, [px, py]] of dots.entries()) {
      const expected =
        [
          [2, 0.4],
          [4, 0.6],
          [4, 0.4],
        ][index] ?? [];
      expect(px).toBeCloseTo(between(x, expected[0] ?? Number.NaN), 0);
      expect(py).toBeCloseTo(between(y, expected[1] ?? Number.NaN), 0);
    }
    const front = elementsOf(svg, 'polyline')[0]
      ?.attribute('points')
      ?.split(' ')
      .map(point => point.split(',').map(Number));
    expect(front).toEqual(dots.slice(0, 2));
  });

  test('the axes show no cost below 0 and no success rate below 0 or above 1', () => {
    const { x, y } = gridOf(costAgainstSuccess('Spend', [dot('free', 0, 1), dot('b', 1, 0)], formats));
    expect([...x.keys()][0]).toBe('0');
    expect([...y.entries()].map(([label, py]) => [label, py])).toEqual(
      expect.arrayContaining([
        ['0', 256],
        ['1', 14],
      ]),
    );
  });

  test('a name is right of its dot, left of it near the right edge, and below a name that it would overlap', () => {
    const svg = costAgainstSuccess('Spend', [dot('left', 0, 0.5), dot('twin', 0, 0.5), dot('right', 1, 0.5)], formats);
    const names = elementsOf(svg, 'text').filter(({ text }) => ['left', 'twin', 'right'].includes(text));
    const [left, twin, right] = elementsOf(svg, 'circle').map(each => each.number('cx'));
    expect(names.map(name => [name.text, name.number('x'), name.attribute('text-anchor')])).toEqual([
      ['left', (left ?? 0) + 8, 'start'],
      ['twin', (twin ?? 0) + 8, 'start'],
      ['right', expect.closeTo((right ?? 0) - 8, 5), 'end'],
    ]);
    const [first = 0, second = 0, third = 0] = names.map(name => name.number('y'));
    expect([second - first, third - first]).toEqual([12, 0]);
  });

  test('lines start at 0 intents, the axis spans all values, and the ninth line is dashed', () => {
    const series = Array.from({ length: 9 }, (_, i) => ({
      name: `s${i}`,
      colour: i % 8,
      points: [
        { x: 0, y: -i },
        { x: 10, y: i },
      ],
    }));
    const labels = { x: 'intents', y: 'USD', formatX: value, formatY: value };
    const drawn = elementsOf(lines('Regret', series, labels), 'polyline');
    const ends = drawn.map(line =>
      line
        .attribute('points')
        ?.split(' ')
        .map(point => point.split(',').map(Number)),
    );
    expect(ends[8]).toEqual([
      [64, 256],
      [704, 14],
    ]);
    expect(ends[0]).toEqual([
      [64, 135],
      [704, 135],
    ]);
    expect(drawn.map(line => line.attribute('stroke-dasharray'))).toEqual([...Array<undefined>(8), '4 3']);
    const { x, y } = gridOf(lines('Regret', series, labels));
    expect([...x.keys()]).toEqual(['0', '2', '4', '6', '8', '10']);
    expect([...y.keys()]).toEqual(['-8', '-3', '2', '7']);
  });
});
