/** What a decision says about failure costs that intents state themselves. */
import type { BareDecision } from './decision.ts';
import type { FailureCosts } from './failure-costs.ts';
import type { DecisionPlan } from './plan-lines.ts';
import type { PreferredPart } from './preferred-by-failure-cost.ts';
import { formatPercent, formatPercentApart, formatUsd, formatUsdApart } from './wording.ts';

/**
 * `which plan is preferred depends on what a failure costs: mini where it costs less than $0.22 (90.0 % of the latest intents), premium
 * where it costs more than $0.22 (10.0 % of the latest intents); premium succeeds in …`
 */
export function preferredWords(
  parts: readonly (PreferredPart & DecisionPlan)[],
  quoted: (description: string) => string,
): string {
  const where = parts.map(part => `${quoted(part.description)} ${preferredWhere(part, 'it')}`);
  const compared = parts.slice(1).map((part, index) => {
    const before = parts[index] as DecisionPlan;
    const percent = formatPercentApart(part.success, before.success);
    const usd = formatUsdApart(part.spendUsd, before.spendUsd);
    return (
      `${quoted(part.description)} succeeds in ${percent(part.success)} of the intents instead of ${percent(before.success)}, and spends ` +
      `${usd(part.spendUsd)} on models per intent instead of ${usd(before.spendUsd)}`
    );
  });
  return [`which plan is preferred depends on what a failure costs: ${where.join(', ')}`, ...compared].join('; ');
}

/** `where a failure costs less than $0.22 (90.0 % of the latest intents)`. @param failure `a failure`, or a pronoun for it */
export function preferredWhere({ fraction, fromUsd, toUsd }: PreferredPart, failure: string): string {
  return `where ${failure} costs ${rangeWords(fromUsd, toUsd)} (${formatPercent(fraction)} of the latest intents)`;
}

function rangeWords(fromUsd: number | undefined, toUsd: number | undefined): string {
  if (fromUsd === undefined) return toUsd === undefined ? 'anything' : `less than ${formatUsd(toUsd)}`;
  if (toUsd === undefined) return `more than ${formatUsd(fromUsd)}`;
  const usd = formatUsdApart(fromUsd, toUsd);
  return `${usd(fromUsd)} to ${usd(toUsd)}`;
}

/** Says at which failure cost the sentence holds; empty where every intent has the configured failure cost. */
export function failureCostWords(
  { rival, failureCostUsd }: BareDecision,
  {
    failureCosts,
    configuredFailureCostUsd: configured,
  }: { readonly failureCosts: FailureCosts; readonly configuredFailureCostUsd?: number | undefined },
): string {
  if (rival === undefined) return '';
  const [least, most] = [failureCosts[0]?.usd ?? 0, failureCosts.at(-1)?.usd ?? 0];
  const isOther = configured !== undefined && configured !== failureCostUsd;
  if (least !== most) {
    const usd = formatUsdApart(least, most);
    return `a failure of the latest intents costs ${usd(least)} to ${usd(most)}, ${formatUsd(failureCostUsd)} on average`;
  }
  if (!isOther) return '';
  const usd = formatUsdApart(failureCostUsd, configured);
  return `a failure of the latest intents costs ${usd(failureCostUsd)}, not ${usd(configured)} as configured`;
}
