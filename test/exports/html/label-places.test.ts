import { expect, test } from 'vitest';
import { labelPlaces, shortName } from '../../../src/exports/html/label-places.ts';

const FRAME = { left: 60, right: 700, top: 20, bottom: 250 };

test('a label is right of its dot, and left of it near the right edge', () => {
  const [left, right] = labelPlaces(
    [
      { name: 'premium', x: 100, y: 100 },
      { name: 'frontier', x: 690, y: 60 },
    ],
    FRAME,
  );
  expect(left).toEqual({ x: 110, y: 104, anchor: 'start', isFar: false });
  expect(right).toMatchObject({ x: 680, anchor: 'end' });
});

test('a label begins outside its dot, however large the dot is', () => {
  const [place] = labelPlaces([{ name: 'mini', x: 100, y: 100, radius: 12 }], FRAME);
  expect(place).toEqual({ x: 117, y: 104, anchor: 'start', isFar: false });
});

test('labels of dots at one place do not overlap, and a line connects each distant label to its dot', () => {
  const places = labelPlaces(
    Array.from({ length: 8 }, () => ({ name: 'thompson', x: 300, y: 120 })),
    FRAME,
  );
  expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(8);
  expect(places.filter(({ isFar }) => isFar).length).toBeGreaterThan(0);
  expect(places.filter(({ isFar }) => !isFar).length).toBeGreaterThan(1);
});

test('a label that does not fit into a plot ends with an ellipsis', () => {
  expect(shortName('mini, then premium')).toBe('mini, then premium');
  expect(shortName('a-model-with-a-name-of-forty-characters')).toBe('a-model-with-a-name-of-…');
});

test('a label that is too wide for either side of its dot stays in the plot, above or below the dot', () => {
  const frame = { left: 64, right: 336, top: 28, bottom: 236 };
  const dot = { name: 'mini, then premium if n…', x: 195, y: 130, radius: 12 };
  const [place] = labelPlaces([dot], frame);
  const width = dot.name.length * 6.8;
  const left = place?.anchor === 'start' ? place.x : (place?.x ?? 0) - width;
  expect(left).toBeGreaterThanOrEqual(frame.left);
  expect(left + width).toBeLessThanOrEqual(frame.right + 12);
  expect(Math.abs((place?.y ?? dot.y) - dot.y)).toBeGreaterThan(dot.radius);
});
