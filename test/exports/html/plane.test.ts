import { describe, expect, test } from 'vitest';
import { costAgainstSuccess, paretoFront } from '../../../src/exports/html/plane.ts';
import { elementsOf, gridOf } from './svg.ts';

describe('paretoFront', () => {
  test('the Pareto front excludes dominated points, including a point with equal success at a higher spend', () => {
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
  test('nearly equal rates get an axis whose tick labels differ', () => {
    const close = [
      { name: 'a', colour: 0, x: 0.01, y: 0.8514, yRange: [0.797, 0.899] as const },
      { name: 'b', colour: 1, x: 0.02, y: 0.8516, yRange: [0.798, 0.897] as const },
    ];
    const svg = costAgainstSuccess('plans', close, { x: usd, y: percent });
    const rates = [...svg.matchAll(/>(\d+ %)</g)].map(([, text]) => text);
    expect(rates.length).toBeGreaterThan(2);
    expect(new Set(rates).size).toBe(rates.length);
  });

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

describe('the geometry of the plane', () => {
  const value = (x: number): string => String(Math.round(x * 1000) / 1000);
  const formats = { x: value, y: value };
  const dot = (name: string, x: number, y: number) => ({ name, colour: 0, x, y });

  test('dots and the Pareto front lie on the scales of the grid, whose labels are round numbers', () => {
    const svg = costAgainstSuccess('Spend', [dot('a', 2, 0.4), dot('b', 4, 0.6), dot('c', 4, 0.4)], formats);
    const { x, y } = gridOf(svg);
    expect([...x.keys()]).toEqual(['1.5', '2', '2.5', '3', '3.5', '4', '4.5']);
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
        ['1', 28],
      ]),
    );
  });

  test('six policies, some at the same place, have six labels that do not overlap, inside the frame', () => {
    const names = ['always:mini', 'always:premium', 'always:frontier', 'thompson', 'ucb', 'epsilon-greedy'];
    const at = [0.002, 0.0141, 0.19, 0.0139, 0.0142, 0.014];
    const svg = costAgainstSuccess(
      'Spend',
      names.map((name, i) => dot(name, at[i] ?? 0, i === 0 ? 0.7 : 0.95)),
      formats,
    );
    const boxes = elementsOf(svg, 'text')
      .filter(({ text }) => names.includes(text))
      .map(text => {
        const width = text.text.length * 6.8;
        const left = text.number('x') - (text.attribute('text-anchor') === 'end' ? width : 0);
        return { left, right: left + width, top: text.number('y') - 11, bottom: text.number('y') + 3 };
      });
    expect(boxes).toHaveLength(6);
    for (const [i, a] of boxes.entries()) {
      expect(a.left).toBeGreaterThanOrEqual(0);
      expect(a.right).toBeLessThanOrEqual(720);
      for (const b of boxes.slice(i + 1)) {
        const isApart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        expect(isApart).toBe(true);
      }
    }
  });

  test('intervals are a cross that ends at the frame, and the area of a dot shows its share', () => {
    const dots = [
      { ...dot('a', 1, 0.5), xRange: [0.5, 90] as const, yRange: [0.4, 0.6] as const, share: 0.25 },
      { ...dot('b', 2, 0.9), share: 1 },
    ];
    const svg = costAgainstSuccess('Plans', dots, { ...formats, width: 400, height: 260 });
    const ranges = elementsOf(svg, 'line').filter(line => line.attribute('class') === 'range');
    expect(ranges).toHaveLength(2);
    expect(ranges[0]?.number('x2')).toBe(370);
    expect(elementsOf(svg, 'circle').map(each => each.number('r'))).toEqual([7.5, 12]);
    expect(svg).toContain('width="400" height="260"');
  });

  test('an interval that extends beyond the frame ends in an arrow there, and no other interval has one', () => {
    const near = { name: 'near', colour: 0, x: 0.01, y: 0.9, xRange: [0.009, 0.011], yRange: [0.89, 0.91] } as const;
    const wide = { name: 'wide', colour: 1, x: 0.012, y: 0.91, xRange: [0.0119, 9], yRange: [0.1, Infinity] } as const;
    expect(costAgainstSuccess('Spend', [near], { x: usd, y: percent })).not.toContain('<polygon');
    const svg = costAgainstSuccess('Spend', [near, wide], { x: usd, y: percent });
    // Three arrows: to the right, up and down.
    expect(elementsOf(svg, 'polygon').map(arrow => arrow.attribute('fill'))).toEqual(Array(3).fill('var(--c1)'));
    expect(svg).not.toMatch(/NaN|Infinity/);
  });
});
