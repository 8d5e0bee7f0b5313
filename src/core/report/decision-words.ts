/**
 * A decision between plans in one sentence: the reason, what would change it, and when the comparison will be settled.
 */
import { FORECAST_LIMIT } from './constants.ts';
import type { BareDecision } from './decision.ts';
import type { FailureCosts } from './failure-costs.ts';
import { failureCostWords, preferredWords } from './failure-cost-words.ts';
import type { Forecast } from './forecast.ts';
import type { DecisionPlan } from './plan-lines.ts';
import type { PreferredPart } from './preferred-by-failure-cost.ts';
import { describePlan, formatCount, formatPercent, formatPercentApart, formatUsd, formatUsdApart } from './wording.ts';

/** Plans that cannot be chosen, all for the same reason. */
export interface ExcludedPlans {
  readonly descriptions: readonly string[];
  readonly reason: string;
}

export interface DecisionSentence {
  readonly failureCosts: FailureCosts;
  /** The failure cost as configured, where that is known. */
  readonly configuredFailureCostUsd?: number | undefined;
  /** The plans that are preferred at different failure costs; empty where one plan is preferred at all of them. */
  readonly parts?: readonly (PreferredPart & DecisionPlan)[];
  readonly forecast?: Forecast | undefined;
  /** Outcomes in a year at the present rate; absent where it is not known. */
  readonly outcomesPerYear?: number | undefined;
  /** Which intents the figures cover, where the plan depends on the request; absent where it does not. */
  readonly isOf?: 'all' | 'without context' | undefined;
  /** Whether any intent has been seen. */
  readonly hasEvidence: boolean;
  readonly excluded?: readonly ExcludedPlans[];
  /** Descriptions of plans without an outcome of their own. */
  readonly untried?: readonly string[];
  /** Descriptions of plans with outcomes that are no longer candidates. */
  readonly removed?: readonly string[];
  /** Only the ledger is known, so that the configured priors and what is learned from other features are missing. */
  readonly isOfLedger?: boolean | undefined;
  /** The amounts are what each plan would cost if it served whole sessions. */
  readonly isStandard?: boolean | undefined;
  /** The plan that an operator has pinned. */
  readonly pinned?: string | undefined;
  /** The application's own model, where the feature is only observed. */
  readonly observes?: string | undefined;
  /** The plan that gets more intents than the preferred one, because the policy does not follow the evidence. */
  readonly favoured?: string | undefined;
  /** Of several policies that decide, some follow the evidence. */
  readonly isPartlyLearning?: boolean | undefined;
}

/**
 * `premium is preferred to mini because it succeeds in 95.0 % of the intents instead of 70.0 %, which is worth more than …; mini would
 * be cheaper if …; about 2,400 more outcomes would settle it.`
 */
export function decisionSentence(decision: BareDecision, about: DecisionSentence): string {
  const { pinned, observes, favoured, hasEvidence, parts: preferred = [] } = about;
  const plans = preferred.length > 0 ? preferred : [decision.preferred, ...(decision.rival ? [decision.rival] : [])];
  const why = preferred.length > 0 ? preferredWords(preferred, quoted) : whyPreferred(decision, about.excluded);
  const parts = [
    `${hasEvidence ? '' : 'before the first outcome, '}${why}`,
    hasEvidence && plans.length > 1 ? whatIsExpected(plans, about) : '',
    hasEvidence ? whatIsRemoved(about) : '',
    about.isStandard === true && plans.length > 1 ? AT_STANDARD_COST : '',
    ...(preferred.length > 0 ? [] : [failureCostWords(decision, about), whatWouldChange(decision)]),
  ];
  if (pinned !== undefined) {
    parts[0] = `without the pin, ${parts[0]}`;
    parts.unshift(`an operator has pinned ${quoted(pinned)}, which gets every intent that it can serve`);
  } else if (observes !== undefined) {
    parts[0] = `if it were routed, ${parts[0]}`;
    parts.unshift(`the feature is only observed, so that ${observes} answers every intent`);
  } else {
    parts.push(whenKnown(about.forecast, about.outcomesPerYear));
    if (favoured !== undefined) {
      parts[0] = `by what they cost, ${parts[0]}`;
      const who =
        about.isPartlyLearning === true
          ? `not every policy that decides follows the evidence, and ${quoted(favoured)} gets`
          : `the policy does not follow the evidence and gives ${quoted(favoured)}`;
      parts.unshift(`${who} more intents`);
    }
  }
  if (about.isOf !== undefined && decision.rival !== undefined) parts.unshift(WHICH_INTENTS[about.isOf]);
  return sentence(parts.filter(part => part !== '').join('; '));
}

