/** Climbing on recorded outcomes: the router's total cost over that of the best plan that is chosen for every intent. */
import { thompson } from '../../src/policies/thompson.ts';
import type { OutcomeTable } from '../../src/replay/table/outcome-table.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import type { ReplayVerdict } from '../../src/replay/table/table-setting.ts';
import { premiumPrice } from './measure.ts';
import { FAILURE_COSTS } from './pairs.ts';

/** Models that climb, cheapest first, and the verdicts with their bars: the mean over all lists of a bar, and failure costs. */
export interface Cascade {
  readonly name: string;
  readonly candidates: readonly (readonly string[])[];
  readonly bars: Readonly<Partial<Record<keyof typeof VERDICTS, number>>>;
}

export const VERDICTS = {
  perfect: { sensitivity: 1, specificity: 1 },
  good: { sensitivity: 0.8, specificity: 0.95 },
  useless: { sensitivity: 0.15, specificity: 0.9 },
} as const satisfies Readonly<Record<string, ReplayVerdict>>;

export const CASCADES: readonly Cascade[] = [
  {
    name: 'BFCL, two models',
    candidates: [
      ['gpt-3.5-turbo-0125-FC', 'gpt-4-1106-preview-FC'],
      ['claude-3-haiku-20240307', 'claude-3-opus-20240229'],
      ['open-mistral-nemo-2407-FC-Any', 'claude-3-5-sonnet-20240620'],
    ],
    bars: { perfect: 1.03, good: 0.98, useless: 0.98 },
  },
  {
    name: 'BFCL, three models',
    candidates: [
      ['open-mistral-nemo-2407-FC-Any', 'gpt-3.5-turbo-0125-FC', 'claude-3-5-sonnet-20240620'],
      ['claude-3-haiku-20240307', 'gpt-4-1106-preview-FC', 'claude-3-opus-20240229'],
    ],
    bars: { perfect: 1.2 },
  },
];

/** At each failure cost. */
export function costsOverBestPlan(
  table: OutcomeTable,
  { candidates, verdict, shuffles }: { candidates: readonly string[]; verdict: ReplayVerdict; shuffles: number },
): readonly number[] {
  const price = premiumPrice(table, candidates.at(-1) ?? '');
  return FAILURE_COSTS.map(times => {
    const { policies, reference } = replayTable(table, [thompson()], {
      candidates,
      verdict,
      shuffles,
      failureCostUsd: times * price,
    });
    return (
      (policies[0]?.totalUsd ?? Number.NaN) / Math.min(...Object.values(reference.always).map(each => each.totalUsd))
    );
  });
}
