import { describe, expect, test } from 'vitest';
import { lines } from '../../../src/exports/html/offline-plots.ts';
import { elementsOf, gridOf } from './svg.ts';

const usd = (value: number): string => `$${value.toFixed(2)}`;
const value = (x: number): string => String(Math.round(x * 1000) / 1000);

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
  // From -10 to 10, between the frame's edges.
  const yOf = (y: number): number => Math.round((256 - ((y + 10) / 20) * 228) * 10) / 10;
  const ends = drawn.map(line =>
    line
      .attribute('points')
      ?.split(' ')
      .map(point => point.split(',').map(Number)),
  );
  expect(ends[8]).toEqual([
    [64, yOf(-8)],
    [690, yOf(8)],
  ]);
  expect(ends[0]).toEqual([
    [64, yOf(0)],
    [690, yOf(0)],
  ]);
  expect(drawn.map(line => line.attribute('stroke-dasharray'))).toEqual([...Array<undefined>(8), '4 3']);
  const { x, y } = gridOf(lines('Regret', series, labels));
  expect([...x.keys()]).toEqual(['0', '2', '4', '6', '8', '10']);
  expect([...y.keys()]).toEqual(['-10', '-5', '0', '5', '10']);
});