/** Otherwise a reader would take the amounts for those of the bill, which in sessions depend on the state of the caches. */
const AT_STANDARD_COST = 'model spend here is what each plan would cost if it served whole sessions';

/** Where routing depends on the request, a sentence first says which intents its figures cover. */
const WHICH_INTENTS = {
  all:
    'routing depends on the request, so each plan’s figures are of the requests that it got, not of the same ones (explain ' +
    'compares the plans in one segment)',
  'without context':
    'routing depends on the request, and this is about intents without context: what is believed of each plan stems from the requests ' +
    'that it got, not from the same ones (explain with a segment is about that segment)',
} as const;

function whyPreferred(
  { preferred, rival, moreUsd = 0 }: BareDecision,
  excluded: readonly ExcludedPlans[] = [],
): string {
  const name = quoted(preferred.description);
  if (rival === undefined) {
    const others = excluded.map(({ descriptions, reason }) => `${descriptions.map(quoted).join(' and ')}: ${reason}`);
    return `${name} is the only plan that can be chosen${others.length === 0 ? '' : ` (${others.join('; ')})`}`;
  }
  const other = quoted(rival.description);
  if (isTie(moreUsd, preferred)) return `${name} and ${other} are expected to cost the same`;
  const isCheaper = preferred.spendUsd <= rival.spendUsd;
  const isBetter = preferred.success >= rival.success;
  // A rate that differs only in digits that are not shown is not given as a reason, unless there is no other reason.
  const percent = isCheaper ? formatPercent : formatPercentApart(preferred.success, rival.success);
  const usd = formatUsdApart(preferred.spendUsd, rival.spendUsd);
  const [mine, its] = [percent(preferred.success), percent(rival.success)];
  const spends = `spends ${usd(preferred.spendUsd)} on models per intent instead of ${usd(rival.spendUsd)}`;
  const succeeds = `succeeds in ${mine} of the intents instead of ${its}`;
  const because = `${name} is preferred to ${other} because it`;
  if (isBetter && mine !== its && isTie(Math.abs(preferred.spendUsd - rival.spendUsd), preferred))
    return `${because} ${succeeds}, at the same model spend`;
  if (mine === its) return `${because} ${spends}, at the same success rate`;
  if (isCheaper && isBetter) return `${because} ${succeeds} and ${spends}`;
  const extra = formatUsd(Math.abs(preferred.spendUsd - rival.spendUsd));
  return isBetter
    ? `${because} ${succeeds}, which is worth more than the ${extra} per intent that it spends more on models`
    : `${because} ${spends}, which is worth more than a success rate of ${its} instead of ${mine}`;
}

function isTie(moreUsd: number, { spendUsd }: DecisionPlan): boolean {
  return !(moreUsd > 1e-9 * spendUsd);
}

/**
 * Marks a success rate that is derived from prices and other features: it would otherwise read like an observed one.
 */
function whatIsExpected(plans: readonly DecisionPlan[], { untried = [], isOfLedger }: DecisionSentence): string {
  const named = plans.map(plan => plan.description).filter(plan => untried.includes(plan));
  const [have, them] =
    named.length > 1 ? ['have no outcomes of their own', 'them'] : ['has no outcome of its own', 'it'];
  if (named.length === 0) return '';
  const more = isOfLedger === true ? ' (a running router may know more, from its prior and other features)' : '';
  return `${named.map(quoted).join(' and ')} ${have} yet, so what is said of ${them} is expected, not observed${more}`;
}

/** More names than these are counted. */
const NAMED_REMOVED = 3;

/** Their rows are in the report, so a reader would miss them in the comparison. */
function whatIsRemoved({ removed = [], isOfLedger }: DecisionSentence): string {
  if (removed.length === 0) return '';
  const named = removed.slice(0, NAMED_REMOVED).map(quoted);
  const names = removed.length > NAMED_REMOVED ? [...named, `${removed.length - NAMED_REMOVED} more`] : named;
  const list = [names.slice(0, -1).join(', '), names.at(-1)].filter(part => part !== '').join(' and ');
  const [are, them] = removed.length === 1 ? ['is', 'it is'] : ['are', 'they are'];
  return isOfLedger === true
    ? `none of the latest decisions could have chosen ${list}, so ${them} not compared`
    : `${list} ${are} no longer configured, so ${them} not compared`;
}

