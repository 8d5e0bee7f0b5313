import { describe, expect, test } from 'vitest';
import type { BareDecision } from '../../../src/core/report/decision.ts';
import { sameFailureCost } from '../../../src/core/report/failure-costs.ts';
import { decisionSentence } from '../../../src/core/report/decision-words.ts';
import type { Forecast } from '../../../src/core/report/forecast.ts';

const mini = { plan: 'mini', description: 'mini', success: 0.7, spendUsd: 0.0019 };
const premium = { plan: 'premium', description: 'premium', success: 0.95, spendUsd: 0.014 };
const better: BareDecision = {
  preferred: premium,
  rival: mini,
  failureCostUsd: 15,
  moreUsd: 3.74,
  failureCost: { plan: 'mini', description: 'mini', usd: 0.0484, is: 'below' },
  rivalSuccess: 0.9492,
};
const about = { failureCosts: sameFailureCost(15), hasEvidence: true };
const why =
  'premium is preferred to mini because it succeeds in 95.0 % of the intents instead of 70.0 %, which is worth more than the ' +
  '$0.012 per intent that it spends more on models';
const change =
  'mini would be cheaper if a failure cost less than $0.048 instead of $15.00, or if it succeeded in 94.9 % of the intents ' +
  'instead of 70.0 %';

