import { expect, test } from 'vitest';
import { renderChecks } from '../../../src/cli/text/check-text.ts';
import { wilson } from '../../../src/core/math/interval.ts';

test('each check has its limit, the figure and whether it is exceeded, and the period is named', () => {
  const text = renderChecks({
    period: { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) },
    checks: [
      { feature: 'f', limit: 'minSuccess', allowed: 0.9, figure: wilson(80, 100), state: 'exceeded' },
      { feature: null, limit: 'maxSpend', allowed: 10, figure: { value: 4, low: 4, high: 4 }, state: 'within' },
      {
        feature: 'f',
        limit: 'drift',
        node: 'mini>premium',
        atMs: Date.UTC(2026, 10, 5),
        allowed: 0.95,
        figure: wilson(70, 100),
        state: 'exceeded',
      },
    ],
  });
  expect(text).toMatch(/│ f +│ success, at least +│ +90\.0 % │ +80\.0 % \(71\.1–86\.7\) │ EXCEEDED/);
  expect(text).toMatch(/│ all together +│ model spend, at most +│ +\$10\.00 │ +\$4\.00 │ within/);
  expect(text).toMatch(/│ f +│ success of premium after mini fell at 2026-11-05 00:00 UTC, from +│ +95\.0 % │/);
  expect(text).toContain('Period: 2026-11-01 00:00 until 2026-12-01 00:00 UTC.');
});
