import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPercent, formatUsd, formatWhole } from '../../../src/core/report/wording.ts';
import { figure, labelBelow, px, roundStep, tickLabels, ticks, ticksIn } from '../../../src/exports/html/svg-figure.ts';

test('ticks are round numbers from 0 to the top, in at most the given number of steps', () => {
  expect(ticks(6.9)).toEqual([0, 2, 4, 6]);
  expect(ticks(0.0043)).toEqual([0, 0.002, 0.004]);
  expect(ticks(1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(10)).toEqual([0, 2.5, 5, 7.5, 10]);
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.integer({ min: 2, max: 9 }), (top, maxSteps) => {
      const all = ticks(top, maxSteps);
      expect(all[0]).toBe(0);
      expect(all.length).toBeLessThanOrEqual(maxSteps + 1);
      expect(all.length).toBeGreaterThan(maxSteps / 2.5);
      expect(all.at(-1)).toBeLessThanOrEqual(top * (1 + 1e-9));
    }),
  );
});

test.each([Number.NaN, Infinity, 0, -1])('a scale up to %d has one tick at 0', top => {
  expect(ticks(top)).toEqual([0]);
});

test('a plot has its escaped title as its accessible name, and scrolls by keyboard', () => {
  const html = figure('"A" & <b>', 99, '<g/>');
  expect(html.match(/aria-label="&quot;A&quot; &amp; &lt;b&gt;/g)).toHaveLength(2);
  expect(html).toContain('tabindex="0"');
  expect(html).toContain('<svg viewBox="0 0 720 99" role="img"');
});

test('a coordinate has one decimal place', () => {
  expect([1, 2.345].map(px)).toEqual(['1.0', '2.3']);
});

test('a plot with a fixed width does not scroll and is not scaled', () => {
  expect(figure('Plans', 100, '', 360)).toBe(
    '<svg width="360" height="100" viewBox="0 0 360 100" role="img" aria-label="Plans"></svg>',
  );
});

test('the round step divides a length into at most the given number of parts', () => {
  expect([roundStep(2, 5), roundStep(2.1, 5), roundStep(0.037, 4), roundStep(90, 3)]).toEqual([0.5, 0.5, 0.01, 50]);
  expect(ticksIn(-8, 8, 5)).toEqual([-5, 0, 5]);
});

test('the label of a tick near the right edge is moved until it fits; any other is centered on its tick', () => {
  const xOf = (text: string, x: number): string | undefined =>
    / x="([^"]*)"/.exec(labelBelow(text, { x, y: 9, width: 400 }))?.[1];
  expect(xOf('$2.50', 370)).toBe('370.0');
  expect(xOf('$0.0000060', 370)).toBe('360.0');
  expect(labelBelow('<b>', { x: 1, y: 9, width: 400 })).not.toContain('<b>');
});

test('no two labels of an axis are equal, and each shows the value of its tick', () => {
  expect(tickLabels([0.0141, 0.0142, 0.0143], formatUsd)).toEqual(['$0.0141', '$0.0142', '$0.0143']);
  expect(tickLabels([0, 0.0125, 0.025], formatUsd)).toEqual(['$0', '$0.0125', '$0.0250']);
  expect(tickLabels([0.955, 0.9575, 0.96], formatWhole)).toEqual(['95.50 %', '95.75 %', '96.00 %']);
  // Labels that are right stay as they are.
  expect(tickLabels([0, 0.05, 0.1], formatUsd)).toEqual(['$0', '$0.050', '$0.10']);
  expect(tickLabels([-0.05, 0, 0.05], formatUsd)).toEqual(['−$0.050', '$0', '$0.050']);
  expect(tickLabels([0, 2000, 4000], formatUsd)).toEqual(['$0', '$2,000', '$4,000']);
  expect(tickLabels([5], formatUsd)).toEqual(['$5.00']);
  fc.assert(
    fc.property(
      fc.double({ min: 1e-6, max: 1e5, noNaN: true }),
      fc.double({ min: 1e-3, max: 1, noNaN: true }),
      fc.constantFrom(formatUsd, formatPercent, formatWhole),
      (from, part, format) => {
        const labels = tickLabels(ticksIn(from, from * (1 + part), 6), format);
        expect(new Set(labels).size).toBe(labels.length);
      },
    ),
  );
});
