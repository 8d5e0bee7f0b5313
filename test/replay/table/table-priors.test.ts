import { describe, expect, test } from 'vitest';
import type { OutcomeRow } from '../../../src/replay/table/outcome-table.ts';
import { outcomeTable } from '../../../src/replay/table/table-builder.ts';
import { tablePriors } from '../../../src/replay/table/table-priors.ts';

/** Requests from `from` to before `to` that a model answered; the first of them failed. */
const answers = (model: string, [from, to]: readonly [number, number], failed = 0, more: Partial<OutcomeRow> = {}) =>
  Array.from(
    { length: to - from },
    (_, i): OutcomeRow => ({
      id: String(from + i),
      feature: 'support',
      model,
      success: i < failed ? 0 : 1,
      costUsd: 0.001,
      ...more,
    }),
  );
const priorsOf = (...rows: readonly (readonly OutcomeRow[])[]) =>
  tablePriors(outcomeTable(rows.flat()), ['mini', 'premium']);

describe('tablePriors', () => {
  test('each model has its success rate with its interval, one success and one failure added for the prior', () => {
    const [support] = priorsOf(answers('mini', [0, 98], 38), answers('premium', [0, 98]));
    expect(support).toMatchObject({ feature: 'support', requests: 98, answeredByAll: 98, segments: [], warnings: [] });
    expect(support?.models).toMatchObject([
      { model: 'mini', outcomes: 98, successes: 60, success: 0.61, strength: 10 },
      { model: 'premium', outcomes: 98, successes: 98, success: 0.99, strength: 10 },
    ]);
    const { low = 0, value, high = 0 } = support?.models[0]?.rate ?? {};
    expect(value).toBeCloseTo(60 / 98, 12);
    expect(low).toBeLessThan(0.53);
    expect(high).toBeGreaterThan(0.69);
  });

  test('a prior counts as at most as many outcomes as there are', () => {
    const [support] = priorsOf(answers('mini', [0, 3]), answers('premium', [0, 3]));
    expect(support?.models.map(({ strength }) => strength)).toEqual([3, 3]);
  });

  test('if enough requests were answered by all models, only these count, so that models are compared on the same requests', () => {
    const [support] = priorsOf(answers('mini', [0, 80], 10), answers('premium', [40, 200]));
    // The ten that mini failed at are not among those that premium answered.
    expect(support).toMatchObject({ answeredByAll: 40, countsOnlyThose: true });
    expect(support?.models).toMatchObject([
      { outcomes: 40, successes: 40, strength: 10 },
      { outcomes: 40, successes: 40, strength: 10 },
    ]);
    expect(support?.warnings[0]).toBe('Only 40 of 200 requests were answered by all models: the others do not count.');
  });

  test('if too few requests were answered by all models, every answer counts, the prior is weaker, and a warning says that requests may have been selected', () => {
    const [support] = priorsOf(answers('mini', [0, 60], 6), answers('premium', [50, 200]));
    expect(support).toMatchObject({ answeredByAll: 10, countsOnlyThose: false });
    expect(support?.models).toMatchObject([
      { outcomes: 60, strength: 4 },
      { outcomes: 150, strength: 4 },
    ]);
    expect(support?.warnings[0]).toMatch(/^Only 10 of 200 .*unless chance decided .* count as 4 outcomes\.$/);
  });

  test('a model with another rate on the requests that others did not answer has a warning: its requests were selected', () => {
    const selected = (failedAlone: number) =>
      priorsOf(
        answers('mini', [0, 100], failedAlone),
        answers('mini', [100, 200], 10),
        answers('premium', [100, 200]),
      )[0]?.warnings.filter(warning => warning.includes('selected'));
    expect(selected(50)).toEqual([
      'mini succeeded at another rate where not all models answered: its requests were selected.',
    ]);
    // By chance.
    expect(selected(14)).toEqual([]);
  });

  test('segments are listed if the context defines several, and each feature has its own priors', () => {
    const rows = ['free', 'pro'].flatMap((plan, p) => [
      ...answers('mini', [40 * p, 40 * p + 40], 20 * p, { context: `plan=${plan}` }),
      ...answers('premium', [40 * p, 40 * p + 40], 0, { context: `plan=${plan}` }),
    ]);
    const other = { feature: 'invoice', id: 'one' };
    const [support, invoice] = priorsOf(rows, answers('mini', [0, 1], 0, other), answers('premium', [0, 1], 0, other));
    expect(
      support?.segments.map(({ segment, models }) => [segment, ...models.map(({ successes }) => successes)]),
    ).toEqual([
      ['plan=free', 40, 40],
      ['plan=pro', 20, 40],
    ]);
    expect(invoice).toMatchObject({ feature: 'invoice', requests: 1, segments: [] });
  });

  test('a model without an outcome in a feature has a warning', () => {
    const other = { feature: 'invoice', id: 'one' };
    const [, invoice] = priorsOf(
      answers('mini', [0, 5]),
      answers('premium', [0, 5]),
      answers('mini', [0, 1], 0, other),
    );
    expect(invoice?.warnings.at(-1)).toBe('premium has no outcome: it has no prior.');
    expect(invoice?.models[1]).toMatchObject({ outcomes: 0, strength: 0 });
  });

  test('many trials of one request are one request, with the mean of its outcomes', () => {
    const trials = (model: string, id: string, failed: number) =>
      Array.from({ length: 40 }, (_, trial) => answers(model, [0, 1], 0, { id, trial: String(trial) }))
        .flat()
        .map((row, trial) => ({ ...row, success: trial < failed ? 0 : 1 }));
    const [support] = priorsOf(
      trials('mini', 'hard', 30),
      trials('premium', 'hard', 10),
      trials('mini', 'easy', 0),
      trials('premium', 'easy', 0).slice(0, 1),
    );
    expect(support).toMatchObject({ requests: 2, answeredByAll: 2, warnings: [] });
    expect(support?.models).toMatchObject([
      { model: 'mini', outcomes: 2, successes: 1.25, strength: 2 },
      { model: 'premium', outcomes: 2, successes: 1.75, strength: 2 },
    ]);
  });

  test('a name that a configuration would refuse causes a warning', () => {
    const models = ['mini', 'llama3:8b'];
    const rows = models.flatMap(model => answers(model, [0, 1], 0, { feature: 'support reply' }));
    expect(tablePriors(outcomeTable(rows), models)[0]?.warnings).toEqual([
      expect.stringMatching(
        /^A configuration refuses the name "support reply": it accepts a feature name without .* white space/,
      ),
      expect.stringMatching(/^A configuration refuses the name "llama3:8b": it accepts a model name without .* ":"/),
    ]);
  });
});
