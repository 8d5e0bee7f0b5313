/** A calculation as text. */
import type { SetUpComparison, Costs, SetUp } from '../../core/calculator/calculator.ts';
import type { Claim } from '../../core/calculator/presets.ts';
import type { Figure } from '../../core/math/interval.ts';
import { percentText, usdText } from '../io/numbers.ts';
import { renderTable } from './table.ts';

/** A set-up with a name to show. */
export interface Named {
  readonly name: string;
  readonly setUp: SetUp;
}

/** What `--json` prints. */
export interface Calculation {
  readonly setUps: readonly (Named & { readonly costs: Costs; readonly samplesNeeded?: SamplesNeeded })[];
  readonly comparison?: Omit<SetUpComparison, 'first' | 'second'>;
  readonly claims?: readonly Claim[];
}

/** Labelled intents it takes to know a figure to ± `precisionUsd`. */
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
    row('tokens', costs => usdText(costs.tokensUsd)),
    row('retries', costs => usdText(costs.retriesUsd)),
    row('overhead', costs => usdText(costs.overheadUsd)),
    row('failures', costs => usdText(costs.failureUsd)),
    row('cost per intent', costs => withLimits(costs.costPerIntentUsd, costs.intervals?.costPerIntentUsd)),
    row('cost per success', costs => withLimits(costs.costPerSuccessUsd, costs.intervals?.costPerSuccessUsd)),
  ];
  return renderTable(
    [{ title: 'per intent' }, ...setUps.map(({ name }) => ({ title: name, align: 'right' as const }))],
    rows,
  );
}

function withLimits(usd: number, limits: Figure | undefined): string {
  return limits === undefined ? usdText(usd) : `${usdText(usd)} (${usdText(limits.low)} to ${usdText(limits.high)})`;
}

function comparisonText(
  [first = '', second = '']: readonly string[],
  comparison: NonNullable<Calculation['comparison']>,
): string {
  const { breakEvenFailureCostUsd, breakEvenSuccessRate } = comparison;
  return [
    `${second} against ${first}: ${comparison.tokenCostRatio.toFixed(1)} times the tokens,`,
    `  ${percentText(comparison.costPerIntentSaving)} saved per intent, ${percentText(comparison.costPerSuccessSaving)} saved per success`,
    ...(breakEvenFailureCostUsd === undefined
      ? []
      : [`  equal where a failure costs ${usdText(breakEvenFailureCostUsd)}`]),
    ...(breakEvenSuccessRate === undefined
      ? []
      : [`  equal where ${first} succeeds ${(100 * breakEvenSuccessRate).toFixed(1)} % of the time`]),
  ].join('\n');
}

function neededText({ name, samplesNeeded }: Calculation['setUps'][number]): string {
  if (samplesNeeded === undefined) return '';
  const { precisionUsd, costPerIntent, costPerSuccess } = samplesNeeded;
  const count = (n: number): string => n.toLocaleString('en-US');
  return `${name}: ±${usdText(precisionUsd)} takes ${count(costPerIntent)} labelled intents for the cost per intent, ${count(costPerSuccess)} for the cost per success`;
}

function claimTable(claims: readonly Claim[]): string {
  const table = renderTable(
    [
      { title: 'published' },
      { title: 'print', align: 'right' },
      { title: 'calculated', align: 'right' },
      { title: '' },
    ],
    claims.map(({ label: what, published, calculated, verdict }) => [what, published, calculated, verdict]),
  );
  const notes = claims.flatMap(({ label: what, note }) => (note === undefined ? [] : [`${what}: ${note}`]));
  return [table, ...notes].join('\n');
}
