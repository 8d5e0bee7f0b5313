/** The text about kept benchmark results (who wins, which bars were missed) is derived from the figures alone. */
import { describe, expect, test } from 'vitest';
import type {
  ContextResult,
  FeaturesResult,
  MillionResult,
  OffPolicyResult,
  OverheadResult,
  OverheadRow,
  RoutingResult,
  StatisticsResult,
} from '../benchmarks/results.ts';
import type { Cell, Row } from '../benchmarks/routing/measure.ts';
import { atLeast, atMost } from '../benchmarks/statistics/check.ts';
import { contextFigures } from '../tools/context-figures.ts';
import { measuredFigures } from '../tools/measured-figures.ts';
import { featuresFigures, overheadFigures } from '../tools/overhead-figures.ts';
import { millionFigures, offPolicyFigures } from '../tools/replay-figures.ts';
import { routingFigures } from '../tools/routing-figures.ts';
import { verdictOn } from '../tools/routing-verdicts.ts';
import { sessionFigures } from '../tools/session-figures.ts';
import { statisticsFigures } from '../tools/statistics-figures.ts';

const origin = { command: 'npm run something', machine: { cores: 2, node: '26.0.0' }, seconds: 60 };

function row(policy: string, ratio: number, error?: number): Row {
  return { policy, ratio, ...(error === undefined ? {} : { error }), successRate: 0.9, spendShare: 0.5 };
}

function cell(rows: Cell['rows'], times: number, policies: readonly Row[]): Cell {
  return { on: 'small / large', rows, times, intents: 1000, shuffles: 4, policies };
}

function made(figures: Readonly<Record<string, { readonly make: () => string }>>, name: string): string {
  return figures[name]?.make() ?? `no ${name}`;
}

describe('routing', () => {
  const others = ['always premium', 'random-mix', 'commit-after-100', 'track-and-stop', 'weighted-rule'].map(policy =>
    row(policy, 2),
  );
  const at1 = cell('all', 1, [
    row('thompson', 1.01, 0.001),
    row('always cheap', 1),
    row('epsilon-greedy', 1.2, 0.01),
    ...others,
  ]);
  const at10 = cell('all', 10, [
    row('thompson', 1.05, 0.01),
    row('always cheap', 1.4),
    row('epsilon-greedy', 1.06, 0.01),
    row('oracle per feature', 1),
    ...others,
  ]);
  const result: RoutingResult = {
    ...origin,
    seed: 1,
    cells: [at1, at10, cell('heldout', 1, [row('thompson', 1.5, 0.1), row('always cheap', 1.25), ...others])],
    quality: [
      {
        on: 'small / large',
        intents: 100,
        needed: 0.9,
        success: 0.85,
        low: 0.8,
        high: 0.89,
        share: 0.3,
        staticSuccess: 0.9,
        staticShare: 0.4,
        published: { success: 90, share: 40 },
      },
    ],
    checks: [
      { what: 'below random mix', value: 1.01, atMost: 1.2, passes: true },
      { what: 'within 5 %', value: 1.06, atMost: 1.05, passes: false },
    ],
  };

  test('the verdict names every case that a rival policy wins, with both figures', () => {
    expect(verdictOn([at1, at10], ['always cheap', 'epsilon-greedy'])).toBe(
      'the router has the lowest cost in 1 of 2 cases, of which 1 by less than two standard errors. It does not win against\n\n' +
        '- **always cheap**: small / large, 1× (1.000 against 1.010)',
    );
  });

  test('a rival that wins by at most two standard errors is marked as such in the verdict', () => {
    const near = cell('all', 1, [row('thompson', 1.02, 0.01), row('epsilon-greedy', 1.01, 0.01)]);
    expect(verdictOn([near], ['epsilon-greedy'])).toContain('(1.010 against 1.020, within two standard errors)');
  });

  test('figures that are printed as equal are a tie, which counts as a win for both', () => {
    const tie = cell('all', 1, [row('thompson', 1.0004, 0.0001), row('always cheap', 1.0003)]);
    expect(verdictOn([tie], ['always cheap'])).toMatch(/^the router has the lowest cost in 1 of 1 cases/);
  });

  test('the verdict has no list if the router always wins', () => {
    const wins = cell('all', 1, [row('thompson', 1, 0.001), row('always cheap', 1.5)]);
    expect(verdictOn([wins], ['always cheap'])).toBe('the router has the lowest cost in 1 of 1 cases.');
  });

  test('the table of the routing benchmark has a row for each case on all data rows, the lowest cost in bold, and the held-out mean', () => {
    const text = made(routingFigures(result), 'routing');
    expect(text).toContain('| small / large, 1× | 1.010 ± 0.001 | **1.000** |');
    expect(text).toContain('| small / large, 10× | **1.050 ± 0.010** | 1.400 |');
    expect(text.match(/^\| small/gm)).toHaveLength(2);
    expect(text).toContain(
      "the router's mean is 1.500; that of the better of always cheap and always premium, whichever it is in each row, 1.250.",
    );
    expect(text).not.toContain('oracle');
  });

  test('a policy without figures is an error instead of a blank cell', () => {
    const rest = at1.policies.filter(({ policy }) => policy !== 'track-and-stop');
    const figures = routingFigures({ ...result, cells: [{ ...at1, policies: rest }] });
    expect(() => made(figures, 'routing')).toThrow('small / large, 1× has no figures of "track-and-stop"');
  });

  test('results of a run without the benchmark’s data files are refused', () => {
    expect(() => routingFigures({ ...result, quality: [] })).toThrow('run the benchmark with its data files');
  });

  test('an oracle is shown but never counts as a rival', () => {
    const text = made(routingFigures(result), 'routing-pairs');
    expect(text).toContain('| oracle per feature |  | 1.000 |');
    expect(made(routingFigures(result), 'routing-losses')).not.toContain('oracle');
  });

  test('missed bars are listed', () => {
    expect(made(routingFigures(result), 'routing-pairs')).toContain(
      '1 of 2 bars reached.\n- missed: within 5 % (1.060 > 1.050)',
    );
  });

  test('the quality figures name every case in which the published quality was not reached', () => {
    expect(made(routingFigures(result), 'routing-quality')).toMatch(/in 0 of 1; .* in 1: small \/ large\.$/);
  });
});

