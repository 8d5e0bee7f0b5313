import { describe, expect, test } from 'vitest';
import { contribution } from '../../../src/core/cells/contribution.ts';
import type { Cell, Sums } from '../../../src/core/cells/cell.ts';
import { sumsByPlan } from '../../../src/core/cells/sums.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { PrefixRates, PrefixRatesOf } from '../../../src/core/report/standard-cost.ts';
import {
  comparedCosts,
  standardCells,
  standardPrefixUsd,
  withExtraUsd,
} from '../../../src/core/report/standard-cost.ts';
import { costSample } from '../../../src/core/report/cost-sample.ts';
import { attempt, intentOf } from '../support/intents.ts';

const cell = (scope: 'plan' | 'node', subject: string, sums: Sums): Cell => ({
  key: { scope, feature: 'f', segment: '', subject, version: '', bucket: 0 },
  sums,
});

/** USD per token: 1 to read, 12 to write, 10 without a cache; a cache of five minutes, and one of an hour. */
const RATES = { readUsd: 1, writeUsd: 12, inputUsd: 10 };
const ratesOf: PrefixRatesOf = model => ({ ...RATES, ttlMs: model === 'hourly' ? 3_600_000 : 300_000 });

/** Ten intents with 100 tokens each: two after five minutes, one of them after an hour. */
const PREFIX: Sums = {
  n: 10n,
  withPrefix: 10n,
  prefixTokens: 1000n,
  prefixTokensAfter5m: 200n,
  prefixTokensAfter1h: 100n,
  expectedTokens: 800n,
  readTokens: 800n,
};

describe('what the prefix costs with a plan that serves whole sessions', () => {
  const usdOf = (cells: readonly Cell[], plans: readonly string[]) => [
    ...(standardPrefixUsd(cells, plans, ratesOf)?.values() ?? []),
  ];

  test('tokens are read from the cache while it lasts, and written to it again after a pause', () => {
    // 80 tokens an intent at 1, 20 at 12; of the hourly cache, 90 and 10.
    expect(usdOf([cell('plan', 'a', PREFIX)], ['a', 'hourly'])).toEqual([80 + 240, 90 + 120]);
  });

  test('each further request of an intent reads the whole prefix', () => {
    const node = cell('node', 'a', { n: 10n, withPrefix: 10n, laterRequests: 20n });
    expect(usdOf([cell('plan', 'a', PREFIX), node], ['a'])).toEqual([320 + 2 * 100]);
  });

  test('a cache that holds half of what it should adds to the cost of a plan, even if the plan has few prefixes of its own', () => {
    const half = { ...PREFIX, expectedTokens: 800_000n, readTokens: 400_000n };
    const [own, other] = usdOf([cell('plan', 'a', half)], ['a', 'b']);
    expect(own).toBeCloseTo(80 * 6.5 + 240, 9);
    expect(other).toBeCloseTo(80 * 6.5 + 240, 9);
  });

  test('an application that never reads from a cache pays the input price each time', () => {
    const { readTokens: _, ...never } = PREFIX;
    expect(usdOf([cell('plan', 'a', never)], ['a'])).toEqual([1000]);
  });

  test('a plan pays for a model that it climbs to as often as that is reached, with the prefixes of earlier visits in its cache', () => {
    const cells = [cell('plan', 'a>b', PREFIX), cell('node', 'a', { n: 10n, rejected: 5n })];
    // Half of the intents reach b, which has the prefix of half of the warm ones: 40 at 1 and 60 at 12.
    expect(usdOf(cells, ['a>b'])).toEqual([320 + (40 + 720) / 2]);
  });

  test('prices that depend on the prompt length are taken at the length of the mean prefix', () => {
    const asked: number[] = [];
    standardPrefixUsd([cell('plan', 'a', PREFIX)], ['a'], (_, tokens) => void asked.push(tokens));
    expect(asked).toEqual([100]);
  });
});

