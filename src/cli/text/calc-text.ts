/** A calculation as text. */
import type { SetUpComparison, Costs, SetUp } from '../../core/calculator/calculator.ts';
import type { Claim } from '../../core/calculator/presets.ts';
import type { Figure } from '../../core/math/interval.ts';
import { formatCount, formatFigure, formatPercent, formatUsd } from '../../core/report/wording.ts';
import { left, renderTable, right } from './table.ts';

/** A set-up with a name to show. */
export interface Named {
  readonly name: string;
  readonly setUp: SetUp;
}

/** The JSON that the command prints. */
export interface Calculation {
  readonly setUps: readonly (Named & { readonly costs: Costs; readonly samplesNeeded?: SamplesNeeded })[];
  readonly comparison?: Omit<SetUpComparison, 'first' | 'second'>;
  readonly claims?: readonly Claim[];
}

/** Labelled intents needed to estimate a figure to ± `precisionUsd`. */
export interface SamplesNeeded {
  readonly precisionUsd: number;
  readonly costPerIntent: number;
  readonly costPerSuccess: number;
}

export function renderCalculation({ setUps, comparison, claims }: Calculation): string {
  const parts = [costTable(setUps)];
  if (comparison !== undefined)
    parts.push(
      comparisonText(
        setUps.map(({ name }) => name),
        comparison,
      ),
    );
  const [first] = setUps;
  if (first?.samplesNeeded !== undefined) parts.push(setUps.map(neededText).join('\n'));
  if (claims !== undefined) parts.push(claimTable(claims));
  return parts.join('\n\n');
}

function costTable(setUps: Calculation['setUps']): string {
  const row = (title: string, figure: (costs: Costs) => string): readonly string[] => [
    title,
    ...setUps.map(({ costs }) => figure(costs)),
  ];
  const rows = [
    row('Tokens', costs => formatUsd(costs.tokensUsd)),
    row('Retries', costs => formatUsd(costs.retriesUsd)),
    row('Overhead', costs => formatUsd(costs.overheadUsd)),
    row('Failure cost', costs => formatUsd(costs.failureUsd)),
    row('Cost per intent', costs => withLimits(costs.costPerIntentUsd, costs.intervals?.costPerIntentUsd)),
    row('Cost per success', costs => withLimits(costs.costPerSuccessUsd, costs.intervals?.costPerSuccessUsd)),
  ];
  return renderTable([left('Per intent'), ...setUps.map(({ name }) => right(name))], rows);
}

function withLimits(usd: number, limits: Figure | undefined): string {
  return limits === undefined ? formatUsd(usd) : formatFigure({ ...limits, value: usd }, formatUsd);
}

function comparisonText(
  [first = '', second = '']: readonly string[],
  comparison: NonNullable<Calculation['comparison']>,
): string {
  const { breakEvenFailureCostUsd, breakEvenSuccessRate } = comparison;
  return [
    `${second} against ${first}: ${comparison.tokenCostRatio.toFixed(1)} times the token cost,`,
    `  ${differenceText(comparison.costPerIntentSaving)} per intent, ${differenceText(comparison.costPerSuccessSaving)} per success`,
    ...(breakEvenFailureCostUsd === undefined
      ? []
      : [`  both cost the same per success if a failure costs ${formatUsd(breakEvenFailureCostUsd)}`]),
    ...(breakEvenSuccessRate === undefined
      ? []
      : [`  both cost the same per success if ${first} succeeds ${formatPercent(breakEvenSuccessRate)} of the time`]),
  ].join('\n');
}

/** `83.0 % less`, or `12.0 % more`. */
function differenceText(saving: number): string {
  return `${formatPercent(Math.abs(saving))} ${saving >= 0 ? 'less' : 'more'}`;
}

function neededText({ name, samplesNeeded }: Calculation['setUps'][number]): string {
  if (samplesNeeded === undefined) return '';
  const { precisionUsd, costPerIntent, costPerSuccess } = samplesNeeded;
  return `${name}: ±${formatUsd(precisionUsd)} needs ${formatCount(costPerIntent)} labelled intents for the cost per intent, ${formatCount(costPerSuccess)} for the cost per success`;
}

function claimTable(claims: readonly Claim[]): string {
  const table = renderTable(
    [left('Claim'), right('Published'), right('Calculated'), left('Check')],
    claims.map(({ label, published, calculated, verdict }) => [label, published, calculated, verdict]),
  );
  const notes = claims.flatMap(({ label, note }) => (note === undefined ? [] : [`${label}: ${note}`]));
  return [table, ...notes].join('\n');
}