describe('statistics', () => {
  const result: StatisticsResult = {
    ...origin,
    seeds: 200,
    smoke: false,
    missed: 1,
    figures: [
      {
        name: 'regret: article',
        value: 90,
        standardError: 4,
        unit: 'USD',
        bar: { is: 'at most', value: 80 },
        passes: false,
      },
      { name: '  rule A', value: 60, standardError: 3, unit: 'USD', passes: true },
      { name: '  rule B', value: 95, standardError: 3, unit: 'USD', passes: true },
      { name: 'coverage: |x|', value: 95, unit: '%', bar: { is: 'at least', value: 94 }, passes: true },
      { name: 'coverage: |x|', value: 95, unit: '%', bar: { is: 'at most', value: 96.5 }, passes: true },
      { name: 'flag', value: 2, unit: '%', note: 'of 3', passes: true },
      { name: '  z-test', value: 25, standardError: 3, unit: '%', passes: true },
    ],
  };

  test('rival policies are shown in the row of the router’s figure, and those that win are named', () => {
    expect(made(statisticsFigures(result), 'statistics-regret')).toBe(
      '| world | router | bar | rule A | rule B |\n|---|---:|---:|---:|---:|\n| article | 90 ± 4 | ≤ 80 | **60 ± 3** | 95 ± 3 |\n\n' +
        "The router's regret is the lowest in 0 of 1 worlds with rivals. Lower is\n\n- **article** (90 USD): rule A 60 USD",
    );
  });

  test('a figure with a lower and an upper bar is one row, and a pipe character in its name is escaped', () => {
    const text = made(statisticsFigures(result), 'statistics');
    expect(text).toContain('| coverage: \\|x\\| | 95.00 % | ≥ 94, ≤ 96.5 |  |');
    expect(text).toContain('| flag | 2.00 % (of 3) |  | z-test 25.00 % ± 3.00 |');
  });

  test('missed bars are listed', () => {
    expect(made(statisticsFigures(result), 'statistics')).toContain(
      '2 of 3 bars reached, those of the regret among them; 200 seeds.\n- missed: regret: article (90 USD, bar ≤ 80)',
    );
  });
});

