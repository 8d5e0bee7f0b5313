import { expect, test } from 'vitest';
import { axes } from '../../../src/exports/html/svg-axes.ts';
import { gridOf } from './svg.ts';

test('the ticks of an axis are round numbers even if the axis does not begin at one, and lie on its scale', () => {
  const x = { from: 0.7, to: 3.2, title: 'spend', format: String };
  const plot = axes(x, { from: 0, to: 1, title: 'success', format: String }, { width: 400, height: 200 });
  const grid = gridOf(plot.grid);
  expect([...grid.x.keys()]).toEqual(['1', '2', '3']);
  for (const [label, at] of grid.x) expect(at).toBeCloseTo(plot.x(Number(label)), 0);
  expect([plot.x(0.7), plot.x(3.2)]).toEqual([plot.frame.left, plot.frame.right]);
  expect([plot.y(0), plot.y(1)]).toEqual([plot.frame.bottom, plot.frame.top]);
});

test('titles of axes are escaped', () => {
  const axis = { from: 0, to: 1, title: '<b>', format: String };
  expect(axes(axis, axis, { width: 400, height: 200 }).grid).not.toContain('<b>');
});
