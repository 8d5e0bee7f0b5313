import { describe, expect, test } from 'vitest';
import { renderFeature, renderReport } from '../../../src/cli/text/report-text.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';
import { attempt } from '../../core/support/intents.ts';

const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };
const feature = reportFeature(
  'support.reply',
  cellsOf(
    many(40, { evidence: [SUCCESS] }),
    many(12, { evidence: [{ ...FAILURE, escalated: true, costNanoUsd: 30e9 }] }),
    many(7, {}),
    many(9, {
      attempts: [attempt('mini', 10_000_000), attempt('mini', 10_000_000, { turn: 2, requestId: 'r2' })],
      evidence: [SUCCESS],
    }),
  ),
  { facts, halfWidthUsd: 0.05 },
);
const text = renderFeature(feature);

describe('the text of a feature', () => {
  test.each([
    ['missing outcomes', '7 pending and 0 unknown outcomes are left out of every success rate.'],
    ['human handoffs', 'A person took over 12 times.'],
    [
      'a failure cost that differs from the configured one',
      'cost $30.00 on average, the configuration expected $15.00',
    ],
    ['the cost of several turns', '(9 intents).'],
    ['outcomes needed for a narrower interval', 'more outcomes until the cost per intent is known to ±'],
    ['the parts of the total cost', 'Failure cost'],
    ['a plan without intents', 'premium'],
  ])('the text of a feature contains %s', (_, words) => {
    expect(text).toContain(words);
  });

  test('where some clients do not reach every plan, a column lists the clients that reach each plan', () => {
    const candidate = (model: string, clients: readonly string[]) => ({ model, providerModel: model, clients });
    const reached = (mini: readonly string[], premium: readonly string[]): string =>
      renderFeature({ ...feature, candidates: [candidate('mini', mini), candidate('premium', premium)] });
    const both = ['openai-chat', 'anthropic-messages'];

    expect(text).not.toContain('Clients');
    expect(reached(both, both)).not.toContain('Clients');
    const some = reached(both, ['anthropic-messages']);
    expect(some).toContain('Clients');
    expect(some).toMatch(/│ mini .* all +│$/m);
    expect(some).toMatch(/│ premium .* anthropic-messages +│$/m);
    expect(reached(['openai-chat'], [])).toMatch(/│ premium .* none +│$/m);
  });

  test('parts of the total cost that are zero are left out', () => {
    expect(text).not.toContain('Judges');
    expect(text).not.toContain('Retries');
  });
});

test('a table fits a terminal of 132 columns', () => {
  const longest = Math.max(
    ...renderReport(combineReports([feature], { madeAtMs: 1, gains: new Map() }))
      .split('\n')
      .filter(line => /^[│┌├└]/.test(line))
      .map(line => line.length),
  );
  expect(longest).toBeLessThanOrEqual(132);
});

test('the report of an empty ledger says that it has no intents', () => {
  expect(renderReport(combineReports([], { madeAtMs: 1, gains: new Map() }))).toBe('The ledger has no intents yet.');
});

test('savings are followed by the note on intents that are left out, and a refused estimate by its reason', () => {
  const figure = { value: 2, low: -1, high: 5 };
  const savings = {
    baseline: 'premium',
    features: [
      {
        feature: 'a',
        intents: 200,
        kind: 'estimate',
        baselineCostPerIntentUsd: { value: 3, low: 0, high: 6 },
        costPerIntentUsd: 1,
        perIntentUsd: figure,
        inAllUsd: figure,
        note: '3 are left out.',
      },
      { feature: 'b', intents: 20, kind: 'refused', reason: 'too few intents' },
    ],
  } as const;
  const report = combineReports([feature], { madeAtMs: 0, gains: new Map() });
  const text = renderReport({ ...report, savings });
  expect(text).toContain('\na: 3 are left out.\nb: too few intents.\n');
  expect(text).toMatch(/│ a +│ +200 │ +\$3\.00 \(0\.00–6\.00\) │ +\$1\.00 │ +\$2\.00 \(−1\.00 to 5\.00\) │/);
  expect(text).toMatch(/│ b +│ +20 │ +no estimate │ +– │ +– │ +– │/);
});

test('a report marks the features that need attention in its table, and lists them below it', () => {
  const others = Array.from({ length: 24 }, (_, i) =>
    reportFeature(`quiet-${i}`, cellsOf(many(40, { evidence: [SUCCESS] })), { facts }),
  );
  const never = reportFeature('never.labelled', cellsOf(many(40, {})), { facts });
  const report = combineReports([...others, never], { madeAtMs: 1, gains: new Map() });
  const printed = renderReport(report);
  expect(printed.match(/^│ ! \S+/gm)).toEqual(['│ ! never.labelled']);
  expect(printed).toContain('1 of 25 features needs attention:\n  ! never.labelled: None of 40 intents has an outcome');
  expect(renderReport(combineReports(others, { madeAtMs: 1, gains: new Map() }))).not.toContain('attention');
});
