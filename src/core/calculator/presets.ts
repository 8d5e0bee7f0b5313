/**
 * Two published comparisons, recalculated: the published figures, what the calculator gives for the same inputs, and which figures do not
 * hold. Source: an article on LLM budgets of 2026 (docs/prices.md has its figures).
 */
import { RouterError } from '../../errors.ts';
import type { SetUp } from './calculator.ts';
import { compareSetUps, costsOf } from './calculator.ts';
import { halfWidthUsd, samplesNeeded } from './sample-size.ts';

/** A published figure next to the calculated one. */
export interface Claim {
  readonly label: string;
  readonly published: string;
  readonly calculated: string;
  /** `assumed`: the figure holds under the assumption in the note. */
  readonly verdict: 'holds' | 'assumed' | 'does not hold';
  /** Why the figure does not hold, or the assumption under which it does. */
  readonly note?: string;
}

export interface Preset {
  readonly title: string;
  readonly first: { readonly name: string; readonly setUp: SetUp };
  readonly second: { readonly name: string; readonly setUp: SetUp };
  readonly claims: readonly Claim[];
}

/** The published cases that `preset` has. */
export const PRESET_NAMES = ['article', 'invoice'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** A published case: two set-ups, and the claims about them. @throws RouterError `invalid-name` with the valid names */
export function preset(name: PresetName): Preset {
  switch (name) {
    case 'article':
      return article();
    case 'invoice':
      return invoice();
    default:
      throw new RouterError('invalid-name', 'no such preset', {
        path: 'preset',
        accepted: PRESET_NAMES,
        given: String(name),
      });
  }
}

/** A cheap model in five turns against an expensive one in one turn; a failed session costs ten minutes at $90 an hour. */
function article(): Preset {
  const failureCostUsd = (10 / 60) * 90;
  const mini: SetUp = { tokenCostUsd: 0.0019 / 5, turns: 5, successRate: 0.7, failureCostUsd };
  const reasoning: SetUp = { tokenCostUsd: 0.014, successRate: 0.95, failureCostUsd };
  const { first, second, ...compared } = compareSetUps(mini, reasoning);
  const halfWidth = (sampleSize: number): number => halfWidthUsd(reasoning, { figure: 'cost-per-intent', sampleSize });
  const needed = (precisionUsd: number): string =>
    `±${dollars(precisionUsd)} needs ${samplesNeeded(reasoning, { figure: 'cost-per-intent', precisionUsd }).toLocaleString('en-US')} labelled sessions`;
  return {
    title: 'A cheap model in five turns against an expensive one in one turn',
    first: { name: 'mini', setUp: mini },
    second: { name: 'reasoning', setUp: reasoning },
    claims: [
      claim('failure cost', '$15.00', dollars(failureCostUsd)),
      claim('tokens, relative to mini', '7.4×', `${compared.tokenCostRatio.toFixed(1)}×`),
      claim('cost per intent, mini', '$4.50', dollars(first.costPerIntentUsd)),
      claim('cost per intent, reasoning', '$0.76', dollars(second.costPerIntentUsd)),
      claim('cost per intent saved', '83 %', percent(compared.costPerIntentSaving)),
      claim('cost per success, mini', '$6.43', dollars(first.costPerSuccessUsd)),
      claim('cost per success, reasoning', '$0.80', dollars(second.costPerSuccessUsd)),
      claim('"cost per success" in the summary', '$0.76', dollars(second.costPerSuccessUsd), {
        note: '$0.76 is the cost per intent; divided by 95 % it is $0.80',
      }),
      claim('three turns, relative to one', '2.7×', `${(0.041 / 0.015).toFixed(1)}×`),
      claim('five turns, relative to one', '6×', `${(0.089 / 0.015).toFixed(0)}×`),
      claim('interval at 100 sessions', '±$0.05', `±${dollars(halfWidth(100))}`, { note: needed(0.05) }),
      claim('interval at 50 sessions', '±$0.20', `±${dollars(halfWidth(50))}`, { note: needed(0.2) }),
    ],
  };
}

/** Invoice extraction per page: the larger model, with fewer retries and reviews, has the lower total. */
function invoice(): Preset {
  // The article has no price of a review: $0.04 a page at 2 % of the pages is $2.00.
  const failureCostUsd = 0.04 / 0.02;
  const overheadUsd = 0.001;
  const small: SetUp = { tokenCostUsd: 0.08, retryRate: 0.35, overheadUsd, successRate: 0.9, failureCostUsd };
  const large: SetUp = { tokenCostUsd: 0.036, retryRate: 0.1, overheadUsd, successRate: 0.98, failureCostUsd };
  const before = costsOf(small);
  const after = costsOf(large);
  return {
    title: 'Invoice extraction, per page',
    first: { name: 'small model', setUp: small },
    second: { name: 'large model', setUp: large },
    claims: [
      claim('inference, after', '$0.036', dollars(after.tokensUsd, 3)),
      claim('retries, after', '$0.004', dollars(after.retriesUsd, 3)),
      claim('review, after', '$0.040', dollars(after.failureUsd, 3)),
      claim('total, after', '$0.081', dollars(after.costPerIntentUsd, 3)),
      claim('total, before', '$0.31', dollars(before.costPerIntentUsd), {
        note:
          'the article does not print all its parts: this uses the review ($2.00) and the orchestration ($0.001) of ' +
          '"after" for "before" too, and one retry for every invalid reply',
      }),
      claim('saved', '74 %', percent(1 - after.costPerIntentUsd / before.costPerIntentUsd), {
        note: 'against the "before" above',
      }),
    ],
  };
}

function claim(what: string, published: string, calculated: string, { note }: { readonly note?: string } = {}): Claim {
  const agrees = note === undefined ? 'holds' : 'assumed';
  const verdict = published === calculated ? agrees : 'does not hold';
  return { label: what, published, calculated, verdict, ...(note === undefined ? {} : { note }) };
}

function dollars(usd: number, digits = 2): string {
  return `$${usd.toFixed(digits)}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(0)} %`;
}