describe('decisionSentence', () => {
  test('the sentence says why a plan is preferred, and how figures would have to change for another plan to be preferred', () => {
    expect(decisionSentence(better, about)).toBe(`${why}; ${change}.`);
  });

  test.each<[string, Partial<BareDecision>, string]>([
    [
      'spends less and succeeds more often',
      { preferred: { ...premium, spendUsd: 0.001 }, rivalSuccess: 0.95 },
      'premium is preferred to mini because it succeeds in 95.0 % of the intents instead of 70.0 % and spends $0.0010 on models ' +
        'per intent instead of $0.0019',
    ],
    [
      'spends less',
      { preferred: mini, rival: premium },
      'mini is preferred to premium because it spends $0.0019 on models per intent instead of $0.014, which is worth more than a ' +
        'success rate of 95.0 % instead of 70.0 %',
    ],
    [
      'spends less at the same success rate',
      { preferred: { ...mini, success: 0.95 }, rival: premium },
      'mini is preferred to premium because it spends $0.0019 on models per intent instead of $0.014, at the same success rate',
    ],
    [
      'succeeds more often at a spend that differs by rounding',
      { rival: { ...mini, spendUsd: 0.014 * (1 - 1e-15) } },
      'premium is preferred to mini because it succeeds in 95.0 % of the intents instead of 70.0 %, at the same model spend; ',
    ],
    ['costs the same', { moreUsd: 0 }, 'premium and mini are expected to cost the same.'],
  ])('the reason is named where the preferred plan %s', (_, different, expected) => {
    expect(decisionSentence({ ...better, ...different }, about)).toContain(expected);
  });

  test('the sentence about a plan without a rival says that no other plan can be chosen', () => {
    expect(decisionSentence({ preferred: mini, failureCostUsd: 15 }, about)).toBe(
      'mini is the only plan that can be chosen.',
    );
  });

  test('the only plan that can be chosen is named with what excludes the others', () => {
    const excluded = [
      { descriptions: ['mini'], reason: 'too slow and switched off' },
      { descriptions: ['nano', 'nano, then mini if needed'], reason: 'its circuit is open' },
    ];
    expect(decisionSentence({ preferred: premium, failureCostUsd: 15 }, { ...about, excluded })).toBe(
      'premium is the only plan that can be chosen (mini: too slow and switched off; nano and “nano, then mini if needed”: ' +
        'its circuit is open).',
    );
  });

  test('a sentence from the ledger alone says that a running router may expect something else of an untried plan', () => {
    const said = decisionSentence(better, { ...about, untried: ['mini'], isOfLedger: true });
    expect(said).toContain(
      'is expected, not observed (a running router may know more, from its prior and other features)',
    );
  });

  test.each<[readonly string[], string]>([
    [['mini'], 'mini has no outcome of its own yet, so what is said of it is expected, not observed'],
    [
      ['premium', 'mini'],
      'premium and mini have no outcomes of their own yet, so what is said of them is expected, not observed',
    ],
    [['nano'], ''],
  ])(
    'where %j have no outcome, the sentence says that the figures of a compared plan without outcomes are expected, not observed',
    (untried, expected) => {
      const clause = expected === '' ? '' : `; ${expected}`;
      expect(decisionSentence(better, { ...about, untried })).toBe(`${why}${clause}; ${change}.`);
      expect(decisionSentence(better, { ...about, untried, hasEvidence: false })).not.toContain('observed');
    },
  );

  test.each<[Forecast, string]>([
    [
      { kind: 'outcomes', moreOutcomes: 2437 },
      'about 2,400 more outcomes would settle it at 95 %, if the plans are what they now seem to be',
    ],
    [{ kind: 'beyond' }, 'it will not be settled at 95 % within 1,000,000 more outcomes'],
  ])('a forecast of %j names no time where the rate of outcomes is not known', (forecast, expected) => {
    expect(decisionSentence(better, { ...about, forecast })).toBe(`${why}; ${change}; ${expected}.`);
  });

  test('a plan with several models is quoted, because its description has a comma', () => {
    const climb = { ...mini, plan: 'mini>premium', description: 'mini, then premium if needed' };
    expect(decisionSentence({ ...better, rival: climb }, about)).toContain(
      'premium is preferred to “mini, then premium if needed” because',
    );
  });

  test('the sentence names a third plan whose failure cost would change the decision, and says so if there is no such failure cost', () => {
    const third = decisionSentence(
      { ...better, failureCost: { plan: 'nano', description: 'nano', usd: 0.01, is: 'below' } },
      about,
    );
    expect(third).toContain('; nano would be cheaper if a failure cost less than $0.010 instead of $15.00.');
    const { failureCost: _, ...none } = better;
    expect(decisionSentence(none, about)).toContain('no failure cost would change that');
  });

  test('the sentence names a spend if no success rate would be enough, and leaves out a success rate that is printed like the present one', () => {
    const { rivalSuccess: _, ...spending } = better;
    expect(decisionSentence({ ...spending, rivalSpendUsd: 0.001 }, about)).toContain(
      ', or if it spent $0.0010 per intent instead of $0.0019.',
    );
    expect(decisionSentence({ ...better, rivalSuccess: 0.70001 }, about)).not.toContain('if it succeeded');
  });

  test('two different amounts in one sentence are never printed as the same text', () => {
    const close: BareDecision = {
      preferred: mini,
      rival: { ...premium, spendUsd: 0.0190004 },
      failureCostUsd: 0.2,
      moreUsd: 0.001,
      failureCost: { plan: 'premium', description: 'premium', usd: 0.2004, is: 'above' },
      rivalSpendUsd: 0.019,
    };
    expect(decisionSentence(close, about)).toContain(
      'premium would be cheaper if a failure cost more than $0.2004 instead of $0.2000, or if it spent $0.0190000 per intent instead of ' +
        '$0.0190004.',
    );
    const expensive = { ...close, preferred: { ...premium, success: 0.95004 }, rival: { ...mini, success: 0.95 } };
    expect(decisionSentence(expensive, about)).toContain(
      'because it succeeds in 95.004 % of the intents instead of 95.000 %, which is worth more than the $0.012 per intent',
    );
    const cheaper = { ...close, preferred: { ...mini, spendUsd: 0.0139 }, rival: { ...premium, spendUsd: 0.01394 } };
    expect(decisionSentence(cheaper, about)).toContain(
      'because it spends $0.01390 on models per intent instead of $0.01394',
    );
  });

  test('a decision before the first outcome is described as such', () => {
    expect(decisionSentence(better, { ...about, hasEvidence: false })).toBe(
      `Before the first outcome, ${why}; ${change}.`,
    );
  });

  test('a pinned plan is named first, and no forecast is made for as long as it is pinned', () => {
    const forecast: Forecast = { kind: 'outcomes', moreOutcomes: 100 };
    expect(decisionSentence(better, { ...about, pinned: 'mini', forecast })).toBe(
      `An operator has pinned mini, which gets every intent that it can serve; without the pin, ${why}; ${change}.`,
    );
  });

  test('the plan that a policy favors against the evidence is named first', () => {
    expect(decisionSentence(better, { ...about, favoured: 'mini', forecast: { kind: 'settled' } })).toBe(
      `The policy does not follow the evidence and gives mini more intents; by what they cost, ${why}; ${change}; ` +
        'this is settled at 95 %.',
    );
  });

  test.each<[Forecast, string]>([
    [{ kind: 'settled' }, 'this is settled at 95 %'],
    [
      { kind: 'settled', plan: 'mini>premium' },
      'on the same mix of segments, it is settled at 95 % that “mini, then premium if needed” is the cheapest plan for all intents',
    ],
    [
      { kind: 'outcomes', moreOutcomes: 2437 },
      'about 2,400 more outcomes (24 days at the present rate) would settle it at 95 %, if the plans are what they now seem to be',
    ],
    [
      { kind: 'outcomes', moreOutcomes: 1 },
      'about 1 more outcome (1 hour at the present rate) would settle it at 95 %, if the plans are what they now seem to be',
    ],
    [
      { kind: 'at least', moreOutcomes: 9000 },
      'it takes more than 9,000 more outcomes (3 months at the present rate) to settle it at 95 %; how many cannot be predicted yet',
    ],
    [{ kind: 'beyond' }, 'at the present rate it will not be settled at 95 % within a year'],
    [{ kind: 'not comparable', reason: 'it rains' }, 'it cannot be settled while it rains'],
  ])('a forecast of %j is said in plain words, to two digits', (forecast, expected) => {
    expect(decisionSentence(better, { ...about, forecast, outcomesPerYear: 36_500 })).toBe(
      `${why}; ${change}; ${expected}.`,
    );
  });
});