describe('replays', () => {
  const answers = {
    target: 'always mini',
    isByKind: false,
    refused: 1,
    coverage: 0.95,
    coverageOfSuccess: 0.95,
    coverageOfSnips: 0.95,
    wrongSigns: 0,
    bias: 0.01,
    width: 0.2,
    savingWidthUsd: 0.1,
  };
  const offPolicy: OffPolicyResult = {
    ...origin,
    seed: 'ledger 0 …',
    ledgers: 20,
    refused: 2,
    coverage: 0.925,
    bar: 0.92,
    barOfEach: 0.85,
    wrongSigns: 0,
    byKind: { asked: 10, refused: 9 },
    rows: [
      { ...answers, world: 'easy', answered: 10, coverageOfSaving: 1 },
      { ...answers, world: 'hard', answered: 10, coverageOfSaving: 0.8 },
      { ...answers, world: 'by kind', answered: 1, coverageOfSaving: 0, isByKind: true },
    ],
  };
  const million: MillionResult = {
    ...origin,
    seed: 'a million rows',
    world: 'subjects',
    rows: 1_000_000,
    intents: 500_000,
    fileMb: 7.08,
    bars: { seconds: 10, peakRssMb: 500 },
    policies: [
      { policy: 'slow', seconds: 12, readSeconds: 2, cpuSeconds: 11, peakRssMb: 300, ratio: 1.1, passes: false },
      { policy: 'quick', seconds: 3, readSeconds: 2, cpuSeconds: 3, peakRssMb: 300, ratio: 1.1, passes: true },
    ],
  };

  test('a world with too low interval coverage is named even if the mean coverage is above the bar', () => {
    expect(made(offPolicyFigures(offPolicy), 'off-policy')).toMatch(
      /92\.5 % of 20 intervals .* 2 questions were refused\. Of 10 questions .* 9 were refused; of the answers to the others, 0 % hold the saving and 95\.0 % the cost \(bar: at least 92\.0 %\)\. Below the bar of each: hard, always mini \(80\.0 %\)\.$/,
    );
  });

  test('a row without an answer has no figures, instead of intervals that never hold', () => {
    const nothing = { coverageOfSaving: Number.NaN, coverage: Number.NaN, bias: Number.NaN, width: Number.NaN };
    const row = { ...answers, ...nothing, world: 'refused', answered: 0 };
    // A result is kept as JSON, which has no NaN.
    const kept = JSON.parse(JSON.stringify({ ...offPolicy, rows: [row] })) as OffPolicyResult;
    const table = made(offPolicyFigures(kept), 'off-policy');
    expect(table).toMatch(/\| refused, always mini \| 0 \| \d+ \| – \| – \| – \| – \| – \| – \|/);
  });

  test('policies that miss the time bar are named', () => {
    expect(made(millionFigures(million), 'million')).toContain('Bars: 10 s and 500 MB; missed by slow.');
  });
});

describe('the cost of a call', () => {
  const overhead = (name: string, more: Partial<OverheadRow>): OverheadRow => ({
    name,
    directUs: 40,
    addedUs: 20,
    addedQuartilesUs: [15, 25],
    addedQuietUs: 18,
    quietRatio: 1.45,
    ratio: 1.5,
    selfRatio: 1,
    ok: true,
    ...more,
  });
  const result: OverheadResult = {
    ...origin,
    rounds: 60,
    comparisons: [
      overhead('plain call', { maxAddedUs: 10, maxRatio: 1.15, ok: false }),
      overhead('stream', { maxRatio: 1.6 }),
      overhead('a step', {}),
    ],
    decision: { ns: 60, maxNs: 200 },
    ok: false,
  };

  test('the overhead of a call is shown beside its bars, and missed bars are named', () => {
    const text = made(overheadFigures(result), 'overhead');
    expect(text).toContain('| plain call | 40.0 | 20.0 (15.0 … 25.0) | ×1.50 | 18.0 | ×1.45 | ×1.00 | 10 µs, ×1.15 |');
    expect(text).toContain('| a step | 40.0 | 20.0 (15.0 … 25.0) | ×1.50 | 18.0 | ×1.45 | ×1.00 |  |');
    expect(text).toContain('Bars missed: plain call. One cached');
  });

  test('the overhead figures say when no bar is missed', () => {
    const comparisons = result.comparisons.map(each => ({ ...each, ok: true }));
    expect(made(overheadFigures({ ...result, comparisons }), 'overhead')).toContain('No bar is missed.');
  });
});