function whatWouldChange(decision: BareDecision): string {
  const { rival, moreUsd = 0, failureCostUsd, failureCost, rivalSuccess, rivalSpendUsd } = decision;
  if (rival === undefined || isTie(moreUsd, decision.preferred)) return '';
  const other = quoted(rival.description);
  const isOther = failureCost !== undefined && failureCost.plan !== rival.plan;
  const failure =
    failureCost === undefined
      ? ''
      : `if a failure cost ${failureCost.is === 'below' ? 'less' : 'more'} than ${usdInsteadOf(failureCost.usd, failureCostUsd)}`;
  const rate =
    rivalSuccess === undefined || formatPercent(rivalSuccess) === formatPercent(rival.success)
      ? ''
      : `if it succeeded in ${formatPercent(rivalSuccess)} of the intents instead of ${formatPercent(rival.success)}`;
  const spend =
    rivalSpendUsd === undefined ? '' : `if it spent ${usdInsteadOf(rivalSpendUsd, rival.spendUsd, ' per intent')}`;
  const own = [isOther ? '' : failure, rate, spend].filter(part => part !== '').join(', or ');
  const parts = [
    own === '' ? '' : `${other} would be cheaper ${own}`,
    isOther ? `${quoted(failureCost.description)} would be cheaper ${failure}` : '',
    failureCost === undefined ? 'no failure cost would change that' : '',
  ];
  return parts.filter(part => part !== '').join('; ');
}

/** `$0.204 instead of $0.200`: two amounts that always look different. */
function usdInsteadOf(usd: number, presentUsd: number, of = ''): string {
  const format = formatUsdApart(usd, presentUsd);
  return `${format(usd)}${of} instead of ${format(presentUsd)}`;
}

function whenKnown(forecast: Forecast | undefined, outcomesPerYear = Number.NaN): string {
  switch (forecast?.kind) {
    case undefined:
      return '';
    case 'settled':
      return forecast.plan === undefined
        ? 'this is settled at 95 %'
        : `on the same mix of segments, it is settled at 95 % that ${quoted(describePlan(forecast.plan))} is the cheapest plan for all intents`;
    case 'outcomes':
      return `about ${outcomes(forecast.moreOutcomes, outcomesPerYear)} would settle it at 95 %, if the plans are what they now seem to be`;
    case 'at least':
      return `it takes more than ${outcomes(forecast.moreOutcomes, outcomesPerYear)} to settle it at 95 %; how many cannot be predicted yet`;
    case 'beyond':
      return Number.isNaN(outcomesPerYear)
        ? `it will not be settled at 95 % within ${formatCount(FORECAST_LIMIT)} more outcomes`
        : 'at the present rate it will not be settled at 95 % within a year';
    case 'not comparable':
      return `it cannot be settled while ${forecast.reason}`;
  }
}

/** `2,400 more outcomes (12 days at the present rate)`, to two digits. */
function outcomes(count: number, perYear: number): string {
  const rounded = Number(count.toPrecision(2));
  const time =
    Number.isFinite(perYear) && perYear > 0 ? ` (${duration((365 * count) / perYear)} at the present rate)` : '';
  return `${formatCount(rounded)} more ${rounded === 1 ? 'outcome' : 'outcomes'}${time}`;
}

function duration(days: number): string {
  const [count, unit] = days < 1.5 ? [24 * days, 'hour'] : days < 45 ? [days, 'day'] : [days / 30.4, 'month'];
  const whole = Math.max(1, Math.round(count));
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

/** Quotes the description of a plan with more than one model, because it has commas. */
function quoted(description: string): string {
  return description.includes(',') ? `“${description}”` : description;
}

/** Model names keep their spelling at the start, so only the product's own words are capitalized. */
function sentence(text: string): string {
  return `${text.replace(/^(?:before the first|an operator|the policy does|not every policy|the feature is|routing depends|which plan)/, start => start.charAt(0).toUpperCase() + start.slice(1))}.`;
}
