import { describe, expect, test } from 'vitest';
import { costAgainstSuccess, lines, paretoFront } from '../../../src/exports/html/offline-plots.ts';

describe('paretoFront', () => {
  test('the Pareto front excludes dominated points, equal ones included', () => {
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

  test('one dot, or several at one place, have finite coordinates', () => {
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