test('a call with many features or intents is shown beside one with few, and those that miss a bar are named', () => {
  const cost = { cpuUs: 80, ratio: 1, pacedCpuUs: 200, pacedRatio: 1, delayP99Ms: 2, ok: true };
  const result: FeaturesResult = {
    ...origin,
    rounds: 40,
    load: [1, 2],
    callsPerSecond: 500,
    bars: { ratio: 1.1, delayMs: 20, pauseMs: 5 },
    costs: [
      { ...cost, name: '2 features' },
      { ...cost, name: '10,000 features', cpuUs: 100, ratio: 1.25, pacedCpuUs: 210, pacedRatio: 1.05, ok: false },
      { ...cost, name: '1,000 intents', longestMs: 4, longestDirectMs: 3, longestCommitMs: 1 },
    ],
  };
  const text = made(featuresFigures(result), 'features');
  expect(text).toContain('| 10,000 features | 100 | ×1.25 | 210 | ×1.05 | 2.0 |  |  |  |');
  expect(text).toContain('| 1,000 intents | 80 | ×1.00 | 200 | ×1.00 | 2.0 | 4.0 | 3.0 | 1.0 |');
  expect(text).toContain('Missed with: 10,000 features.');
  const costs = result.costs.map(each => ({ ...each, ok: true }));
  expect(made(featuresFigures({ ...result, costs }), 'features')).toContain('No bar is missed.');
});

test('a measured time, ratio or count is shown with its spread and its bar, and a missed bar is marked and named', () => {
  const figures = [
    { name: 'first call', value: 54.02, unit: 'ms', quartiles: [53.6, 57.9], bar: atMost(50) },
    { name: 'commits', value: 2519.6, unit: 'per second' },
    { name: 'by the loop', value: 0.7, unit: '×', bar: atLeast(0.7) },
    { name: 'deadlocks', value: 0, unit: '', bar: atMost(0) },
  ] as const;
  const result = { ...origin, load: [0.25, 1], figures };
  expect(measuredFigures(result).make()).toBe(
    '| figure | value | bar |\n|---|---:|---:|\n| first call | 54.0 ms (53.6 … 57.9) | ≤ 50 (missed) |\n' +
      '| commits | 2,520 per second |  |\n| by the loop | ×0.70 | ≥ 0.7 |\n| deadlocks | 0 | ≤ 0 |\n\n' +
      'On 2 cores with Node 26.0.0, at a load of 0.3 to 1.0. Bars missed: first call.',
  );
  const [, commits] = figures;
  expect(measuredFigures({ ...result, figures: [commits] }).make()).toContain('No bar is missed.');
});

test('the table of sessions shows each figure with its bar and the figures beside it, and names a missed bar', () => {
  const figures = [
    { name: 'the rule', value: 0.24, standardError: 0.08, unit: '%', bar: atMost(0.5), passes: true },
    { name: '  pinned', value: 11.37, unit: '%', bar: atLeast(0.5), passes: true },
    { name: 'later half', value: 2.25, unit: '%', bar: atMost(2.2), passes: false },
  ] as const;
  const text = made(sessionFigures({ ...origin, seeds: 16, missed: 1, figures }), 'sessions');
  expect(text).toContain('| the rule | 0.24 % ± 0.08 | ≤ 0.5 | pinned 11.37 % (bar ≥ 0.5) |');
  expect(text).toContain('2 of 3 bars reached; 16 seeds.\n- missed: later half (2.25 %, bar ≤ 2.2)');
});

test('the points lost by using context are shown beside their bar, and a missed bar is marked', () => {
  const points = (mean: number) => ({ mean, error: 0.5 });
  const result: ContextResult = {
    ...origin,
    cells: [
      {
        on: 'tie',
        segments: '4',
        kind: 'no signal',
        runs: 24,
        plain: points(103),
        contextual: points(104),
        lost: points(1),
      },
    ],
    checks: [
      { what: 'tie: lost', points: points(0.5), atMost: 1, passes: true },
      { what: 'mild: lost', points: points(6), atMost: 5, passes: false },
    ],
  };
  const text = made(contextFigures(result), 'context');
  expect(text).toContain('| tie, 4 | no signal | 24 | 103.00 ± 0.50 | 104.00 ± 0.50 | 1.00 ± 0.50 |  |');
  expect(text).toContain('| tie: lost | 0.50 ± 0.50 | 1.48 | 1 |');
  expect(text).toContain('| mild: lost | 6.00 ± 0.50 | 6.98 | 5 (missed) |');
  expect(text).toContain('1 of 2 bars are reached');
});
