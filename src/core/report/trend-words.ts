/** A trend as table rows, the same in the terminal and on the report's page. */
import type { FeatureTrend, Trend, TrendDifference } from './trend.ts';
import { formatCount, formatFigure, formatPeriod, formatPoints, formatPercent, formatUsd } from './wording.ts';

/** Per feature a row with its intents, then a row per figure: before, now, the difference, and whether it is significant. */
export function trendRows(features: readonly FeatureTrend[]): readonly (readonly string[])[] {
  return features.flatMap(each => [
    [each.feature, formatCount(each.intents.before), formatCount(each.intents.now), '', ''],
    usd('model spend', each.spendPerIntentUsd),
    rate('success', each.success),
    rate('taken over by a person', each.escalated),
    usd('cost per intent', each.costPerIntentUsd),
    usd('cost per success', each.costPerSuccessUsd),
  ]);
}

export function trendNote({ before, features }: Trend): string {
  const others = features.flatMap(each =>
    each.before === undefined ? [] : [` For ${each.feature} it is ${formatPeriod(each.before)}.`],
  );
  return (
    `Before: ${formatPeriod(before)}.${others.join('')} Significant: the 95 % interval of the difference ` +
    'excludes 0; of the figures that did not change, one in twenty is significant by chance.'
  );
}

function usd(name: string, { before, now, difference, isSignificant }: TrendDifference): readonly string[] {
  return line(
    name,
    [before, now, difference].map(figure => formatFigure(figure, formatUsd)),
    isSignificant,
  );
}

function rate(name: string, { before, now, difference, isSignificant }: TrendDifference): readonly string[] {
  const rates = [before, now].map(figure => formatFigure(figure, formatPercent));
  return line(name, [...rates, formatFigure(difference, formatPoints)], isSignificant);
}

function line(name: string, figures: readonly string[], isSignificant: boolean): readonly string[] {
  return [`– ${name}`, ...figures, isSignificant ? 'significant' : ''];
}