describe('cells at standard cost', () => {
  const billed = cell('plan', 'a', {
    ...PREFIX,
    cost: 50_000_000_000n,
    prefixCost: 40_000_000_000n,
    netCost: 10_000_000_000n,
    // Half of the intents 0.5 USD, half 1.5 USD.
    netCost2: 12_500_000_000_000_000_000n,
  });

  test('the mean is the net mean plus the prefix, and the spread is that of the net cost', () => {
    const [standard] = standardCells([billed], ['a'], ratesOf) ?? [];
    const { meanUsd, variance } = costSample(standard?.sums ?? {}, 0);
    expect(meanUsd).toBeCloseTo(1 + 320, 9);
    expect(variance).toBeCloseTo((0.25 * 10) / 9, 6);
    expect(comparedCosts([billed], ['a', 'unused'], ratesOf).extraUsd).toEqual([321 - 5, 0]);
    expect(comparedCosts([billed], ['a'], undefined)).toEqual({ cells: [billed] });
  });

  test('two plans with the same net cost and the same prices cost the same, whatever their caches happened to hold', () => {
    const lucky = { ...billed, sums: { ...billed.sums, cost: 11_000_000_000n, prefixCost: 1_000_000_000n } };
    const other = { ...billed, key: { ...billed.key, subject: 'b' } };
    const standard = standardCells([lucky, other], ['a', 'b'], ratesOf)?.map(({ sums }) => sums.cost);
    expect(standard?.[0]).toBe(standard?.[1]);
  });

  test('an intent whose prefix is not known counts at its billed cost', () => {
    const mixed = { ...billed, sums: { ...billed.sums, n: 12n, cost: 57_000_000_000n } };
    const [standard] = standardCells([mixed], ['a'], ratesOf) ?? [];
    expect(standard?.sums.cost).toBe(10_000_000_000n + 3_200_000_000_000n + 7_000_000_000n);
  });

  test('cells without a known prefix, and those of models without a price, are compared as billed', () => {
    expect(standardCells([cell('plan', 'a', { n: 10n, cost: 5n })], ['a'], ratesOf)).toBeUndefined();
    expect(standardCells([billed], ['a'])).toBeUndefined();
    expect(
      standardCells([billed], ['a', 'b'], model => (model === 'b' ? undefined : ratesOf(model, 0))),
    ).toBeUndefined();
  });

  test('nodes, and plans that are not compared, stay as they are', () => {
    const others = [cell('node', 'a', PREFIX), cell('plan', 'gone', PREFIX)];
    expect(standardCells([billed, ...others], ['a'], ratesOf)?.slice(1)).toEqual(others);
  });
});

test('the mean of every plan equals a recount of the intents one by one', () => {
  const random = seededRandom('standard');
  const whole = (most: number): number => Math.floor(most * random.next());
  const intents = Array.from({ length: 300 }, () => {
    const model = random.next() < 0.7 ? 'a' : 'b';
    const gapMs = random.next() < 0.2 ? 400_000 : 10_000;
    const prefix = { tokens: 1000 + whole(9000), earlierIntents: 1, gapMs, lastModel: random.next() < 0.7 ? 'a' : 'b' };
    const attempts = Array.from({ length: 1 + whole(3) }, (_, turn) => {
      const cacheRead = whole(prefix.tokens);
      const usage = { cacheRead, input: prefix.tokens + 200 - cacheRead };
      return attempt(model, 5_000_000 + whole(1e6), { requestId: `r${turn}`, usage, prefixNanoUsd: whole(4e6) });
    });
    return { model, prefix, attempts };
  });
  const sum = (of: (intent: (typeof intents)[number]) => number, from = intents) =>
    from.reduce((n, each) => n + of(each), 0);
  const cells = intents.flatMap(({ model, ...parts }) => contribution(intentOf([model], parts)));
  const standard = sumsByPlan(
    standardCells(
      cells,
      ['a', 'b'],
      model => ({ ...ratesOf(model, 0), readUsd: 1e-7, writeUsd: 1e-6, inputUsd: 9e-7 }) as PrefixRates,
    ) ?? [],
  );
  const shouldHave = ({ model, prefix, attempts }: (typeof intents)[number]) =>
    attempts.filter((_, i) => i > 0 || (prefix.gapMs <= 300_000 && prefix.lastModel === model));
  const found = ({ prefix }: (typeof intents)[number], { usage }: Attempt) =>
    Math.min(prefix.tokens, usage.cacheRead ?? 0);
  const expected = (from: typeof intents) => sum(each => each.prefix.tokens * shouldHave(each).length, from);
  const read = (from: typeof intents) =>
    sum(each => shouldHave(each).reduce((n, one) => n + found(each, one), 0), from);
  for (const plan of ['a', 'b']) {
    const own = intents.filter(({ model }) => model === plan);
    const pooled = (20 * sum(each => each.prefix.tokens)) / 300;
    const part = (read(own) + (pooled * read(intents)) / expected(intents)) / (expected(own) + pooled);
    const mean = part * 1e-7 + (1 - part) * 1e-6;
    const requests = sum(each => each.attempts.length, own) / own.length;
    const prefixUsd =
      sum(({ prefix: { tokens, gapMs } }) => tokens * ((gapMs > 300_000 ? 1e-6 : mean) + (requests - 1) * mean)) / 300;
    const netUsd =
      sum(each => each.attempts.reduce((n, one) => n + one.costNanoUsd - (one.prefixNanoUsd ?? 0), 0), own) /
      own.length /
      1e9;
    expect(costSample(standard.get(plan) ?? {}, 0).meanUsd).toBeCloseTo(netUsd + prefixUsd, 8);
  }
});

test('the costs in a table of samples are raised by each plan’s extra cost, and no cost falls below 0', () => {
  const costs = [1, 2, 3, 4];
  const table = {
    rows: 2,
    plans: 2,
    costUsd: Float64Array.from(costs),
    fail: new Float64Array(4),
    meanCostUsd: Float64Array.of(2, 3),
    meanFail: new Float64Array(2),
  };
  const raised = withExtraUsd(table, [10, -2.5]);
  expect([...raised.costUsd]).toEqual([11, 0, 13, 1.5]);
  expect([...raised.meanCostUsd]).toEqual([12, 0.5]);
});
